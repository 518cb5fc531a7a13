import {
  evolve,
  isEnd,
  isProbed,
  platformInstant,
  RUN_FORMAT,
  worldAt,
  worldInstant,
  type Claim,
  type GuardView,
  type PlatformInstant,
  type RunRow,
  type RunState,
  type RunStore,
} from '@firedrill/core'
import { appendTo, envelopes, momentAfter, wakeRun } from './memory-append.ts'
import { putClock } from './memory-clock-store.ts'
import { frozen } from './frozen.ts'
import { clockOf, rowOf, type MemoryData, type MemoryRun } from './memory-data.ts'

/** In-memory `RunStore` of a version that folds `format`; passes the same suite as the real one. */
export function memoryRunStore(data: MemoryData, format: number = RUN_FORMAT): RunStore {
  const holds = (run: MemoryRun | undefined, epoch: number): run is MemoryRun =>
    run !== undefined && run.epoch === epoch && run.leaseUntil > data.now()
  return {
    create: async (run) => create(data, run, format),
    get: async (teamId, id) => {
      const run = data.runs.get(id)
      return run === undefined || run.teamId !== teamId ? undefined : rowOf(data, run)
    },
    list: async (teamId, options = {}) => {
      const before = options.before === undefined ? undefined : data.runs.get(options.before)?.number
      return [...data.runs.values()]
        .filter((run) => run.teamId === teamId && (before === undefined || run.number < before))
        .sort((a, b) => b.number - a.number)
        .slice(0, options.limit ?? 100)
        .map((run) => rowOf(data, run))
    },
    events: async (id, afterSeq, limit) =>
      (data.runs.get(id)?.events ?? []).slice(afterSeq, afterSeq + limit),
    claim: async (id, owner, leaseMs) => claim(data, data.runs.get(id), owner, leaseMs, format),
    renew: async (id, epoch, leaseMs) => {
      const run = data.runs.get(id)
      if (!holds(run, epoch)) return false
      run.leaseUntil = data.now() + leaseMs * 1000
      return true
    },
    guard: async (id, epoch) => guard(data, data.runs.get(id), epoch),
    append: async (id, fence, actor, decide, options = {}) => {
      const run = data.runs.get(id)
      return run === undefined
        ? { ok: false, why: 'no-such-run' }
        : appendTo(data, run, fence, actor, decide, options, format)
    },
    yield: async (id, epoch, wake) => {
      const run = data.runs.get(id)
      if (run === undefined || run.epoch !== epoch) return
      run.leaseUntil = 0
      run.owner = undefined
      run.wakeAt = run.isWoken ? Math.min(wake.at, data.now()) : wake.at
      run.wakeWorldAt = wake.worldAt
    },
    wake: async (id) => {
      const run = data.runs.get(id)
      if (run !== undefined) wakeRun(run, data.now())
    },
    due: async (limit) =>
      [...data.runs.values()]
        .filter((run) => isDue(data, run, data.now(), format))
        .sort((a, b) => Number(hasToRecover(b)) - Number(hasToRecover(a)) || a.wakeAt - b.wakeAt)
        .slice(0, limit)
        .map((run) => ({ id: run.id, status: run.state.status })),
    nextWakes: async () => {
      const open = [...data.runs.values()].filter(({ state }) => !isEnd(state.status))
      const worlds = open.flatMap(({ wakeWorldAt }) => (wakeWorldAt === undefined ? [] : [wakeWorldAt]))
      return {
        now: data.now(),
        ...(open.length === 0
          ? {}
          : { at: platformInstant(Math.min(...open.map((run) => Math.max(run.wakeAt, run.leaseUntil)))) }),
        ...(worlds.length === 0 ? {} : { worldAt: worldInstant(Math.min(...worlds)) }),
      }
    },
    newestAt: async () => {
      const ends = [...data.runs.values()].flatMap(({ events }) => events.at(-1)?.at ?? [])
      return ends.length === 0 ? undefined : platformInstant(Math.max(...ends))
    },
    probed: async () =>
      [...data.runs.values()].filter((run) => isProbed(run.state)).map((run) => rowOf(data, run)),
    now: async () => data.now(),
  }
}

