import { describe, expect, it } from 'vitest'
import type { Sample } from './interval.ts'
import { looksOfSamples, type LookSeries } from './look.ts'
import { quorumOf, recoveryTime, type RecoveryRule, type RecoveryTime } from './recovery-time.ts'
import { worldInstant } from '../time/instant.ts'

const CASES = 5000
/** Enough for an estimator that is wrong in one world of a hundred and more. */
const ARM_CASES = 1000
const SEED = 20_261_119
const S = 1_000_000

type Truth = readonly Readonly<{ from: number; to: number }>[]
type World = Readonly<{
  /** Down times of each place, apart by more than the resolution. */
  places: readonly Truth[]
  /** Nowhere do servers come and go one by one. */
  isSudden: boolean
  injectedAt: number
  undoAt: number
  end: number
  periodMs: number
  timeoutMicros: number
  holdMicros: number
  goodInARow: number
  samples: readonly (readonly Sample[])[]
  alarmAt: number
}>

function randomOf(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (lo: number, hi: number) => Math.round(lo + next() * (hi - lo))
  return { next, between, chance: (p: number) => next() < p }
}
type Random = ReturnType<typeof randomOf>

/** A world in which every stretch lasts longer than a gap and a timeout, with frayed edges, watched by probes with all their troubles. */
function drawWorld(random: Random): World {
  const periodMs = random.between(200, 5000)
  const period = periodMs * 1000
  const timeoutMicros = random.between(period / 4, period * (random.chance(0.3) ? 3 : 1))
  const shortest = Math.ceil(period * 6 + timeoutMicros)
  const holdMicros = Math.max(
    random.between(shortest, shortest * 4),
    // The hold is the longer of the two rules, as the truth knows no probes.
    period * 8 + timeoutMicros * 2,
  )
  const injectedAt = 100 * S + random.between(shortest, shortest * 3)
  const undoAt = injectedAt + random.between(shortest, shortest * 25)
  const count = random.chance(0.6) ? 1 : random.between(2, 4)
  const heals = random.chance(0.7)
  // Servers of one service come and go one by one, and how they fail shows that somebody answered; a way is there or is not.
  const drawn = Array.from({ length: count }, () => {
    const truth = drawTruth(random, injectedAt, undoAt, shortest, heals)
    const isByServer = random.chance(0.6)
    return { isByServer, truth: isByServer ? fray(random, truth, period) : truth }
  })
  const places = drawn.map(({ truth }) => truth)
  const last = Math.max(undoAt, ...places.flat().map(({ to }) => to))
  const end = last + holdMicros + random.between(shortest, shortest * 5)
  const samples = drawn.map(({ truth, isByServer }, index) =>
    drawSamples(random, truth, { period, timeoutMicros, end, vantage: `v${index}`, isByServer }),
  )
  const alarmAt = (places[0]?.[0]?.from ?? injectedAt) + random.between(60 * S, 240 * S)
  return {
    places,
    isSudden: drawn.every(({ isByServer }) => !isByServer),
    injectedAt,
    undoAt,
    end,
    periodMs,
    timeoutMicros,
    holdMicros,
    goodInARow: random.between(1, 3),
    samples,
    alarmAt,
  }
}

function drawTruth(
  random: Random,
  injectedAt: number,
  undoAt: number,
  shortest: number,
  heals: boolean,
): Truth {
  const truth: { from: number; to: number }[] = []
  let at = injectedAt + random.between(0, shortest)
  for (let outages = random.between(0, 4); outages > 0; outages--) {
    // An outage that begins less than a resolution before our undo cannot be told from one that the undo caused.
    if (at > undoAt - shortest && at < undoAt + shortest) at = undoAt + shortest
    const length = random.between(shortest, shortest * random.between(1, 12))
    const to =
      !heals && at < undoAt ? Math.max(at + length, undoAt + random.between(0, shortest)) : at + length
    truth.push({ from: at, to })
    at = to + random.between(shortest, shortest * 5)
  }
  return truth
}

/** Lets outages begin and end in fits and starts that together last no longer than a period, as behind a balancer. */
function fray(random: Random, truth: Truth, period: number): Truth {
  return truth.flatMap(({ from, to }) => {
    const cuts = (start: number) =>
      Array.from({ length: 2 * random.between(0, 3) }, () => start + random.between(1, period)).sort(
        (a, b) => a - b,
      )
    // An even number of cuts inside each edge, so that the middle stays down.
    const edges = [from, ...cuts(from), ...cuts(to - period), to]
    return edges.flatMap((edge, index) => {
      const next = edges[index + 1]
      return index % 2 === 0 && next !== undefined && next > edge ? [{ from: edge, to: next }] : []
    })
  })
}

