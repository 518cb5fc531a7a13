import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { quantile, rounded, type Bench, type Figure } from '../figures/figure.ts'
import { ROOT } from '../sandbox/start-sandbox.ts'
import { CONTROLS } from './controls.ts'
import { CLOCKED, SOURCES, type Score, type Source } from './score-drill.ts'
import type { Scored, Site } from './score-many.ts'

/** The first drill's; `--seed` says another one, and so other drills. */
const SEED = 1
const DRILLS = { default: 300, full: 1000 } as const
/** So many of them once more over sockets. */
const OVER_SOCKETS = { default: 12, full: 60 } as const
const PROCESSES = 2

/** Whether the numbers can be believed: every reported interval beside a truth that the world itself tells. */
export const accuracy: Bench = {
  name: 'accuracy',
  about: 'reported intervals and verdicts beside the true ones in random worlds; 3 to 12 minutes',
  async *run({ size, seed = SEED, say }) {
    const scored = await playAll('lab', seed, DRILLS[size])
    for (const text of flawsIn(scored)) say(text)
    yield* figuresOf(scored, seed)
    const overSockets = await playAll('sockets', seed, OVER_SOCKETS[size])
    for (const text of flawsIn(overSockets)) say(`over sockets: ${text}`)
    yield* socketFigures(overSockets, seed)
  },
}

async function playAll(site: Site, seed: number, drills: number): Promise<readonly Scored[]> {
  const shards = Array.from({ length: PROCESSES }, (_, index) =>
    shard(site, seed + index, Math.ceil(drills / PROCESSES), PROCESSES),
  )
  return (await Promise.all(shards)).flat().toSorted((a, b) => a.seed - b.seed)
}

/** Plays every `step`-th drill in a process of its own. */
async function shard(site: Site, first: number, count: number, step: number): Promise<readonly Scored[]> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(ROOT, 'apps/bench/src/accuracy/shard.ts'),
      site,
      String(first),
      String(count),
      String(step),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'exit')
  try {
    const found: Scored[] = []
    for await (const line of createInterface({ input: child.stdout })) found.push(JSON.parse(line) as Scored)
    const [code] = await exited
    if (code !== 0) throw new Error(`the drills from seed ${first} on ended with ${String(code)}`)
    return found
  } finally {
    child.kill('SIGTERM')
    await exited
  }
}

/** Every figure of a set of drills, the first of which has a seed. */
export function* figuresOf(scored: readonly Scored[], seed = SEED): Generator<Figure> {
  const every = scored.flatMap(({ scores }) => scores)
  const all = every.filter(({ isBelowResolution }) => !isBelowResolution)
  const of = (source: Source) => all.filter((score) => score.source === source)
  const about = { bench: 'accuracy', backend: null, seed } as const
  const probes = of('probes')
  yield { ...about, figure: 'drills', value: scored.length, unit: 'count', goal: null, better: 'higher' }
  const fine = percentOf(
    every.filter(({ source }) => source === 'probes'),
    ({ isBelowResolution }) => isBelowResolution,
  )
  yield { ...about, figure: 'below-resolution', value: fine, unit: '%', goal: null, better: 'lower' }
  for (const source of SOURCES) {
    // Alarm and data loss have no promise of their own in per cent of intervals.
    const goal = source === 'alarm' || source === 'markers' ? null : 99.5
    const value = percentOf(of(source), ({ isInside }) => isInside)
    yield { ...about, figure: `inside-${source}`, value, unit: '%', goal, better: 'higher' }
  }
  const everyOne = percentOf(
    every.filter(({ source }) => source === 'probes'),
    ({ isInside }) => isInside,
  )
  yield {
    ...about,
    figure: 'inside-probes-none-left-out',
    value: everyOne,
    unit: '%',
    goal: null,
    better: 'higher',
  }
  const skewed = new Set(scored.flatMap(({ seed, isSkewed }) => (isSkewed ? [seed] : [])))
  const clocked = all.filter(({ seed, source }) => skewed.has(seed) && CLOCKED.includes(source))
  yield {
    ...about,
    figure: 'inside-with-skewed-clocks',
    value: percentOf(clocked, ({ isInside }) => isInside),
    unit: '%',
    goal: null,
    better: 'higher',
  }
  const flaws = all.filter(({ flaw }) => flaw !== undefined).length
  yield { ...about, figure: 'wrong-verdicts', value: flaws, unit: 'count', goal: 0, better: 'lower' }
  const exact = percentOf(of('markers'), ({ isExact }) => isExact === true)
  yield { ...about, figure: 'data-loss-exact', value: exact, unit: '%', goal: 100, better: 'higher' }
  const width = { ...about, unit: 'x period and timeout', better: 'lower' } as const
  yield { ...width, figure: 'width-median', value: widthOf(probes), goal: 2 }
  const byShare = new Set(scored.flatMap(({ seed, fault }) => (isByShare(fault) ? [seed] : [])))
  const clean = probes.filter(({ seed }) => !byShare.has(seed))
  yield { ...width, figure: 'width-median-whole-outages', value: widthOf(clean), goal: null }
  yield {
    ...width,
    figure: 'width-median-partial-outages',
    value: widthOf(probes.filter(({ seed }) => byShare.has(seed))),
    goal: null,
  }
  yield { ...width, figure: 'midpoint-bias-median', value: biasOf(probes), goal: null }
  const unbounded = percentOf(probes, ({ observed, truth }) => observed?.hi === null && !truth.isCutOff)
  yield {
    ...about,
    figure: 'no-upper-bound-though-recovered',
    value: unbounded,
    unit: '%',
    goal: null,
    better: 'lower',
  }
  for (const name of CONTROLS) {
    const arm = scored.flatMap(({ controls }) => controls[name]).filter((one) => !one.isBelowResolution)
    // An arm without flaws would mean that the harness sees nothing.
    const right = percentOf(arm, ({ isInside, flaw }) => isInside && flaw === undefined)
    yield { ...about, figure: `control-${name}-right`, value: right, unit: '%', goal: 95, better: 'lower' }
  }
}

