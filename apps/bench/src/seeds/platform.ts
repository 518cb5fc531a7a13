import {
  plusMs,
  REAL_CLOCK,
  worldInstant,
  type Actor,
  type DatabaseMark,
  type DatabaseMarks,
  type FaultDriver,
  type HaltStore,
  type HintQueue,
  type JournalEvent,
  type PlatformInstant,
  type Random,
  type RunId,
  type RunStore,
  type Sample,
} from '@firedrill/core'
import {
  createAdvance,
  createReaper,
  createReconcile,
  createUseCases,
  type EnginePorts,
} from '@firedrill/engine'
import { memoryStores, seededIds } from '@firedrill/testkit'
import type { seedCloud, Weakness } from './cloud.ts'
import { sha256 } from './judge.ts'
import { born, type Life, type Turns } from './turns.ts'

type Hint = Readonly<{ queue: HintQueue; runId: RunId }>

/** What has gone wrong around the processes. Instants are platform time. */
export type Weather = { databaseAwayUntil: number; hintsLost: number; answersLost: number; strikes: number }

/** Calls between which nobody may die without harm, unless the platform is made for it. */
const TELLING = ['guard', 'append', 'claim', 'save', 'acknowledge']
/** Those at which it tells most, and how many times as often somebody is struck there. */
const MOST_TELLING = ['apply', 'recover', 'confirm']
const MOST = 10
/** Shares of calls after whose effect somebody else may go on before the caller learns of it. */
const SLOW_ANSWERS = 0.25
const RECONCILE_EVERY_MS = 1000
const REAP_EVERY_MS = 1800
const SAMPLES_AT_ONCE_MAX = 30
const LONG_LEASE_MS = 1_000_000

