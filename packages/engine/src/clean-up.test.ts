import type { FaultDriver, Failure } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { breakZone, cleanUpLab } from './testing/clean-up-lab.ts'

const refused = (kind: Failure['kind'], message = 'no'): Readonly<{ ok: false; failure: Failure }> => ({
  ok: false,
  failure: { kind, operation: 'fake.Set', code: 'Fake', message },
})

const twoSteps = { steps: [breakZone('one', 'a'), breakZone('two', 'b')] }
const oneAfterTheOther = {
  steps: [
    breakZone('one', 'a'),
    { kind: 'wait' as const, name: 'pause', after: ['one'], durationMs: 60_000 },
    { ...breakZone('two', 'b'), after: ['pause'] },
  ],
}

/** A calendar that freezes everything for a day, from a minute ago on. */
async function freezeNow(lab: ReturnType<typeof cleanUpLab>): Promise<void> {
  const startWall = Math.floor(lab.time.now() / 1_000_000) - 60
  const freeze = { uid: 'a', summary: 'incident', timeZone: 'UTC', extraWalls: [], exceptWalls: [] }
  await lab.ports.calendars.put({
    teamId: 'default',
    name: 'company',
    events: [{ ...freeze, startWall, length: { unit: 'days', days: 1 } }],
    source: '',
    actor: { kind: 'person', id: 'ana', name: 'Ana' },
  })
}