function create(data: MemoryData, run: Parameters<RunStore['create']>[0], format: number): RunRow {
  const sameTeam = [...data.runs.values()].filter(({ teamId }) => teamId === run.teamId)
  const repeated =
    run.idempotencyKey === undefined
      ? undefined
      : sameTeam.find(({ idempotencyKey }) => idempotencyKey === run.idempotencyKey)
  if (repeated !== undefined) return rowOf(data, repeated)
  if (data.runs.has(run.id)) throw new Error(`run ${run.id} exists`)
  const now = data.now()
  const clock = putClock(data, run.teamId, run.created.data.environment.name, run.clock)
  const open = [...data.runs.values()].find((one) => one.drillId === run.drillId && !isEnd(one.state.status))
  const halted = data.halt.set ? (run.whileHalted?.(data.halt.reason) ?? []) : []
  const refused = halted.length > 0 ? halted : open === undefined ? [] : (run.whileOpen?.(open.id) ?? [])
  const more = [...(run.followedBy ?? []), ...refused]
  const events = frozen(envelopes(run.id, [], [run.created, ...more], momentAfter([], clock, now), run.actor))
  const [first, ...rest] = events
  if (first === undefined) throw new Error('a run begins with an event')
  const kept: MemoryRun = {
    id: run.id,
    teamId: run.teamId,
    drillId: run.drillId,
    number: sameTeam.length + 1,
    idempotencyKey: run.idempotencyKey,
    createdAt: now,
    state: frozen(rest.reduce<RunState>((folded, event) => evolve(folded, event), evolve(undefined, first))),
    format,
    epoch: 0,
    leaseUntil: 0,
    wakeAt: now,
    wakeWorldAt: undefined,
    isWoken: false,
    events: [...events],
  }
  data.runs.set(run.id, kept)
  for (const listener of data.listeners) listener(run.id)
  return rowOf(data, kept)
}

/** True for a run that began to take its faults out: it goes before all others. */
function hasToRecover({ state }: MemoryRun): boolean {
  return state.entered.recovering !== undefined || state.entered.aborting !== undefined
}

function isDue(data: MemoryData, run: MemoryRun, now: PlatformInstant, format: number): boolean {
  if (run.format > format || run.leaseUntil > now || isEnd(run.state.status)) return false
  return (
    run.wakeAt <= now ||
    (run.wakeWorldAt !== undefined && run.wakeWorldAt <= worldAt(clockOf(data, run), now))
  )
}

function claim(
  data: MemoryData,
  run: MemoryRun | undefined,
  owner: string,
  leaseMs: number,
  format: number,
): Claim | undefined {
  const now = data.now()
  if (run === undefined || !isDue(data, run, now, format)) return undefined
  const lost = run.owner === undefined ? {} : { lost: run.owner }
  run.owner = owner
  run.epoch += 1
  run.leaseUntil = now + leaseMs * 1000
  run.isWoken = false
  const row = rowOf(data, run)
  return { run: row, ...lost, epoch: run.epoch, now, worldNow: worldAt(row.clock, now), clock: row.clock }
}

function guard(data: MemoryData, run: MemoryRun | undefined, epoch: number): GuardView {
  const now = data.now()
  return {
    epochHolds: run !== undefined && run.epoch === epoch && run.leaseUntil > now,
    leaseLeftMs: Math.max(0, ((run?.leaseUntil ?? 0) - now) / 1000),
    halted: data.halt.set,
    abortRequested: run?.state.abort !== undefined,
    now,
    worldNow: run === undefined ? worldInstant(now) : worldAt(clockOf(data, run), now),
  }
}