/** The real engine's processes over memory, each call of which waits for its turn. */
export function seedPlatform(
  about: Readonly<{
    turns: Turns
    random: Random
    cloud: ReturnType<typeof seedCloud>
    saw: (events: readonly JournalEvent[]) => void
    /** The halt was set, or lifted. */
    halted: (since: PlatformInstant | undefined) => void
    /** Somebody is struck down, or stopped for a while. */
    strike: (life: Life) => void
    disk: Map<string, string>
    weakness: Weakness | undefined
  }>,
) {
  const { turns, random, cloud, saw, halted, strike, disk, weakness } = about
  const stores = memoryStores(turns.now)
  const weather: Weather = { databaseAwayUntil: 0, hintsLost: 0, answersLost: 0, strikes: 0 }
  const hints: Hint[] = []
  const queue = born('queue')
  const ids = seededIds(7)
  const threw: string[] = []
  const created = new Set<RunId>()
  const runs: RunStore = {
    ...stores.runs,
    create: async (run) => {
      const row = await stores.runs.create(run)
      created.add(row.id)
      saw(await stores.runs.events(row.id, 0, 100))
      return row
    },
    append: async (...asked) => {
      const result = await stores.runs.append(...asked)
      if (result.ok) saw(result.events)
      return result
    },
  }
  const halt: HaltStore = {
    ...stores.halt,
    set: async (by, reason) => {
      await stores.halt.set(by, reason)
      halted(turns.now())
    },
    lift: async (by, reason) => {
      halted(undefined)
      await stores.halt.lift(by, reason)
    },
  }
  const isAway = () => turns.now() < weather.databaseAwayUntil

  /** One call of a process: made when its turn comes, and answered when that turn comes. */
  async function call(life: Life, name: string, isStore: boolean, make: () => unknown): Promise<unknown> {
    await turns.turn(life)
    if (isStruck(life, name)) await turns.turn(life)
    if (isStore && isAway()) throw new Error('the database is away')
    const answer = await make()
    if (isStruck(life, name) || random.next() < SLOW_ANSWERS) await turns.turn(life)
    if (isStore && random.next() < weather.answersLost) throw new Error('the database went away')
    return answer
  }

  function isStruck(life: Life, name: string): boolean {
    const weight = MOST_TELLING.includes(name) ? MOST : Number(TELLING.includes(name))
    if (weight === 0 || random.next() >= weather.strikes * weight) return false
    strike(life)
    return true
  }

  function wrap<T extends object>(life: Life, port: T, isStore: boolean): T {
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return (...args: readonly unknown[]) =>
          call(life, String(key), isStore, () => (value as (...all: readonly unknown[]) => unknown)(...args))
      },
    })
  }

  function faultsOf(life: Life): EnginePorts['faults'] {
    const { plan, apply, confirm, recover, confirmRecovered } = wrap(life, cloud.driver, false)
    const driver: FaultDriver = { ...cloud.driver, plan, apply, confirm, recover, confirmRecovered }
    return { get: (name) => (name === driver.name ? driver : undefined), list: () => [driver] }
  }

  function kitsOf(life: Life): EnginePorts['kits'] {
    const kits: EnginePorts['kits'] = {
      save: async (kit, content) => void disk.set(kit, content),
      list: async () => [...disk].map(([kit, content]) => ({ kit, content })),
      remove: async (kit) => void disk.delete(kit),
    }
    if (weakness !== 'hasty-reaper') return wrap(life, kits, false)
    // It says that a copy is on disk while the copy is only on its way there.
    const save: typeof kits.save = async (kit, content) =>
      void turns.turn(life, 2000).then(() => kits.save(kit, content))
    return wrap(life, { ...kits, save }, false)
  }

  /** All that one process lives by. */
  function portsOf(life: Life, actor: Actor): EnginePorts {
    const own = wrap(life, runs, true)
    const clock = turns.clockOf(life)
    return {
      actor,
      calendars: stores.calendars,
      clock,
      calls: clock,
      clockOf: async () => REAL_CLOCK,
      crash: () => turns.turn(life),
      definitions: stores.definitions,
      evidence: wrap(life, stores.evidence, true),
      faults: faultsOf(life),
      halt: wrap(life, halt, true),
      hints: {
        send: async (name, runId, afterMs = 0) => {
          if (random.next() < weather.hintsLost) return
          void turns.turn(queue, afterMs).then(() => hints.push({ queue: name, runId }))
        },
      },
      identity: {
        whoAmI: async () => ({
          ok: true,
          value: { account: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/x/y' },
        }),
      },
      installation: { ceiling: {}, hosts: [], paging: 'command', dashboard: 'http://127.0.0.1:4600' },
      kits: kitsOf(life),
      markers: stores.markers,
      metrics: {
        buckets: async () => ({ ok: true, value: [] }),
        alarmHistory: async () => ({ ok: true, value: [] }),
        alarmState: async () => ({ ok: true, value: cloud.state.alarm }),
        publish: async () => ({ ok: true, value: null }),
      },
      pager: { via: 'command', page: async () => ({ ok: true, seen: 'called' }) },
      random,
      readiness: {
        safetyLever: async () => ({ ok: true, value: { state: 'disengaged', reason: '' } }),
        allowances: async () => ({ ok: true, value: [] }),
      },
      runs:
        weakness === 'unguarded'
          ? {
              ...own,
              guard: async (...asked) => ({
                ...(await own.guard(...asked)),
                epochHolds: true,
                leaseLeftMs: LONG_LEASE_MS,
                halted: false,
                abortRequested: false,
              }),
            }
          : own,
      samples: stores.samples,
      sha256,
      undo: wrap(life, stores.undo, true),
    }
  }

  const never = new AbortController().signal

  /** Whatever a process throws is written down, and the process goes on. */
  async function whatever(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      threw.push(error instanceof Error ? error.message : String(error))
    }
  }

  function worker(id: string): Life {
    const life = born(id)
    const ports = portsOf(life, { kind: 'worker', id, name: id })
    const advance = createAdvance(ports)
    const reconcile = createReconcile(ports)
    const serve = async () => {
      for (;;) {
        await turns.turn(life, 0, () => hints.length > 0)
        const [hint] = hints.splice(Math.floor(random.next() * hints.length), 1)
        if (hint !== undefined) await whatever(() => advance(hint.runId, hint.queue, never))
      }
    }
    const nudge = async () => {
      for (;;) {
        await turns.turn(life, RECONCILE_EVERY_MS)
        await whatever(reconcile)
      }
    }
    void serve()
    void nudge()
    return life
  }

  const noted: { mark?: DatabaseMark } = {}
  const marks: DatabaseMarks = {
    read: async () => noted.mark,
    write: async (mark) => {
      noted.mark = mark
    },
  }

  function reaper(id: string): Life {
    const life = born(id)
    const actor: Actor = { kind: 'reaper', id, name: id }
    const ports = portsOf(life, actor)
    const advance = createAdvance(ports)
    const look = createReaper({ ...ports, actor, advance, wallNow: turns.now, log: () => undefined, marks })
    const watch = async () => {
      for (;;) {
        await turns.turn(life, REAP_EVERY_MS)
        await whatever(() => look(never))
      }
    }
    void watch()
    return life
  }

  /** What people and the API ask with. */
  function useCases(life: Life) {
    const ports = portsOf(life, { kind: 'system', id: 'api', name: 'api' })
    return createUseCases({
      ...ports,
      ids,
      drills: stores.drills,
      schedules: stores.schedules,
      signOffs: stores.signOffs,
      cloud: async () => ({ ...ports, routing: { routesOf: async () => ({ ok: true, value: [] }) } }),
      sandboxOnly: true,
    })
  }

  let sampledTo = turns.now() as number
  /** Probes have looked at everything up to now. `isDown`: what they saw. */
  async function probe(isDown: () => boolean): Promise<void> {
    if (turns.now() - sampledTo < 1_000_000) return
    sampledTo = Math.max(sampledTo, turns.now() - SAMPLES_AT_ONCE_MAX * 1_000_000)
    const samples: Sample[] = []
    const outcome = isDown() ? 'bad' : 'good'
    for (; sampledTo <= turns.now(); sampledTo += 1_000_000) {
      const start = worldInstant(sampledTo)
      samples.push({ probe: 'front', vantage: 'here', start, end: plusMs(start, 10), outcome })
    }
    for (const id of created) await stores.samples.append(id, samples)
  }

  return { stores, weather, ids, threw, worker, reaper, useCases, probe }
}
