import { isEnd, type RunId, type Status } from '@firedrill/core'
import { systemClock, systemIds } from '@firedrill/runtime'
import type { Backend } from '../figures/figure.ts'
import { startCrew, type Crew, type Fate, type Member } from './crew.ts'
import { experimentsOf, type DrillDefinition } from './drill-kinds.ts'
import { startLab, type Lab } from './lab.ts'
import type { Toll } from './toll.ts'
import type { Weakness } from './weakness.ts'
import { before, find, type Before, type Found } from './witness.ts'
import { startWorld, type ProofWorld, type WorldSize } from './world.ts'

/** What an arena is made of. */
export type ArenaOptions = Readonly<{
  backend: Backend
  seed: number
  worlds: number
  size?: Partial<WorldSize>
  roles?: readonly string[]
  weakness?: Weakness
  /** Whether workers that end are started again; default true. */
  isReplaced?: boolean
  env?: Readonly<Record<string, string>>
}>

/** A place in a drill: before or after the n-th call of that name. */
export type Place = Readonly<{ call: string; nth: number; phase: 'before' | 'after' }>

/** A worker was killed or stopped at a call of this run. */
export type Struck = Readonly<{ toll: Toll; member: Member; at: number }>

/** Everything known of one run while it goes on. */
export type Watched = {
  readonly run: RunId
  readonly calls: Map<string, number>
  readonly numbers: Map<string, number>
  /** What is to happen, and where. */
  place: Place | undefined
  fate: Fate
  struck: Struck | undefined
  /** Wall milliseconds at which somebody went on with the run, and when it had been due. */
  resumed: Readonly<{ at: number; dueAt: number }> | undefined
  /** Milliseconds by which each claim came later than the run had asked for. */
  readonly latenesses: number[]
}

/** Stores, queue, workers and worlds, and what becomes of each run in them. */
export type Arena = Readonly<{
  lab: Lab
  crew: Crew
  worlds: readonly ProofWorld[]
  /** Runs one drill to its end and lets the witness look. */
  play(drill: DrillDefinition, world: ProofWorld, options?: PlayOptions): Promise<Played>
  close(): Promise<void>
}>

/** What is to happen to a drill. */
export type PlayOptions = Readonly<{
  place?: Place
  fate?: Fate
  /** A run that is not over by then is lost. Platform time. */
  lostMs?: number
  /** Asked again and again while the run goes on. */
  meanwhile?: (run: RunId, status: Status, watched: Watched) => Promise<void>
  /** Statuses from which on the place counts; default: from the start. */
  from?: (status: Status) => boolean
}>

/** What came of one drill. Lists are in words. */
export type Played = Readonly<{
  run: RunId
  status: Status
  /** The journal's words on how it came to its end. */
  why: string
  watched: Watched
  lost: boolean
  /** The world as it was before. */
  was: Before
  found: Found
  left: readonly string[]
  twice: readonly string[]
  tookMs: number
  nextActionMs: number | undefined
}>

const LOOK_MS = 100
const LOST_MS = 240_000
const CREW = ['advance', 'advance', 'advance', 'recover', 'recover', 'reap', 'probe'] as const
const SMALL: WorldSize = { instancesPerZone: 2, sets: 1, zones: 1, records: 3, rate: 30 }

/** Starts everything; settles when all is ready. */
export async function openArena(options: ArenaOptions): Promise<Arena> {
  const watching = new Map<string, Watched>()
  const closers: (() => Promise<unknown>)[] = []
  const closed = new AbortController()
  const close = async () => {
    closed.abort()
    for (const one of closers.toReversed()) await one()
  }
  try {
    const lab = await startLab(options.backend, options.seed)
    closers.push(() => lab.stop())
    const worlds: ProofWorld[] = []
    for (let n = 1; n <= options.worlds; n++) {
      const world = await startWorld(
        lab.dir,
        `world-${n}`,
        { ...SMALL, ...options.size },
        options.seed * 1000 + n,
      )
      closers.push(() => world.stop())
      worlds.push(world)
    }
    const crew = await startCrew({
      roles: options.roles ?? CREW,
      env: { ...lab.env, ...options.env },
      ...(options.weakness === undefined ? {} : { weakness: options.weakness }),
      isReplaced: options.isReplaced ?? true,
      decide: (toll, member) => decide(watching.get(toll.run), toll, member),
    })
    closers.push(() => crew.stop())
    return { lab, crew, worlds, play: (...asked) => play(lab, watching, closed.signal, ...asked), close }
  } catch (error) {
    await close()
    throw error
  }
}

