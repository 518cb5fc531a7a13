import { loadavg } from 'node:os'
import { type RunId, type Status } from '@firedrill/core'
import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { seededRandom } from '@firedrill/testkit'
import { quantile, rounded, type Backend, type Bench, type Figure, type Size } from '../figures/figure.ts'
import { eachInAWorld, openArena, type Arena, type Place, type Played, type PlayOptions } from './arena.ts'
import { askedOf, DRILL_KINDS, drillOf, stepsOf, type DrillKind } from './drill-kinds.ts'
import type { ProofWorld } from './world.ts'

const SEED = 1
const WORLDS = 4
/** A worker holds one run at a time here, so that who is killed is known: as many as there are drills, or they wait in line. */
const ROLES = [...Array<string>(WORLDS).fill('advance'), ...Array<string>(3).fill('recover'), 'reap', 'probe']
/** How many points are tried. */
const POINTS = { default: 60, full: 440 } as const
const POINTS_GOAL = 400
/** No point is begun after that; the figure says how many were. Platform time of one backend. */
const WITHIN_MS = { default: 8 * 60_000, full: 45 * 60_000 } as const
/** Looks are repeated while something is on its way; of each call in a role this many are points of their own. */
const OCCURRENCES_MAX = 3
const CONTROL_TRIES = 3

/** A place in a kind of drill at which its worker dies. */
type Point = Readonly<{ kind: DrillKind }> & Place

