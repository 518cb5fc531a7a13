import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { regressionOf, regressionOfPairs, type DurationInterval } from '@firedrill/core'
import { rounded, type Bench, type Figure } from '../figures/figure.ts'
import type { Change } from './play-recovery.ts'

const REPEATS = 5
const TRIALS = { default: 200, full: 400 } as const
const MAX_PERCENT = 10
const PROCESSES = 2
const SEED = 1

type Recoveries = ReadonlyMap<number, DurationInterval>

/** A trial's recoveries before and now, in the order of their seeds. */
type Trial = Readonly<{ before: readonly DurationInterval[]; now: readonly DurationInterval[] }>

/** How often five repeats against a baseline of five tell that recovery became slower, and that it did not. */
export const regression: Bench = {
  name: 'regression',
  about: 'slower and unchanged recoveries flagged, five repeats beside a baseline of five; 5 to 10 minutes',
  async *run({ size, seed = SEED, say }) {
    const trials = TRIALS[size]
    // One trial more, so that the last one has a next one.
    const count = (trials + 1) * REPEATS
    const base = await playAll('none', seed, count)
    const again = await playAll('none', seed, REPEATS)
    const slower = await playAll('a-fifth-slower', seed, count)
    const stepped = await playAll('one-check-more', seed, count)
    const spread = [...base.values()].map(({ lo, hi }) => (lo + (hi ?? lo)) / 2_000_000)
    say(`${base.size} recoveries of ${rounded(Math.min(...spread))} to ${rounded(Math.max(...spread))} s`)
    const isSame = [...again].every(([of, { lo, hi }]) => base.get(of)?.lo === lo && base.get(of)?.hi === hi)
    if (!isSame) throw new Error('one seed gave two recoveries, so that seeds pair nothing')

    const about = { bench: 'regression', unit: '%', backend: null, seed } as const
    const flagged = { ...about, better: 'higher' } as const
    const alarms = { ...about, better: 'lower', goal: 5 } as const
    const share = (now: Recoveries, shift: number, isPaired: boolean) =>
      flaggedOf(trialsOf(base, now, { first: seed, trials, shift }), isPaired)
    const next = REPEATS
    yield { ...flagged, figure: 'a fifth slower, flagged, in pairs', value: share(slower, 0, true), goal: 95 }
    yield { ...alarms, figure: 'no change, flagged, in pairs', value: share(base, 0, true) }
    // Whatever changes how often chance is asked pairs runs that have nothing to do with each other.
    yield {
      ...alarms,
      figure: 'no change, flagged, in pairs of other chance',
      value: share(base, next, true),
    }
    yield { ...alarms, figure: 'no change, flagged, unpaired', value: share(base, next, false) }
    for (const [what, now] of [
      ['a fifth slower', slower],
      ['one health check more', stepped],
    ] as const) {
      const value = share(now, next, false)
      yield { ...flagged, figure: `${what}, flagged, unpaired`, value, goal: null }
    }
    yield {
      ...flagged,
      figure: 'one health check more, flagged, in pairs',
      value: share(stepped, 0, true),
      goal: null,
    }
    yield* sizes(base, stepped, about)
  },
}

/** How much slower one check more is, since that is not set but comes about. */
function* sizes(
  base: Recoveries,
  stepped: Recoveries,
  about: Pick<Figure, 'bench' | 'unit' | 'backend' | 'seed'>,
): Generator<Figure> {
  const mean = (all: Recoveries) =>
    [...all.values()].reduce((sum, { lo, hi }) => sum + (lo + (hi ?? lo)) / 2, 0) / all.size
  const value = rounded(100 * (mean(stepped) / mean(base) - 1))
  yield {
    ...about,
    figure: 'one health check more, slower on average by',
    value,
    goal: null,
    better: 'lower',
  }
}

/** `shift`: the runs of now have seeds so much higher than those before, and so another chance. */
function trialsOf(
  base: Recoveries,
  now: Recoveries,
  { first, trials, shift }: Readonly<{ first: number; trials: number; shift: number }>,
): readonly Trial[] {
  const at = (all: Recoveries, seed: number) => {
    const found = all.get(seed)
    if (found === undefined) throw new Error(`the drill of seed ${seed} gave no figure`)
    return found
  }
  return Array.from({ length: trials }, (_, trial) => {
    const seeds = Array.from({ length: REPEATS }, (_, repeat) => first + trial * REPEATS + repeat)
    return { before: seeds.map((seed) => at(base, seed)), now: seeds.map((seed) => at(now, seed + shift)) }
  })
}

function flaggedOf(trials: readonly Trial[], isPaired: boolean): number {
  const flagged = trials.filter(({ before, now }) => {
    const pairs = now.flatMap((figure, i) => {
      const mate = before[i]
      return mate === undefined ? [] : [{ before: mate, now: figure }]
    })
    const compared = isPaired ? regressionOfPairs(pairs, MAX_PERCENT) : regressionOf(before, now, MAX_PERCENT)
    return compared.outcome === 'regressed'
  })
  return rounded((100 * flagged.length) / trials.length)
}

async function playAll(change: Change, first: number, count: number): Promise<Recoveries> {
  const shards = Array.from({ length: PROCESSES }, (_, index) =>
    shard(change, first + index, Math.ceil((count - index) / PROCESSES)),
  )
  return new Map((await Promise.all(shards)).flat())
}

/** Plays every `PROCESSES`-th drill in a process of its own. */
async function shard(
  change: Change,
  first: number,
  count: number,
): Promise<readonly (readonly [number, DurationInterval])[]> {
  const program = fileURLToPath(new URL('recoveries-process.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, change, ...[first, count, PROCESSES].map(String)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'exit')
  try {
    const found: (readonly [number, DurationInterval])[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      const { seed, observed } = JSON.parse(line) as Readonly<{ seed: number; observed?: DurationInterval }>
      if (observed !== undefined) found.push([seed, observed])
    }
    const [code] = await exited
    if (code !== 0) throw new Error(`the drills from seed ${first} on ended with ${String(code)}`)
    return found
  } finally {
    child.kill('SIGTERM')
    await exited
  }
}
