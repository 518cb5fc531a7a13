import type { RunId } from '@firedrill/core'
import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { openArena, type Arena, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { begin, undoneAfterExpiryS } from './short-faults.ts'
import { isFault } from './witness.ts'

const SEED = 1
const WORLDS = 2
const ROLES = ['advance', 'advance', 'recover', 'reap', 'probe'] as const
const ROUNDS = { default: 1, full: 3 } as const
/** Platform time, as all of these. */
const AWAY_MS = 60_000
const LOST_MS = 600_000
const RESUME_MAX_S = 10

/** PostgreSQL is killed while faults are in that end before it is back, and others are still to come. */
export const postgresAway: Bench = {
  name: 'postgres-away',
  about:
    'PostgreSQL killed for 60 s in mid-drill: no new fault, what is in goes at its expiry, then on within 10 s',
  async *run({ size, say }) {
    yield* measure('postgres', ROUNDS[size], say)
    if (have('redis')) yield* measure('redis', ROUNDS[size], say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

/** What became of one drill. Seconds of platform time. */
type Outlived = Readonly<{
  played: Played
  newFaults: number
  left: readonly string[]
  undoneS: number
  resumedS: number
}>

async function* measure(
  backend: Backend,
  rounds: number,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const all: Outlived[] = []
  const arena = await openArena({ backend, seed: SEED, worlds: WORLDS, roles: ROLES })
  try {
    for (let round = 1; round <= rounds; round++) all.push(...(await outlive(arena)))
  } finally {
    await arena.close()
  }
  for (const { played, undoneS, resumedS } of all) {
    const wrong = wrongWith(played).map((text) => `; ${text}`)
    say(
      `${backend}: undone ${undoneS} s after expiry, resumed after ${resumedS} s, ${played.status}${wrong.join('')}`,
    )
  }
  const about = { bench: 'postgres-away', backend, seed: SEED, better: 'lower' } as const
  const count = { ...about, unit: 'count' } as const
  const total = (of: (one: Outlived) => number) => all.reduce((sum, one) => sum + of(one), 0)
  const most = (of: (one: Outlived) => number) => rounded(Math.max(...all.map(of)))
  const outlived = all.filter(({ played }) => played.found.broken > 0).length
  yield { ...count, figure: 'drills', better: 'higher', value: outlived, goal: rounds * WORLDS }
  yield { ...count, figure: 'new-faults-while-away', value: total((one) => one.newFaults), goal: 0 }
  yield { ...count, figure: 'left-while-away', value: total(({ left }) => left.length), goal: 0 }
  yield {
    ...about,
    unit: 's',
    figure: 'undone-after-expiry-max',
    value: most((one) => one.undoneS),
    goal: null,
  }
  yield { ...about, unit: 's', figure: 'resumed-max', value: most((one) => one.resumedS), goal: RESUME_MAX_S }
  yield { ...count, figure: 'wrong', value: total(({ played }) => wrongWith(played).length), goal: 0 }
  const left = await withoutReaper(backend)
  say(`control, no reaper meanwhile: ${left.join('; ') || 'nothing was left'}`)
  yield { ...count, figure: 'control-no-reaper-left', better: 'higher', value: left.length, goal: 1 }
}

/** One drill in every world at once; the server is gone as soon as all of them have their first fault in. */
async function outlive(arena: Arena): Promise<readonly Outlived[]> {
  const drills = await Promise.all(arena.worlds.map((world) => begin(arena, 'postgres-away', world, LOST_MS)))
  await Promise.all(drills.map(({ isIn }) => isIn))
  const awayAt = Date.now() * 1000
  const bringBack = await arena.lab.lose('postgres')
  await systemClock.sleep(AWAY_MS)
  const left = await Promise.all(drills.map((drill) => drill.left()))
  await bringBack()
  const backAt = Date.now() * 1000
  return Promise.all(
    drills.map(async (drill, n) => {
      const played = await drill.over
      const { run, found } = played
      const isMeanwhile = (at: number) => at > awayAt && at < backAt
      return {
        played,
        newFaults: found.mutations.filter((one) => isFault(one) && isMeanwhile(one.platformAt)).length,
        left: left[n] ?? [],
        undoneS: rounded((await undoneAfterExpiryS(arena, drill, run)) ?? Infinity),
        resumedS: rounded(((await firstEventAfter(arena, run, backAt)) - backAt) / 1_000_000),
      }
    }),
  )
}

async function firstEventAfter({ lab }: Arena, run: RunId, instant: number): Promise<number> {
  const events = await lab.stores.runs.events(run, 0, 10_000)
  return events.find(({ at }) => at >= instant)?.at ?? Infinity
}

/** The same with nobody who has kits of his own; answers what is still broken when the server would be back. */
async function withoutReaper(backend: Backend): Promise<readonly string[]> {
  const arena = await openArena({ backend, seed: SEED, worlds: 1, roles: ROLES })
  try {
    const [world] = arena.worlds
    if (world === undefined) throw new Error('an arena without a world')
    const drill = await begin(arena, 'postgres-away', world, AWAY_MS)
    await drill.isIn
    const reapers = arena.crew.members().filter(({ role }) => role === 'reap')
    await Promise.all(reapers.map((reaper) => reaper.end('SIGKILL')))
    const bringBack = await arena.lab.lose('postgres')
    await systemClock.sleep(AWAY_MS)
    const left = await drill.left()
    await bringBack()
    await drill.over
    return left
  } finally {
    await arena.close()
  }
}
