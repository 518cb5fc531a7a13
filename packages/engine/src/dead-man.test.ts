import { plusMs, type FaultDriver, type TargetSeen } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { parseKit } from './kit.ts'
import { breakZone, cleanUpLab } from './testing/clean-up-lab.ts'

const injected = { status: 'observing' } as const

/** Lets time pass with the reaper alone: every worker is dead. */
async function reaperAlone(lab: ReturnType<typeof cleanUpLab>, seconds: number): Promise<void> {
  for (let count = 0; count < seconds; count++) {
    await lab.reap()
    await lab.time.advance(1000)
  }
}

/** A cloud that has an undo everywhere only after it was asked 120 times, and tells so only to who knows the undo's handle. */
function slowToSpread(driver: FaultDriver): FaultDriver {
  let round = 0
  const looks = new Map<string, number>()
  return {
    ...driver,
    recover: async (undo, context) => {
      const done = await driver.recover(undo, context)
      return done.ok && undo.undoHandle === undefined
        ? { ok: true, value: { ...done.value, undoHandle: `change-${++round}` } }
        : done
    },
    confirmRecovered: async ({ undoHandle, ...undo }, context) => {
      const look = await driver.confirmRecovered(undo, context)
      if (!look.ok) return look
      const count = undoHandle === undefined ? 0 : (looks.get(undoHandle) ?? 0) + 1
      if (undoHandle !== undefined) looks.set(undoHandle, count)
      const observations = look.value.observations.map((seen): TargetSeen => {
        if (seen.injection !== 'restored' || count > 120) return seen
        const settles = { afterMs: 120_000, seen: 'as captured for two minutes' }
        return { ...seen, injection: 'recovering', ...(undoHandle === undefined ? { settles } : {}) }
      })
      return { ok: true, value: { ...look.value, observations } }
    },
  }
}

/** The cloud refuses the undo for as long as `stuck.is`. */
function refusing(driver: FaultDriver, stuck: Readonly<{ is: boolean }>): FaultDriver {
  const failure = { kind: 'denied', operation: 'x', code: 'AccessDenied', message: 'no' } as const
  return {
    ...driver,
    recover: async (...about) => (stuck.is ? { ok: false, failure } : driver.recover(...about)),
  }
}

/** Answers nothing by which an undo could be found again. */
function forgetful(driver: FaultDriver): FaultDriver {
  return {
    ...driver,
    recover: async (undo, context) => {
      const done = await driver.recover(undo, context)
      return done.ok ? { ok: true, value: { requestIds: [] } } : done
    },
  }
}