function decide(watched: Watched | undefined, toll: Toll, member: Member): Fate {
  if (watched === undefined) return 'go'
  const key = `${member.pid} ${toll.id}`
  if (toll.phase === 'before') {
    const nth = (watched.calls.get(toll.call) ?? 0) + 1
    watched.calls.set(toll.call, nth)
    watched.numbers.set(key, nth)
  }
  noteResumed(watched, toll)
  const { place, fate } = watched
  const isPlace =
    watched.struck === undefined &&
    place?.call === toll.call &&
    place.phase === toll.phase &&
    watched.numbers.get(key) === place.nth
  if (!isPlace) return 'go'
  watched.struck = { toll, member, at: Date.now() }
  return fate
}

/** After a worker was struck: the next time anybody has the run in hand, or the reaper's next call for it. */
function noteResumed(watched: Watched, toll: Toll): void {
  const { struck, resumed } = watched
  if (toll.claimed !== undefined)
    watched.latenesses.push(Math.max(0, toll.claimed.at - toll.claimed.wakeAt) / 1000)
  if (struck === undefined || resumed !== undefined) return
  const isReaper = struck.toll.call.startsWith('reap ')
  if (isReaper && toll.call.startsWith('reap ')) watched.resumed = { at: Date.now(), dueAt: struck.at }
  if (!isReaper && toll.claimed !== undefined)
    watched.resumed = { at: Date.now(), dueAt: Math.max(struck.at, toll.claimed.wakeAt / 1000) }
}

async function play(
  lab: Lab,
  watching: Map<string, Watched>,
  closed: AbortSignal,
  drill: DrillDefinition,
  world: ProofWorld,
  options: PlayOptions = {},
): Promise<Played> {
  const was = await before(world.control)
  const booked = await lab.book(drill)
  const startedMs = systemClock.monotonicMs()
  const run = systemIds.mint('run')
  const watched: Watched = {
    run,
    calls: new Map(),
    numbers: new Map(),
    place: options.from === undefined ? options.place : undefined,
    fate: options.fate ?? 'kill',
    struck: undefined,
    resumed: undefined,
    latenesses: [],
  }
  watching.set(run, watched)
  await lab.start(booked, run)
  const lostMs = options.lostMs ?? LOST_MS
  let { status } = (await lab.row(run)).state
  while (!isEnd(status) && !closed.aborted && systemClock.monotonicMs() - startedMs < lostMs) {
    await systemClock.sleep(LOOK_MS)
    status = await lab.row(run).then(
      ({ state }) => state.status,
      // The database may be what is away.
      () => status,
    )
    if (options.from?.(status) === true && watched.place === undefined) {
      watched.calls.clear()
      watched.place = options.place
    }
    await options.meanwhile?.(run, status, watched)
  }
  const tookMs = systemClock.monotonicMs() - startedMs
  const found = await find(world.control, was)
  const { resumed } = watched
  const tooMany = found.experiments - experimentsOf(drill.scenario.steps)
  return {
    run,
    status,
    why: await wordsOf(lab, run),
    watched,
    lost: !isEnd(status),
    was,
    found,
    left: found.left,
    twice: [...found.twice, ...(tooMany > 0 ? [`${found.experiments} experiments were started`] : [])],
    tookMs,
    nextActionMs: resumed === undefined ? undefined : Math.max(0, resumed.at - resumed.dueAt),
  }
}

async function wordsOf(lab: Lab, run: RunId): Promise<string> {
  const events = await lab.stores.runs.events(run, 0, 10_000)
  const words = events.flatMap(({ data }): readonly string[] => {
    if ('to' in data && 'why' in data) return [`${data.to}: ${data.why}`]
    if (!('answers' in data)) return []
    return data.answers.flatMap(({ allow, guardrail, reason }) => (allow ? [] : [`${guardrail}: ${reason}`]))
  })
  return words.slice(-4).join('; ').slice(0, 1000)
}

/** Does something for each item, each world busy with one at a time. */
export async function eachInAWorld<T>(
  worlds: readonly ProofWorld[],
  items: readonly T[],
  work: (item: T, world: ProofWorld) => Promise<void>,
): Promise<void> {
  const free = [...worlds]
  await inLanes(worlds.length, items, async (item) => {
    const world = free.shift()
    if (world === undefined) throw new Error('there are more lanes than worlds')
    try {
      await work(item, world)
    } finally {
      free.push(world)
    }
  })
}

/** Does something for each item, so many at once. */
export async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
