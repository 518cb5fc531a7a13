import { DEAD_MAN_TRY_MS, hasDeadMan, isEnd, type RunId } from '@firedrill/core'
import { buildEnvironment } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { cleanUpLab, type LabOptions } from './testing/clean-up-lab.ts'

const { aws } = buildEnvironment()
const SCHEDULED: NonNullable<LabOptions['environment']> = {
  deadMan: 'aws-scheduler',
  aws: { ...aws, schedulerRoleArn: 'arn:aws:iam::123456789012:role/dead-man' },
}
const scheduledLab = (options: LabOptions = {}) =>
  cleanUpLab({ ...options, environment: { ...SCHEDULED, ...options.environment } })
type Lab = ReturnType<typeof cleanUpLab>

const typesOf = async (lab: Lab, run: RunId) => (await lab.events(run)).map(({ type }) => type)

/** Everything of the platform is dead: only the cloud goes on. */
async function cloudAlone(lab: Lab, seconds: number): Promise<void> {
  for (let count = 0; count < seconds; count += 10) {
    await lab.time.advance(10_000)
    lab.scheduler.fire(lab.time.now() as never)
  }
}

describe('a scheduler of the cloud', () => {
  it('is told before the act and seen to be told, and called off once all is verified', async () => {
    const lab = scheduledLab()
    const run = await lab.start()
    const { steps } = await lab.until(run, ({ status }) => status === 'observing')
    expect([...lab.scheduler.booked.keys()]).toEqual(steps['break']?.deadMan?.schedules)
    const [booked] = lab.scheduler.booked.values()
    expect(booked?.about).toContain(run)
    expect(Number(booked?.firesAt)).toBeGreaterThan(steps['break']?.expiresAt ?? Number.MAX_SAFE_INTEGER)
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.scheduler.booked.size).toBe(0)
    const types = await typesOf(lab, run)
    const order = ['dead-man-asked', 'dead-man-armed', 'injection-requested', 'restoration-observed']
    const places = [...order, 'dead-man-released'].map((type) => types.lastIndexOf(type as never))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
  })

  it('puts back what was broken when the whole platform is gone; without it, it stays broken', async () => {
    for (const [options, broken] of [
      [SCHEDULED, 0],
      [{}, 1],
    ] as const) {
      const lab = cleanUpLab({ environment: options })
      const run = await lab.start()
      await lab.until(run, ({ status }) => status === 'observing')
      expect(lab.world.broken()).toHaveLength(1)
      await cloudAlone(lab, 1200)
      expect(lab.world.broken()).toHaveLength(broken)
    }
  })

  it('acts after the worker and the reaper had their time, and what it put back is found so by them', async () => {
    const lab = scheduledLab()
    const run = await lab.start()
    const { steps } = await lab.until(run, ({ status }) => status === 'observing')
    await cloudAlone(lab, 1200)
    const changes = lab.world.mutations.length
    const state = await lab.toEnd(run)
    expect(state.status).toBe('closed')
    expect(lab.world.mutations).toHaveLength(changes)
    // It may be tried again: nobody else gets the targets until that is over.
    const released = state.steps['break']?.deadMan?.released?.until
    expect(released).toBeGreaterThan((steps['break']?.deadMan?.firesAt ?? 0) + DEAD_MAN_TRY_MS * 1000)
    expect(lab.time.now()).toBeGreaterThan(released ?? 0)
  })

  it('is not told twice by an attempt whose answer was lost, and nothing is put in before it is seen', async () => {
    const lab = scheduledLab()
    lab.world.afflict('arm', 'drop-reply', 1)
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'observing')
    expect(lab.scheduler.booked.size).toBe(1)
    const calls = lab.world.calls.map(({ operation }) => operation)
    expect(calls.filter((operation) => operation === 'arm')).toHaveLength(2)
    expect(calls.lastIndexOf('arm')).toBeLessThan(calls.indexOf('apply'))
    await lab.toEnd(run)
    expect(lab.scheduler.booked.size).toBe(0)
  })

  it('that cannot be told leaves everything as it was: the run is refused', async () => {
    const lab = scheduledLab()
    lab.world.afflict('arm', 'deny', 100)
    const run = await lab.start()
    const state = await lab.toEnd(run)
    expect(state).toMatchObject({ status: 'refused', refusal: expect.stringContaining('dead man') as string })
    expect(lab.world.mutations).toEqual([])
    expect(hasDeadMan(state)).toBe(false)
  })

  it('that cannot undo the fault is a refusal before anything is asked of it', async () => {
    const lab = scheduledLab({ isSchedulable: false })
    const run = await lab.start()
    const state = await lab.toEnd(run)
    expect(state.refusal).toContain('cannot undo this by itself')
    expect(lab.world.calls.map(({ operation }) => operation)).not.toContain('arm')
    expect(lab.world.mutations).toEqual([])
  })

  it('that cannot be called off holds the targets until it is over, and says so', async () => {
    const lab = scheduledLab()
    lab.world.afflict('release', 'deny', 100)
    const run = await lab.start()
    await lab.until(run, ({ steps }) => steps['break']?.deadMan?.released !== undefined)
    for (const seconds of [300, 900]) {
      await lab.time.advance(seconds * 500)
      expect((await lab.until(run, () => true)).status).toBe('settling')
    }
    await lab.time.advance(1_200_000)
    const state = await lab.toEnd(run)
    const { firesAt = 0, released } = state.steps['break']?.deadMan ?? {}
    expect(state.status).toBe('closed')
    expect(released?.until).toBeGreaterThan(firesAt)
    expect(lab.time.now()).toBeGreaterThan(released?.until ?? Number.MAX_SAFE_INTEGER)
    const events = await lab.events(run)
    expect(events.findLast(({ type }) => type === 'dead-man-released')?.data).toMatchObject({ isGone: false })
  })

  it('is called off when the run is aborted before anything went in', async () => {
    const aborted = scheduledLab()
    const run = await aborted.start()
    Object.assign(aborted.ports, {
      crash: (name: string) => {
        if (name.endsWith('before-intent')) throw new Error('killed')
      },
    })
    await aborted.until(run, ({ steps }) => steps['break']?.deadMan?.isArmed === true)
    await aborted.abort(run)
    const state = await aborted.toEnd(run)
    expect(isEnd(state.status)).toBe(true)
    expect(aborted.scheduler.booked.size).toBe(0)
    expect(aborted.world.mutations).toEqual([])
  })

  it('is told a later time when the act is long in coming', async () => {
    const lab = scheduledLab()
    const run = await lab.start()
    let isHeld = true
    Object.assign(lab.ports, {
      crash: (name: string) => {
        if (isHeld && name.endsWith('before-intent')) throw new Error('killed')
      },
    })
    const held = await lab.until(run, ({ steps }) => steps['break']?.deadMan?.isArmed === true)
    await lab.time.advance(400_000)
    isHeld = false
    const { steps } = await lab.until(run, ({ status }) => status === 'observing')
    const { deadMan, expiresAt = 0 } = steps['break'] ?? {}
    expect(deadMan?.firesAt).toBeGreaterThan(held.steps['break']?.deadMan?.firesAt ?? 0)
    expect(deadMan?.firesAt).toBeGreaterThan(expiresAt)
    expect(lab.scheduler.booked.size).toBe(1)
  })
})