describe('the dead man', () => {
  it('takes an expired fault out when every worker is dead, and closes nothing it did not see', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    await reaperAlone(lab, 450)
    expect(lab.world.broken()).toEqual([])
    expect((await lab.state(run)).recoverReason).toBe('expiry')
    expect((await lab.toEnd(run)).status).toBe('closed')
  })

  it('takes it out with the database away, by the kit alone, and not before its expiry', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    const { steps } = await lab.until(run, ({ status }) => status === injected.status)
    await lab.reap()
    const [kit] = [...lab.kits.values()].map(parseKit)
    expect(kit?.expiresAt).toBe(steps['break']?.expiresAt)
    lab.database.isAway = true
    await reaperAlone(lab, 60)
    expect(lab.world.broken()).toHaveLength(1)
    await reaperAlone(lab, 400)
    expect(lab.world.broken()).toEqual([])
    lab.database.isAway = false
    expect((await lab.toEnd(run)).status).toBe('closed')
  })

  it('gives no all-clear by its kit before the cloud has the undo everywhere, also when it was started anew meanwhile', async () => {
    const lab = cleanUpLab({ wrap: slowToSpread })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    await lab.reap()
    lab.database.isAway = true
    const allClear = () => lab.logged.filter((line) => line.startsWith('a fault was taken out'))
    while (lab.world.broken().length > 0) await reaperAlone(lab, 1)
    lab.restartReaper()
    await reaperAlone(lab, 50)
    expect(allClear()).toEqual([])
    await reaperAlone(lab, 30)
    expect(allClear()).toHaveLength(1)
  })

  it('asks for the undo once more, or waits, when what it answered is lost', async () => {
    const lab = cleanUpLab({ wrap: (driver) => forgetful(slowToSpread(driver)) })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    await lab.reap()
    lab.database.isAway = true
    while (lab.world.broken().length > 0) await reaperAlone(lab, 1)
    const settled = () => lab.logged.some((line) => line.startsWith('a fault was taken out'))
    await reaperAlone(lab, 110)
    expect(settled()).toBe(false)
    await reaperAlone(lab, 20)
    expect(settled()).toBe(true)
  })

  it('calls a person when it cannot take a fault out with the database away, again and again, and not any more once it is out', async () => {
    const stuck = { is: true }
    const lab = cleanUpLab({
      wrap: (driver) => refusing(driver, stuck),
      installation: { pageEveryMs: 60_000 },
    })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    await lab.reap()
    lab.database.isAway = true
    lab.pager.isAway = true
    await reaperAlone(lab, 620)
    expect(lab.pager.calls).toEqual([])
    lab.pager.isAway = false
    await reaperAlone(lab, 300)
    const { calls } = lab.pager
    expect(calls.length).toBeGreaterThan(2)
    expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length)
    expect(calls[0]).toMatchObject({
      runId: run,
      page: 1,
      reason: expect.stringMatching(
        /^the database is away: step break is not put back: i-\d \(injected/,
      ) as string,
    })
    stuck.is = false
    await reaperAlone(lab, 10)
    const made = calls.length
    await reaperAlone(lab, 300)
    expect(calls).toHaveLength(made)
    expect(lab.world.broken()).toEqual([])
  })

  it('calls nobody about a fault that it takes out by its kit', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    await lab.reap()
    lab.database.isAway = true
    await reaperAlone(lab, 800)
    expect([lab.world.broken(), lab.pager.calls]).toEqual([[], []])
  })

  it('takes out at once what a restored database knows nothing of, and starts nothing until somebody lifts the halt', async () => {
    for (const at of ['baseline', 'injecting'] as const) {
      const lab = cleanUpLab()
      const run = await lab.start()
      await lab.until(run, ({ status }) => status === at)
      const restore = lab.backUp()
      await lab.until(run, ({ status }) => status === injected.status)
      await reaperAlone(lab, 5)
      expect(lab.world.broken()).toHaveLength(1)
      restore()
      await reaperAlone(lab, 3)
      expect([at, lab.world.broken()]).toEqual([at, []])
      expect(await lab.ports.halt.get()).toMatchObject({
        set: true,
        reason: expect.stringContaining('backup') as string,
      })
      await lab.toEnd(run)
      expect(lab.world.broken()).toEqual([])
      await expect(lab.start()).rejects.toThrow()
    }
  })

  it('takes an expired fault out although it can neither read nor write how far the database had been seen', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    lab.disk.isFull = true
    await reaperAlone(lab, 450)
    expect(lab.world.broken()).toEqual([])
    expect((await lab.state(run)).recoverReason).toBe('expiry')
  })

  it('believes a database that went on, and one that begins', async () => {
    const lab = cleanUpLab()
    await lab.reap()
    expect((await lab.toEnd(await lab.start())).status).toBe('closed')
    await reaperAlone(lab, 5)
    expect((await lab.ports.halt.get()).set).toBe(false)
  })

  it('undoes an overdue fault although its kit was deleted or spoilt', async () => {
    for (const spoil of [(kits: Map<string, string>) => kits.clear(), spoilt]) {
      const lab = cleanUpLab()
      const run = await lab.start()
      await lab.until(run, ({ status }) => status === injected.status)
      spoil(lab.kits)
      await reaperAlone(lab, 450)
      expect(lab.world.broken()).toEqual([])
    }
  })

  it('writes a spoilt kit anew while the database answers', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    spoilt(lab.kits)
    await lab.reap()
    expect([...lab.kits.values()].map((text) => parseKit(text).runId)).toEqual([run])
  })

  it('takes out what a database knows nothing of, once it has expired', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    await lab.reap()
    const forgotten = cleanUpLab()
    for (const [name, content] of lab.kits) forgotten.kits.set(name, content)
    for (const { id, value } of lab.world.resources.values()) forgotten.world.change(id, value)
    await forgotten.reap()
    expect(forgotten.world.broken()).toHaveLength(1)
    await reaperAlone(forgotten, 450)
    expect(forgotten.world.broken()).toEqual([])
    expect(forgotten.kits.size).toBe(0)
  })

  it('drops the kit of a fault that never went in when its run is over, so that it restores nothing later', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ steps }) => steps['break']?.undo !== undefined)
    expect((await lab.state(run)).steps['break']?.requestedAt).toBeUndefined()
    await lab.abort(run)
    await lab.toEnd(run)
    await lab.reap()
    expect(lab.kits.size).toBe(0)
    expect(await lab.ports.undo.unacknowledged()).toEqual([])
    expect(lab.world.mutations).toEqual([])
  })

  it('is not kept from one run by trouble with another, nor by a disk that cannot be read', async () => {
    const lab = cleanUpLab({ scenario: { steps: [breakZone('one', 'a')] } })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === injected.status)
    lab.kits.set('not a kit', '{')
    const list = lab.ports.kits.list
    Object.assign(lab.ports.kits, { list: () => Promise.reject(new Error('EIO')) })
    await reaperAlone(lab, 450)
    expect(lab.world.broken()).toEqual([])
    Object.assign(lab.ports.kits, { list })
  })

  it('says the acknowledgement again when it died between the journal and its own note', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    const { acknowledge } = lab.ports.undo
    Object.assign(lab.ports.undo, { acknowledge: () => Promise.reject(new Error('killed')) })
    await lab.until(run, ({ steps }) => steps['break']?.acknowledged === true)
    expect(await lab.ports.undo.unacknowledged()).toHaveLength(1)
    Object.assign(lab.ports.undo, { acknowledge })
    await lab.reap()
    expect(await lab.ports.undo.unacknowledged()).toEqual([])
    const events = await lab.events(run)
    expect(events.filter(({ type }) => type === 'kit-acknowledged')).toHaveLength(1)
  })

  it('does not hurry an undo that waits for its next look', async () => {
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        recover: async () => ({ ok: true, value: { requestIds: [] } }),
        confirmRecovered: async (undo) => ({
          ok: true,
          value: {
            observations: undo.targets.map(({ id }) => ({
              target: id,
              injection: 'recovering',
              seen: 'coming',
            })),
          },
        }),
      }),
    })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'needs-person')
    const looks = () => lab.ports.runs.get('default', run).then((row) => row?.epoch ?? 0)
    const before = await looks()
    for (let count = 0; count < 100; count++) {
      await lab.reap()
      await lab.time.advance(100)
    }
    expect((await looks()) - before).toBeLessThanOrEqual(6)
  })
})

