import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { seededRandom } from '@firedrill/testkit'
import { rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { openArena, type Arena, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { begin, undoneAfterExpiryS } from './short-faults.ts'

const SEED = 1
const SIZE = { default: { rounds: 2, worlds: 2 }, full: { rounds: 8, worlds: 5 } } as const
/** Everybody dies so long after the last drill has its first fault in, at most. The second fault follows after that. */
const KILL_WITHIN_MS = 14_000
/** Faults end after 24 s, the second ones 16 s later. Platform time. */
const ALL_OVER_MS = 60_000
/** So late an undo may be: a look of the reaper's, a lease that nobody renews, and the calls. */
const LATE_MAX_S = 10
const LOST_MS = 600_000
const LOOK_MS = 250
const ROLES = ['advance', 'advance', 'recover', 'reap', 'probe'] as const

/** Every worker that drives runs dies with faults in that end by themselves, and none comes back before they have. */
export const expiry: Bench = {
  name: 'expiry',
  about: 'all workers dead while faults are in: the reaper, killed once itself, takes each out at its expiry',
  async *run({ size, say }) {
    yield* measure('postgres', SIZE[size], say)
    if (have('redis')) yield* measure('redis', SIZE[size], say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

/** What became of one drill. Seconds of platform time. */
type Expired = Readonly<{ played: Played; left: readonly string[]; undoneS: number }>

async function* measure(
  backend: Backend,
  { rounds, worlds }: Readonly<{ rounds: number; worlds: number }>,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const random = seededRandom(SEED)
  const all: Expired[] = []
  const arena = await openArena({ backend, seed: SEED, worlds, roles: ROLES })
  try {
    for (let round = 1; round <= rounds; round++) {
      const killAfterMs = Math.round(random.next() * KILL_WITHIN_MS)
      const some = await orphan(arena, killAfterMs)
      all.push(...some)
      const late = some.map(({ undoneS }) => undoneS).join(', ')
      say(`${backend}: everybody dead ${killAfterMs} ms after the faults, undone ${late} s after expiry`)
      for (const { played, left } of some) for (const text of [...left, ...wrongWith(played)]) say(text)
    }
  } finally {
    await arena.close()
  }
  const about = { bench: 'expiry', backend, seed: SEED, better: 'lower' } as const
  const count = { ...about, unit: 'count' } as const
  const total = (of: (one: Expired) => number) => all.reduce((sum, one) => sum + of(one), 0)
  yield {
    ...count,
    figure: 'drills',
    better: 'higher',
    value: all.filter(({ played }) => played.found.broken > 0).length,
    goal: rounds * worlds,
  }
  yield { ...count, figure: 'faults-left', value: total(({ left }) => left.length), goal: 0 }
  const late = rounded(Math.max(...all.map(({ undoneS }) => undoneS)))
  yield { ...about, unit: 's', figure: 'undone-after-expiry-max', value: late, goal: LATE_MAX_S }
  yield { ...count, figure: 'wrong', value: total(({ played }) => wrongWith(played).length), goal: 0 }
  const left = await withoutReaper(backend)
  say(`control, the reaper dead as well: ${left.join('; ') || 'nothing was left'}`)
  yield { ...count, figure: 'control-no-reaper-left', better: 'higher', value: left.length, goal: 1 }
}

/** A drill in every world; then nobody but the reaper until every fault should be gone; then everybody again. */
async function orphan(arena: Arena, killAfterMs: number): Promise<readonly Expired[]> {
  const drills = await Promise.all(arena.worlds.map((world) => begin(arena, 'expiry', world, LOST_MS)))
  await Promise.all(drills.map(({ isIn }) => isIn))
  await systemClock.sleep(killAfterMs)
  const roles = await endAll(arena, ['advance', 'recover'])
  for (const { role, pid } of arena.crew.members()) if (role === 'reap') process.kill(pid, 'SIGKILL')
  const until = systemClock.monotonicMs() + ALL_OVER_MS
  const look = () => Promise.all(drills.map((drill) => drill.left()))
  let left = await look()
  while (left.flat().length > 0 && systemClock.monotonicMs() < until) {
    await systemClock.sleep(LOOK_MS)
    left = await look()
  }
  await Promise.all(roles.map((role) => arena.crew.add(role)))
  return Promise.all(
    drills.map(async (drill, n) => {
      const played = await drill.over
      const undoneS = rounded((await undoneAfterExpiryS(arena, drill, played.run)) ?? Infinity)
      return { played, left: left[n] ?? [], undoneS }
    }),
  )
}

/** Kills all of some roles for good; answers which there were. */
async function endAll({ crew }: Arena, roles: readonly string[]): Promise<readonly string[]> {
  const doomed = crew.members().filter(({ role }) => roles.includes(role))
  await Promise.all(doomed.map((member) => member.end('SIGKILL')))
  return doomed.map(({ role }) => role)
}

async function withoutReaper(backend: Backend): Promise<readonly string[]> {
  const arena = await openArena({ backend, seed: SEED, worlds: 1, roles: ROLES })
  try {
    const [world] = arena.worlds
    if (world === undefined) throw new Error('an arena without a world')
    const drill = await begin(arena, 'expiry', world, ALL_OVER_MS)
    await drill.isIn
    await endAll(arena, ['advance', 'recover', 'reap'])
    await drill.over
    return await drill.left()
  } finally {
    await arena.close()
  }
}