function drawSamples(
  random: Random,
  truth: Truth,
  plan: Readonly<{
    period: number
    timeoutMicros: number
    end: number
    vantage: string
    isByServer: boolean
  }>,
): Sample[] {
  const { period, timeoutMicros, end, vantage, isByServer } = plan
  const isDown = (at: number) => truth.some(({ from, to }) => at >= from && at < to)
  const unusableRate = random.chance(0.5) ? 0 : random.next() * 0.2
  const deadAt = random.chance(0.15) ? random.between(0, end) : Number.POSITIVE_INFINITY
  const deadFor = random.between(period, period * 30)
  const samples: Sample[] = []
  const phase = random.between(0, period)
  for (let slot = phase; slot < end; slot += period) {
    const start = slot + random.between(0, period * 0.09)
    if (start > deadAt && start < deadAt + deadFor) continue
    const length = random.chance(0.9)
      ? random.between(1000, timeoutMicros / 5)
      : random.between(1000, timeoutMicros)
    const asked = start + random.between(0, length)
    const sample = { probe: 'p', vantage, start: worldInstant(start) }
    const finished = worldInstant(start + length)
    if (random.chance(unusableRate)) {
      samples.push({ ...sample, end: finished, outcome: 'unusable', detail: 'late' })
    } else if (!isDown(asked)) {
      samples.push({ ...sample, end: finished, outcome: 'good' })
    } else if (random.chance(0.5)) {
      const detail = isByServer ? 'status 502' : 'refused'
      samples.push({ ...sample, end: finished, outcome: 'bad', detail })
    } else {
      const timedOut = worldInstant(start + timeoutMicros)
      const detail = isByServer ? 'timeout http' : 'timeout connect'
      samples.push({ ...sample, end: timedOut, outcome: 'bad', detail })
    }
  }
  return samples
}

/** What is true, computed from the world alone: how long the longest outage was (at least, when one of them met the undo). */
function truthOf(world: World): Readonly<{ length: number; isCensored: boolean }> {
  const join = (spans: Truth): Truth =>
    spans.reduce<{ from: number; to: number }[]>((joined, span) => {
      const last = joined.at(-1)
      if (last !== undefined && span.from - last.to < world.holdMicros) last.to = Math.max(last.to, span.to)
      else joined.push({ ...span })
      return joined
    }, [])
  const outages = world.places.map((truth) => join(truth).filter(({ from }) => from < world.undoAt))
  const quorum = Math.ceil(outages.length / 2)
  const edges = outages
    .flat()
    .flatMap(({ from, to }) => [from, to])
    .sort((a, b) => a - b)
  const out: { from: number; to: number }[] = []
  for (const [index, from] of edges.entries()) {
    const to = edges[index + 1]
    const depth = outages.filter((spans) => spans.some((span) => span.from <= from && from < span.to)).length
    if (to !== undefined && to > from && depth >= quorum) out.push({ from, to })
  }
  let longest = { length: 0, isCensored: false }
  for (const { from, to } of join(out)) {
    longest = {
      length: Math.max(longest.length, Math.min(to, world.undoAt) - from),
      isCensored: longest.isCensored || to > world.undoAt,
    }
  }
  return longest
}

function seriesOf(world: World): readonly LookSeries[] {
  return world.samples.map((samples) => looksOfSamples(samples, world.periodMs))
}

function ruleOf(world: World, until = world.undoAt): RecoveryRule {
  return {
    window: {
      from: world.injectedAt,
      earliest: world.injectedAt,
      until,
      coveredTo: until,
      isHoldNeeded: false,
    },
    sustain: { goodInARow: world.goodInARow, holdMicros: world.holdMicros },
    quorum: quorumOf(world.places.length),
    clockErrorMicros: 0,
    lengthErrorMicros: 0,
  }
}

function estimate(world: World, until = world.undoAt): RecoveryTime {
  return recoveryTime(seriesOf(world), ruleOf(world, until))
}

type Estimator = (world: World) => Readonly<{ lo: number; hi: number | null }> | undefined

const ours: Estimator = (world) => {
  const found = estimate(world)
  return found.seen === 'nothing' ? undefined : found.observed
}