/** A worker is killed at every call it makes, and others bring the run to its end. */
export const crash: Bench = {
  name: 'crash',
  about:
    'workers killed before and after every call of five kinds of drill: nothing left in, put in twice or lost',
  async *run({ size, say }) {
    yield* measure('postgres', size, say)
    if (have('redis')) yield* measure('redis', size, say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

async function* measure(backend: Backend, size: Size, say: (line: string) => void): AsyncGenerator<Figure> {
  const most = POINTS[size]
  const arena = await openArena({ backend, seed: SEED, worlds: WORLDS, roles: ROLES })
  const played: Played[] = []
  try {
    const points = chosen(await findPoints(arena), most)
    say(`${backend}: ${points.length} points`)
    const until = systemClock.monotonicMs() + WITHIN_MS[size]
    await eachInAWorld(arena.worlds, points, async (point, world) => {
      if (systemClock.monotonicMs() > until) return
      const one = await playKind(arena, point.kind, world, point)
      played.push(one)
      for (const text of wrongWith(one)) say(`${words(point)}: ${text}`)
      if (one.watched.struck === undefined) say(`${words(point)}: never met, ${one.status} ${one.why}`)
      if (played.length % 25 === 0) {
        const delays = delaysOf(played)
        const [load = 0] = loadavg()
        say(
          `${backend}: ${played.length} of ${points.length}, next action p50 ${quantile(delays, 0.5)} ms, p99 ${quantile(delays, 0.99)} ms, load ${load}`,
        )
      }
    })
  } finally {
    await arena.close()
  }
  yield* figuresOf(played, backend, most < POINTS_GOAL ? null : POINTS_GOAL)
  yield* controls(backend, say)
}

function* figuresOf(played: readonly Played[], backend: Backend, goal: number | null): Generator<Figure> {
  const about = { bench: 'crash', backend, seed: SEED, unit: 'count', better: 'lower' } as const
  const total = (of: (one: Played) => number) => played.reduce((sum, one) => sum + of(one), 0)
  const met = total(({ watched }) => Number(watched.struck !== undefined))
  yield { ...about, figure: 'points', better: 'higher', value: met, goal }
  yield { ...about, figure: 'faults-left', value: total(({ left }) => left.length), goal: 0 }
  yield { ...about, figure: 'injected-twice', value: total(({ twice }) => twice.length), goal: 0 }
  yield { ...about, figure: 'runs-lost', value: total(({ lost }) => Number(lost)), goal: 0 }
  yield { ...about, figure: 'templates-left', value: total(({ found }) => found.templates), goal: null }
  const delays = delaysOf(played)
  const delay = { ...about, unit: 's' } as const
  yield { ...delay, figure: 'next-action-p50', value: rounded(quantile(delays, 0.5) / 1000), goal: 5 }
  yield { ...delay, figure: 'next-action-p99', value: rounded(quantile(delays, 0.99) / 1000), goal: 10 }
}

function delaysOf(played: readonly Played[]): readonly number[] {
  return played.flatMap(({ nextActionMs }) => (nextActionMs === undefined ? [] : [nextActionMs]))
}

/** The same without a protection, which must show: nobody takes over; nobody asks the target first. */
async function* controls(backend: Backend, say: (line: string) => void): AsyncGenerator<Figure> {
  const about = { bench: 'crash', unit: 'count', better: 'higher', backend, seed: SEED, goal: 1 } as const
  const point: Point = { kind: 'linear', call: 'advance ec2-stop-instances.apply', nth: 1, phase: 'after' }
  const roles = ['advance', 'recover', 'reap', 'probe']
  const alone = await untilMet(() =>
    inOneWorld({ backend, roles, isReplaced: false }, (arena, world) =>
      playKind(arena, 'linear', world, point, { lostMs: 25_000 }),
    ),
  )
  say(`control, nobody takes over: ${wrongWith(alone).join('; ') || 'nothing was wrong'}`)
  yield { ...about, figure: 'control-nobody-faults-left', value: alone.left.length }
  const forgetful = await untilMet(() =>
    inOneWorld({ backend, weakness: 'forgetful' }, (arena, world) => playKind(arena, 'linear', world, point)),
  )
  say(`control, nobody asks the target first: ${wrongWith(forgetful).join('; ') || 'nothing was wrong'}`)
  yield { ...about, figure: 'control-forgetful-injected-twice', value: forgetful.twice.length }
}

/** A drill that ends before its place proves nothing about a control; it is played again. */
async function untilMet(play: () => Promise<Played>): Promise<Played> {
  for (let tries = 1; ; tries++) {
    const played = await play()
    if (played.watched.struck !== undefined || tries === CONTROL_TRIES) return played
  }
}

async function inOneWorld<T>(
  options: Omit<Parameters<typeof openArena>[0], 'seed' | 'worlds'>,
  work: (arena: Arena, world: ProofWorld) => Promise<T>,
): Promise<T> {
  const arena = await openArena({ ...options, seed: SEED, worlds: 1 })
  try {
    const [world] = arena.worlds
    if (world === undefined) throw new Error('an arena without a world')
    return await work(arena, world)
  } finally {
    await arena.close()
  }
}

/** Everything that must not be after a drill, in words. */
export function wrongWith({ status, why, lost, left, twice }: Played): readonly string[] {
  const isUnwanted = status === 'refused' || status === 'missed'
  return [
    ...(lost ? [`the run is still ${status}`] : []),
    ...(isUnwanted ? [`the run is ${status}: ${why}`] : []),
    ...left,
    ...twice,
  ]
}

/** What one kind of drill needs besides its steps: somebody who approves it, or who aborts it. */
export function playKind(
  arena: Arena,
  kind: DrillKind,
  world: ProofWorld,
  place?: Place,
  options: PlayOptions = {},
): Promise<Played> {
  const drill = drillOf(kind, world, stepsOf(kind, world), { environment: askedOf(kind) })
  let isDone = false
  const person = async (run: RunId, status: Status) => {
    if (kind === 'approval' && status === 'awaiting-approval') await arena.lab.approve(run)
    else if (kind === 'recovering' && status === 'observing') await arena.lab.abort(run, 'enough seen')
    else return
    isDone = true
  }
  const meanwhile = async (run: RunId, status: Status) => {
    // What is answered while a worker writes may be refused: a person asks again.
    if (!isDone) await person(run, status).catch(() => undefined)
  }
  return arena.play(drill, world, {
    ...options,
    meanwhile,
    ...(place === undefined ? {} : { place }),
  })
}

/** Every call of an undisturbed drill of each kind. */
async function findPoints(arena: Arena): Promise<readonly Point[]> {
  const found: Point[] = []
  await eachInAWorld(arena.worlds, DRILL_KINDS, async (kind, world) => {
    const played = await playKind(arena, kind, world)
    const wrong = wrongWith(played)
    if (wrong.length > 0) throw new Error(`an undisturbed drill (${kind}) went wrong: ${wrong.join('; ')}`)
    for (const [call, count] of played.watched.calls) {
      for (let nth = 1; nth <= Math.min(count, OCCURRENCES_MAX); nth++) {
        found.push({ kind, call, nth, phase: 'before' })
        if (!call.includes(' between ')) found.push({ kind, call, nth, phase: 'after' })
      }
    }
  })
  return found
}

/** As many as wanted, drawn by the seed; the first of each call before its repetitions when most are taken. */
function chosen(points: readonly Point[], most: number): readonly Point[] {
  const random = seededRandom(SEED)
  const drawn = points.map((point) => ({ point, at: random.next() })).toSorted((a, b) => a.at - b.at)
  const ordered = most < POINTS_GOAL ? drawn : drawn.toSorted((a, b) => a.point.nth - b.point.nth)
  return ordered.slice(0, most).map(({ point }) => point)
}

function words({ kind, call, nth, phase }: Point): string {
  return `${kind}, ${phase} ${call} #${nth}`
}