describe('clean-up', () => {
  it('restores everything it broke, and says so only then', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    const injected = await lab.until(run, ({ status }) => status === 'observing')
    expect(lab.world.broken()).toHaveLength(1)
    expect(injected.steps['break']?.acknowledged).toBe(true)
    const closed = await lab.toEnd(run)
    expect(closed.status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
    await lab.reap()
    expect([...lab.kits.keys()]).toEqual([])
  })

  it('goes on when a freeze begins while a fault is in; another start is refused', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'observing')
    await freezeNow(lab)
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
    const late = await lab.start()
    expect((await lab.toEnd(late)).refusal).toContain('incident (calendar company)')
  })

  it('puts no further fault in once a freeze has begun, and takes out what is in', async () => {
    const injected = async (isFrozen: boolean) => {
      const lab = cleanUpLab({ scenario: oneAfterTheOther })
      const run = await lab.start()
      await lab.until(run, ({ steps }) => steps['one']?.injected !== undefined)
      if (isFrozen) await freezeNow(lab)
      const { status } = await lab.toEnd(run)
      expect([status, lab.world.broken()]).toEqual(['closed', []])
      const events = await lab.events(run)
      return events.filter(({ type }) => type === 'injection-requested').length
    }
    expect(await injected(true)).toBe(1)
    expect(await injected(false)).toBe(2)
  })

  it('does not let a step whose undo fails hold up the undo and the proof of the others', async () => {
    const lab = cleanUpLab({
      scenario: twoSteps,
      wrap: (driver): FaultDriver => ({
        ...driver,
        recover: async (undo, context) =>
          undo.targets.some(({ id }) => id === 'i-1')
            ? refused('conflict', 'somebody else changed it')
            : driver.recover(undo, context),
      }),
    })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'observing')
    await lab.abort(run)
    await lab.until(run, ({ steps }) => steps['two']?.recovery?.verifiedAt !== undefined, 40)
    expect(lab.world.broken()).toEqual(['i-1', 'i-2'])
    const called = await lab.until(run, ({ status }) => status === 'needs-person')
    expect(called.recoverReason).toBe('abort')
    // Put back by hand, it is seen to be back: a run that needs a person can be left.
    for (const id of ['i-1', 'i-2']) lab.world.change(id, 'running')
    const count = (await lab.events(run)).length
    expect(count).toBeLessThan(400)
  })

  it('leaves needs-person by itself once the undo goes through', async () => {
    let isDenied = true
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        recover: async (undo, context) => (isDenied ? refused('denied') : driver.recover(undo, context)),
      }),
    })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'needs-person')
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) await lab.round(run)
      return (await lab.events(run)).length
    }
    const before = await rounds(500)
    expect((await rounds(240)) - before).toBeLessThan(20)
    isDenied = false
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
  })

  it('undoes a step that seems never to have gone in, waits for what got no answer, and does not call the run refused', async () => {
    let arrives: (() => void) | undefined
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        apply: async (step, plan, key, context) => {
          // The request is lost on its way for ten seconds; nobody answers.
          arrives ??= () => void driver.apply(step, plan, key, context)
          return refused('ambiguous', 'no answer')
        },
      }),
    })
    const run = await lab.start()
    await lab.until(run, ({ steps }) => steps['break']?.requestedAt !== undefined)
    await lab.abort(run)
    for (let round = 0; round < 20; round++) await lab.round(run)
    expect((await lab.state(run)).status).not.toBe('closed')
    arrives?.()
    expect(lab.world.broken()).toHaveLength(1)
    const end = await lab.toEnd(run)
    expect(end.status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
  })

  it('takes the fault out when looking at it is refused for good, without filling the journal', async () => {
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        confirm: async () => refused('invalid', 'other targets were resolved'),
      }),
    })
    const run = await lab.start()
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
    expect((await lab.events(run)).length).toBeLessThan(60)
  })

  it('never takes a target that was not described for restored', async () => {
    let isBlind = true
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        recover: async (undo, context) =>
          isBlind ? { ok: true, value: { requestIds: [] } } : driver.recover(undo, context),
        confirmRecovered: async (undo, context) =>
          isBlind ? { ok: true, value: { observations: [] } } : driver.confirmRecovered(undo, context),
      }),
    })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'needs-person')
    expect(lab.kits.size).toBe(1)
    expect(lab.world.broken()).toHaveLength(1)
    isBlind = false
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
  })

  it('touches nothing that became exempt after it was planned', async () => {
    let plans = 0
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        plan: async (step, seed, context) => {
          const plan = await driver.plan(step, seed, context)
          if (!plan.ok || ++plans === 1) return plan
          const unfit = plan.value.targets.map(
            ({ id }) => ({ target: id, guardrail: 'tags', reason: 'is exempt' }) as const,
          )
          return { ok: true, value: { ...plan.value, unfit } }
        },
      }),
    })
    const run = await lab.start()
    expect(await lab.toEnd(run)).toMatchObject({
      status: 'refused',
      refusal: expect.stringContaining('exempt') as string,
    })
    expect(lab.world.calls.filter(({ operation }) => operation !== 'plan')).toEqual([])
  })

  it('asks a throttled question again instead of refusing the run', async () => {
    let plans = 0
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        plan: async (...asked) =>
          [2, 3, 4].includes(++plans) ? refused('throttled', 'rate exceeded') : driver.plan(...asked),
      }),
    })
    const run = await lab.start()
    const serving = lab.advance(run)
    await lab.time.advance(5000)
    await serving
    expect((await lab.state(run)).status).toBe('baseline')
  })

  it('goes on when a driver throws or a message is longer than an event', async () => {
    let failures = 0
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        recover: async (undo, context) => {
          if (failures++ < 3) throw new Error('x'.repeat(100_000))
          return driver.recover(undo, context)
        },
      }),
    })
    const run = await lab.start()
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.logged.filter((line) => line.includes('advance threw'))).toEqual([])
    expect(lab.world.broken()).toEqual([])
  })

  it('carries 150 targets whose state takes many words to say', async () => {
    const long = (driver: FaultDriver): FaultDriver => ({
      ...driver,
      confirm: async (undo, context) => wordy(await driver.confirm(undo, context)),
      confirmRecovered: async (undo, context) => wordy(await driver.confirmRecovered(undo, context)),
    })
    const wordy = (seen: Awaited<ReturnType<FaultDriver['confirm']>>) =>
      seen.ok
        ? {
            ...seen,
            value: {
              ...seen.value,
              observations: seen.value.observations.map((one) => ({ ...one, seen: 'ü'.repeat(5000) })),
            },
          }
        : seen
    const lab = cleanUpLab({ instances: 150, scenario: { steps: [breakAll()] }, wrap: long })
    const run = await lab.start()
    const observing = await lab.until(run, ({ status }) => status === 'observing', 200)
    expect(Object.keys(observing.steps['all']?.targets ?? {})).toHaveLength(150)
    expect(observing.planned[0]?.targets).toHaveLength(150)
    expect(lab.world.broken()).toHaveLength(150)
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
  })
})

function breakAll() {
  const step = breakZone('all', 'a')
  return step.kind === 'inject' ? { ...step, targets: { ...step.targets, zones: [], max: 200 } } : step
}
