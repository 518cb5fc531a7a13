import type { CompiledStep } from '@firedrill/core'
import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { seededRandom } from '@firedrill/testkit'
import type { Backend, Bench, Figure } from '../figures/figure.ts'
import { eachInAWorld, openArena, type Arena, type Place, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { drillOf, removeRecord, stopZone } from './drill-kinds.ts'
import { find, isFault, type Mutation } from './witness.ts'
import type { Weakness } from './weakness.ts'
import type { ProofWorld } from './world.ts'

const SEED = 1
const WORLDS = 2
/** More of each role than there are drills: a worker that is stopped is not replaced, and one has to be left. */
const ROLES = ['advance', 'advance', 'advance', 'recover', 'recover', 'recover', 'reap', 'probe'] as const
const POINTS = { default: 20, full: 120 } as const
/** A worker that was woken gets this long to do whatever it still does. Platform time. */
const AFTERWARDS_MS = 3000

/** A worker is stopped at a call until others have brought the run to its end, and then goes on where it stood. */
export const zombie: Bench = {
  name: 'zombie',
  about: 'workers stopped past their lease at every call, and woken when the run is over: no late fault',
  async *run({ size, say }) {
    yield* measure('postgres', POINTS[size], say)
    if (have('redis')) yield* measure('redis', POINTS[size], say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

type Woken = Readonly<{ played: Played; late: readonly Mutation[]; left: readonly string[] }>

async function* measure(backend: Backend, most: number, say: (line: string) => void): AsyncGenerator<Figure> {
  const woken: Woken[] = []
  const arena = await openArena({ backend, seed: SEED, worlds: WORLDS, roles: ROLES })
  try {
    const places = drawn(await findPlaces(arena), most)
    await eachInAWorld(arena.worlds, places, async (place, world) => {
      const one = await wakeAt(arena, world, place)
      woken.push(one)
      const words = [
        ...wrongWith(one.played),
        ...one.left,
        ...one.late.map(({ operation }) => `late ${operation}`),
      ]
      for (const text of words) say(`${place.phase} ${place.call} #${place.nth}: ${text}`)
      if (woken.length % 10 === 0) say(`${backend}: ${woken.length} of ${places.length}`)
    })
  } finally {
    await arena.close()
  }
  const about = { bench: 'zombie', backend, seed: SEED, unit: 'count', better: 'lower' } as const
  const total = (of: (one: Woken) => number) => woken.reduce((sum, one) => sum + of(one), 0)
  const met = total(({ played }) => Number(played.watched.struck !== undefined))
  yield { ...about, figure: 'points', better: 'higher', value: met, goal: null }
  yield { ...about, figure: 'late-faults', value: total(({ late }) => late.length), goal: 0 }
  yield {
    ...about,
    figure: 'wrong',
    value: total(({ played, left }) => wrongWith(played).length + left.length),
    goal: 0,
  }
  const control = await unguarded(backend)
  say(
    `control, no guard and no end of the hold: ${control.late.map(({ operation }) => operation).join(', ') || 'no late fault'}`,
  )
  yield {
    ...about,
    figure: 'control-unguarded-late-faults',
    better: 'higher',
    value: control.late.length,
    goal: 1,
  }
}

/** Without the guard before each call, and without its end when the hold has passed. */
async function unguarded(backend: Backend): Promise<Woken> {
  const weakness: Weakness = 'unguarded'
  const arena = await openArena({ backend, seed: SEED, worlds: 1, weakness })
  try {
    const [world] = arena.worlds
    if (world === undefined) throw new Error('an arena without a world')
    return await wakeAt(arena, world, {
      call: 'advance route53-remove-record.apply',
      nth: 1,
      phase: 'before',
    })
  } finally {
    await arena.close()
  }
}

async function wakeAt(arena: Arena, world: ProofWorld, place: Place): Promise<Woken> {
  const played = await arena.play(drillOf('zombie', world, steps(world)), world, { place, fate: 'stop' })
  const since = Date.now() * 1000
  played.watched.struck?.member.wake()
  await systemClock.sleep(AFTERWARDS_MS)
  const after = await find(world.control, played.was)
  const late = after.mutations.filter((one) => one.platformAt >= since && isFault(one))
  return { played, late, left: after.left }
}

const steps = (world: ProofWorld): readonly CompiledStep[] => [
  stopZone('stop', 'a'),
  removeRecord(world, 'remove', 1, { after: ['stop'] }),
]

async function findPlaces(arena: Arena): Promise<readonly Place[]> {
  const [world] = arena.worlds
  if (world === undefined) throw new Error('an arena without a world')
  const played = await arena.play(drillOf('zombie', world, steps(world)), world)
  return [...played.watched.calls].flatMap(([call, count]) =>
    [1, 2].flatMap((nth) =>
      nth > count || call.startsWith('reap ')
        ? []
        : (['before', 'after'] as const).map((phase) => ({ call, nth, phase })),
    ),
  )
}

/** Half of them around the acts, where a late worker does harm; the others drawn by the seed. */
function drawn(places: readonly Place[], most: number): readonly Place[] {
  const random = seededRandom(SEED)
  const isAct = ({ call }: Place) => /apply|recover$|between|guard/.test(call)
  return places
    .map((place) => ({ place, at: random.next() - (isAct(place) ? 0.5 : 0) }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ place }) => place)
}