/** The same of a few drills, whose probes went over sockets. */
function* socketFigures(scored: readonly Scored[], seed: number): Generator<Figure> {
  const probes = scored
    .flatMap(({ scores }) => scores)
    .filter(({ source, isBelowResolution }) => source === 'probes' && !isBelowResolution)
  const about = { bench: 'accuracy', backend: null, seed } as const
  const drills = scored.length
  yield {
    ...about,
    figure: 'drills-over-sockets',
    value: drills,
    unit: 'count',
    goal: null,
    better: 'higher',
  }
  const inside = percentOf(probes, ({ isInside }) => isInside)
  yield { ...about, figure: 'inside-over-sockets', value: inside, unit: '%', goal: 99.5, better: 'higher' }
  const flaws = probes.filter(({ flaw }) => flaw !== undefined).length
  yield {
    ...about,
    figure: 'wrong-verdicts-over-sockets',
    value: flaws,
    unit: 'count',
    goal: 0,
    better: 'lower',
  }
  const width = { ...about, unit: 'x period and timeout', better: 'lower' } as const
  yield { ...width, figure: 'width-median-over-sockets', value: widthOf(probes), goal: 2 }
}

function isByShare(fault: Scored['fault']): boolean {
  return fault.startsWith('grey') || fault === 'zone' || fault === 'some-instances'
}

function percentOf(scores: readonly Score[], isSo: (score: Score) => boolean): number {
  return scores.length === 0 ? 100 : Math.round((10_000 * scores.filter(isSo).length) / scores.length) / 100
}

/** Half of the bounded intervals of outages are no wider. */
function widthOf(scores: readonly Score[]): number {
  const widths = scores.flatMap(({ observed, periodMicros, timeoutMicros }) =>
    observed === undefined || observed.hi === null
      ? []
      : [(observed.hi - observed.lo) / (periodMicros + timeoutMicros)],
  )
  return widths.length === 0 ? 0 : Math.round(100 * quantile(widths, 0.5)) / 100
}

function biasOf(scores: readonly Score[]): number {
  const biases = scores.flatMap(({ observed, truth, periodMicros, timeoutMicros }) =>
    observed === undefined || observed.hi === null
      ? []
      : [((observed.lo + observed.hi) / 2 - truth.micros) / (periodMicros + timeoutMicros)],
  )
  return biases.length === 0 ? 0 : Math.round(100 * quantile(biases, 0.5)) / 100
}

function* flawsIn(scored: readonly Scored[]): Generator<string> {
  for (const { seed, strategy, fault, scores } of scored)
    for (const { source, isInside, isExact, flaw, truth, observed, isBelowResolution } of scores) {
      if (isInside && flaw === undefined && isExact !== false) continue
      const seconds = (micros: number) => rounded(micros / 1_000_000)
      const hi = observed?.hi
      const got = `${seconds(observed?.lo ?? 0)} to ${hi === null || hi === undefined ? 'more' : seconds(hi)}`
      const was = `${seconds(truth.micros)}${truth.isCutOff ? ' and not over' : ''}`
      yield `seed ${seed}, ${strategy}, ${fault}, ${source}: ${got} s, in truth ${was} s${flaw === undefined ? '' : `: ${flaw}`}${isBelowResolution ? ' (below resolution)' : ''}`
    }
}