/** How many of the drawn worlds' truths the estimator misses, with the first one for the message, and how much it tells. */
function misses(
  estimator: Estimator,
  cases = CASES,
): Readonly<{
  count: number
  first: string
  finite: number
  told: number
  medianWidth: Readonly<{ sudden: number; byServer: number }>
}> {
  const random = randomOf(SEED)
  let count = 0
  let first = ''
  let told = 0
  const widths: Record<'sudden' | 'byServer', number[]> = { sudden: [], byServer: [] }
  for (let index = 0; index < cases; index++) {
    const world = drawWorld(random)
    const truth = truthOf(world)
    const observed = estimator(world)
    if (observed === undefined) continue
    told++
    if (observed.hi !== null)
      widths[world.isSudden ? 'sudden' : 'byServer'].push(
        (observed.hi - observed.lo) / (world.periodMs * 1000),
      )
    const isInside = truth.isCensored
      ? observed.hi === null && observed.lo <= truth.length
      : observed.lo <= truth.length && (observed.hi === null || truth.length <= observed.hi)
    if (isInside) continue
    count++
    if (first === '')
      first = `case ${index} of seed ${SEED}: ${JSON.stringify({ truth, observed, ...world, samples: undefined })}`
  }
  const median = (found: number[]) =>
    found.sort((a, b) => a - b)[Math.floor(found.length / 2)] ?? Number.POSITIVE_INFINITY
  const { sudden, byServer } = widths
  const finite = sudden.length + byServer.length
  return { count, first, finite, told, medianWidth: { sudden: median(sudden), byServer: median(byServer) } }
}

describe('recovery time from probes', () => {
  it('contains the truth in every random world, and is not wide for it', () => {
    const { count, first, finite, told, medianWidth } = misses(ours)
    expect(first).toBe('')
    expect(count).toBe(0)
    expect(told).toBeGreaterThan(CASES * 0.99)
    expect(finite).toBeGreaterThan(CASES * 0.4)
    // In periods. Two are the least an interval from probes can have, and eight more where servers come and go one by one;
    // timeouts, troubles, several places and edges of few failures add the rest.
    expect(medianWidth.sudden).toBeLessThan(3.5)
    expect(medianWidth.byServer).toBeLessThan(10)
  })

  describe('the harness catches an estimator that', () => {
    it('answers with the middle of the interval instead of its bounds', () => {
      const middle: Estimator = (world) => {
        const found = ours(world)
        if (found === undefined || found.hi === null) return found
        const guess = Math.round((found.lo + found.hi) / 2)
        return { lo: guess, hi: guess }
      }
      expect(misses(middle, ARM_CASES).count).toBeGreaterThan(ARM_CASES / 10)
    })

    it('takes a good probe for the proof that no change had begun', () => {
      const abrupt: Estimator = (world) => {
        const places = seriesOf(world).map((series) => ({ ...series, changeMicros: 0 }))
        const found = recoveryTime(places, ruleOf(world))
        return found.seen === 'nothing' ? undefined : found.observed
      }
      expect(misses(abrupt, ARM_CASES).count).toBeGreaterThan(ARM_CASES / 100)
    })

    it('takes every failure for one that whoever asked would have met', () => {
      const sudden: Estimator = (world) => {
        const places = seriesOf(world).map((series) => ({
          ...series,
          looks: series.looks.map((look) => ({ ...look, failure: 'nobody' as const })),
        }))
        const found = recoveryTime(places, ruleOf(world))
        return found.seen === 'nothing' ? undefined : found.observed
      }
      expect(misses(sudden, ARM_CASES).count).toBeGreaterThan(ARM_CASES / 100)
    })

    it('takes the alarm for the onset', () => {
      const alarmed: Estimator = (world) => {
        const found = estimate(world)
        if (found.seen !== 'outage' || found.recovered === undefined) return ours(world)
        const lo = found.recovered.lo - world.alarmAt - S
        return { lo: Math.max(0, lo), hi: Math.max(0, found.recovered.hi - world.alarmAt + S) }
      }
      expect(misses(alarmed, ARM_CASES).count).toBeGreaterThan(ARM_CASES / 10)
    })

    it('counts our own undo as a recovery', () => {
      const flattered: Estimator = (world) => {
        const found = estimate(world, Number.POSITIVE_INFINITY)
        return found.seen === 'nothing' ? undefined : found.observed
      }
      expect(misses(flattered, ARM_CASES).count).toBeGreaterThan(ARM_CASES / 10)
    })
  })
})
