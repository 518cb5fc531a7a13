import type { RunId, Status } from '@firedrill/core'
import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { quantile, rounded, type Bench, type Figure } from '../figures/figure.ts'
import { openArena, type Arena, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { drillOf, stepsOf } from './drill-kinds.ts'
import { isRevert } from './witness.ts'
import type { Weakness } from './weakness.ts'
import type { ProofWorld } from './world.ts'

const SEED = 1
const WORLDS = 2
const ROLES = ['advance', 'advance', 'recover', 'recover', 'reap', 'probe'] as const
/** Platform time, as all of these. */
const AWAY_MS = { default: 60_000, full: 300_000 } as const
const CONTROL_AWAY_MS = 30_000
/** From the abort until the first undo call: a reconcile period more than with a queue. */
const ISSUED_MAX_S = 2
const LOST_MS = 600_000
/** Nobody but the bench ends it. */
const LONG = { observeMaxMs: 12 * 3_600_000, recoverWithinMs: 12 * 3_600_000, settleMs: 1000 }

/** Redis is killed in mid-drill and stays away; what runs is aborted, what starts meanwhile goes on as well. */
export const redisAway: Bench = {
  name: 'redis-away',
  about: 'Redis killed for 5 minutes: drills that run or start meanwhile are aborted and recovered on time',
  async *run({ size, say }) {
    if (have('redis')) yield* measure(AWAY_MS[size], say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

/** A drill that was aborted while Redis was away. Seconds of platform time. */
type Aborted = Readonly<{ played: Played; issuedS: number; overS: number }>

async function* measure(awayMs: number, say: (line: string) => void): AsyncGenerator<Figure> {
  const aborted = await playWithout(awayMs)
  for (const { played } of aborted)
    for (const text of wrongWith(played)) say(`${played.status} ${played.why}: ${text}`)
  const about = { bench: 'redis-away', backend: 'redis', seed: SEED, better: 'lower' } as const
  const count = { ...about, unit: 'count' } as const
  const issued = aborted.map(({ issuedS }) => issuedS)
  yield { ...about, unit: 's', figure: 'away', value: awayMs / 1000, goal: null }
  yield { ...count, figure: 'drills', better: 'higher', value: aborted.length, goal: WORLDS }
  yield { ...about, unit: 's', figure: 'first-revert-p50', value: rounded(quantile(issued, 0.5)), goal: null }
  yield {
    ...about,
    unit: 's',
    figure: 'first-revert-p95',
    value: rounded(quantile(issued, 0.95)),
    goal: ISSUED_MAX_S,
  }
  const over = rounded(Math.max(...aborted.map(({ overS }) => overS)))
  yield { ...about, unit: 's', figure: 'recovered-max', value: over, goal: null }
  yield {
    ...count,
    figure: 'wrong',
    value: aborted.reduce((sum, { played }) => sum + wrongWith(played).length, 0),
    goal: 0,
  }
  const control = await playWithout(CONTROL_AWAY_MS, 'unreconciled')
  const lost = control.filter(({ played }) => played.lost).length
  say(`control, nobody looks for due runs: ${lost} of ${control.length} lost`)
  yield { ...count, figure: 'control-unreconciled-lost', better: 'higher', value: lost, goal: 1 }
}

/** Drills in every world, one after another, aborted as soon as their faults are in; the first ones begin before Redis goes. */
async function playWithout(awayMs: number, weakness?: Weakness): Promise<readonly Aborted[]> {
  const arena = await openArena({
    backend: 'redis',
    seed: SEED,
    worlds: WORLDS,
    roles: ROLES,
    ...(weakness === undefined ? {} : { weakness }),
  })
  try {
    const standing = arena.worlds.map(() => Promise.withResolvers<void>())
    const gone = Promise.withResolvers<void>()
    const until = () => awayUntil
    let awayUntil = Infinity
    const lanes = arena.worlds.map(async (world, n) => {
      const lane: Aborted[] = []
      while (systemClock.monotonicMs() < until())
        lane.push(await abortOne(arena, world, standing[n]?.resolve, gone.promise, weakness === undefined))
      return lane
    })
    await Promise.race([Promise.all(standing.map(({ promise }) => promise)), Promise.all(lanes)])
    const bringBack = await arena.lab.lose('redis')
    awayUntil = systemClock.monotonicMs() + awayMs
    gone.resolve()
    const aborted = (await Promise.all(lanes)).flat()
    await bringBack()
    return aborted
  } finally {
    await arena.close()
  }
}

async function abortOne(
  arena: Arena,
  world: ProofWorld,
  stands: (() => void) | undefined,
  gone: Promise<void>,
  isPatient: boolean,
): Promise<Aborted> {
  let at: number | undefined
  const drill = drillOf('redis-away', world, stepsOf('recovering', world), {
    scenario: { timing: LONG, response: 'restore' },
  })
  const played = await arena.play(drill, world, {
    lostMs: isPatient ? LOST_MS : CONTROL_AWAY_MS,
    meanwhile: async (run: RunId, status: Status) => {
      if (status !== 'observing' || at !== undefined) return
      stands?.()
      await gone
      at = Date.now()
      await arena.lab.abort(run, 'Redis is away')
    },
  })
  stands?.()
  const overS = (Date.now() - (at ?? 0)) / 1000
  const trigger = at ?? Infinity
  const first = played.found.mutations.find((one) => isRevert(one) && one.platformAt / 1000 >= trigger)
  return {
    played,
    issuedS: first === undefined ? Infinity : (first.platformAt / 1000 - trigger) / 1000,
    overS,
  }
}