describe('halt and abort', () => {
  it('halts every run, however many there are', async () => {
    const lab = cleanUpLab()
    const runs = []
    for (let count = 0; count < 450; count++) runs.push(await lab.start())
    expect(await lab.halt()).toEqual({ aborted: 450 })
    const states = await Promise.all(runs.map((run) => lab.state(run)))
    expect(new Set(states.map(({ status }) => status))).toEqual(new Set(['cancelled']))
    expect(lab.world.calls).toEqual([])
  })

  it('does not inject into a run that the halt overlooked, and does not let it wait for the halt to be lifted', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ steps }) => steps['break']?.acknowledged === true)
    await lab.ports.halt.set({ kind: 'person', id: 'ana', name: 'Ana' }, 'stop')
    const end = await lab.toEnd(run)
    expect(end).toMatchObject({ status: 'closed', abort: { cause: 'halt' } })
    expect(lab.world.mutations).toEqual([])
  })

  it('ends a call that hangs when abort is asked for, and undoes at once', async () => {
    let hangs = 0
    const lab = cleanUpLab({
      wrap: (driver) => ({
        ...driver,
        apply: async (step, plan, key, context) => {
          await driver.apply(step, plan, key, context)
          hangs++
          return new Promise((resolve) => {
            context.signal.addEventListener('abort', () =>
              resolve({
                ok: false,
                failure: { kind: 'ambiguous', operation: 'fake.Set', code: 'Aborted', message: 'no answer' },
              }),
            )
          })
        },
      }),
    })
    const run = await lab.start()
    await lab.until(run, ({ steps }) => steps['break']?.acknowledged === true)
    const acting = lab.advance(run)
    await lab.time.advance(100)
    expect(hangs).toBe(1)
    await lab.abort(run)
    const askedAt = lab.time.now()
    await lab.time.advance(700)
    await acting
    const undone = await lab.until(run, ({ steps }) => steps['break']?.recovery !== undefined)
    const at = undone.steps['break']?.recovery?.requestedAtPlatform ?? 0
    expect(at).toBeLessThan(plusMs(askedAt, 2000))
    await lab.toEnd(run)
    expect(lab.world.broken()).toEqual([])
  })

  it('stops injecting when a stop condition is breached between two steps', async () => {
    const lab = cleanUpLab({
      scenario: {
        steps: [
          breakZone('one', 'a'),
          { kind: 'wait', name: 'pause', after: ['one'], durationMs: 60_000 },
          { ...breakZone('two', 'b'), after: ['pause'] },
        ],
        stopConditions: [
          {
            name: 'errors',
            kind: 'alarm',
            region: 'primary',
            alarm: 'errors',
            whenDead: 'breached',
          } as never,
        ],
      },
    })
    const run = await lab.start()
    await lab.until(run, ({ steps }) => steps['one']?.injected !== undefined)
    lab.alarm.state = 'ALARM'
    const end = await lab.toEnd(run)
    expect(end).toMatchObject({ status: 'closed', recoverReason: 'stop-condition' })
    expect(end.steps['two']?.requestedAt).toBeUndefined()
    expect(lab.world.mutations.some(({ target }) => target === 'i-3')).toBe(false)
    expect(lab.world.broken()).toEqual([])
  })
})

function spoilt(kits: Map<string, string>): void {
  for (const name of kits.keys()) kits.set(name, '{"format":')
}
