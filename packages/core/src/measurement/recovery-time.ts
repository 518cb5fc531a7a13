import { worldInstant, type WorldInstant } from '../time/instant.ts'
import { downTime, type DownTime, type LookWindow, type PossiblyDown, type Sustain } from './down-time.ts'
import type { DurationInterval } from './interval.ts'
import type { LookSeries } from './look.ts'
import { doOverlap, joinWithin, overlapOfAtLeast, type Span } from './span.ts'

/** Bounds of an instant, world time. */
export type InstantBounds = Readonly<{ lo: WorldInstant; hi: WorldInstant }>

/** The recovery time that a set of series shows. */
export type RecoveryTime =
  /** No usable look at all: nothing can be said. */
  | Readonly<{ seen: 'nothing' }>
  /** Every look was good; `observed.hi` is the longest outage that could have gone unseen, null when there is no telling. */
  | Readonly<{ seen: 'no-outage'; observed: DurationInterval }>
  /** The longest outage. `observed.hi` is null when no sustained recovery was seen before `window.until`. */
  | Readonly<{
      seen: 'outage'
      observed: DurationInterval
      onset: InstantBounds
      /**
       * Every stretch of time in which the longest outage may have begun. More than one where it may be several, one after
       * the other, or where another may be longer.
       */
      onsets: readonly InstantBounds[]
      firstGood?: InstantBounds
      recovered?: InstantBounds
      /** How many separate outages counted. */
      outages: number
      /** Recoveries that did not last. */
      flaps: number
    }>

/** What `recoveryTime` takes besides the looks. */
export type RecoveryRule = Readonly<{
  window: LookWindow
  sustain: Sustain
  /** So many places must see an outage at once for the service to be out. */
  quorum: number
  /** Bound of the offset between the clocks behind the looks; 0 when one clock stamped them all. Microseconds. */
  clockErrorMicros: number
  /** What a length that was read on one of these clocks may be off. Microseconds. */
  lengthErrorMicros: number
}>

/** At least half of the places: of two one, of three two. Erring towards "out" can only make a verdict stricter. */
export function quorumOf(places: number): number {
  return Math.max(1, Math.ceil(places / 2))
}

/**
 * Recovery time of a service from looks at it, one series a place. With several places each has its own outages (joined over
 * its own flaps), and the service is out while at least `quorum` places are. The longest outage that began inside the window
 * counts. The truth lies in the interval whenever outages and recoveries last longer than a gap and a timeout.
 */
export function recoveryTime(places: readonly LookSeries[], rule: RecoveryRule): RecoveryTime {
  if (!places.some(({ looks }) => looks.some(isUsable))) return { seen: 'nothing' }
  const downTimes = places.map((series) => {
    const window = widened(rule)
    return sinceFault(downTime(series, window, rule.sustain), window.earliest)
  })
  const [only] = downTimes
  if (only !== undefined && downTimes.length === 1) return fromOnePlace(only, rule)
  return fromSeveralPlaces(
    downTimes.map((down) => sinceFault(withClockError(down, rule.clockErrorMicros), rule.window.earliest)),
    rule,
  )
}

function isUsable({ state }: LookSeries['looks'][number]): boolean {
  return state === 'good' || state === 'bad'
}

/**
 * Both ends were read on one clock, so that what it is off cancels in a length, but for its drift. The rest counts where they
 * are compared with the platform's instants.
 */
function fromOnePlace(down: DownTime, rule: RecoveryRule): RecoveryTime {
  const { clockErrorMicros: error, lengthErrorMicros: drift } = rule
  const cut = rule.window.until - error
  const lo = Math.max(0, ...down.surely.map(({ by, until }) => Math.min(until, cut) - by - drift))
  const longestSeen = longestMicros(down.possibly, cut)
  const hi = longestSeen === null || longestSeen === 0 ? longestSeen : longestSeen + drift
  const surely = placedSpans(withClockError(down, error))
  const placed = sinceFault(withClockError(down, error), rule.window.earliest)
  const seen = placed.possibly.filter(({ isSeen }) => isSeen)
  const worst = longest(seen)
  if (worst === undefined) return noOutage(hi, down.resolutionMicros)
  return {
    seen: 'outage',
    observed: { lo, hi },
    onset: bounds(worst.from, worst.badBy),
    onsets: onsetsOf(seen, surely, lo, ({ from, badBy }) => bounds(from, badBy)),
    ...firstGoodOf([worst], rule),
    ...recoveredOf(worst.badUntil, worst.to, rule),
    outages: seen.length,
    flaps: seen.reduce((sum, { flaps }) => sum + flaps, 0),
  }
}

function fromSeveralPlaces(downs: readonly DownTime[], rule: RecoveryRule): RecoveryTime {
  const { quorum, window, sustain } = rule
  const surely = joinWithin(
    overlapOfAtLeast(
      downs.map((down) => surelySpans(down, window.until)),
      quorum,
    ),
    sustain.holdMicros,
  )
  const possibly = joinWithin(
    overlapOfAtLeast(
      downs.map((down) => down.possibly),
      quorum,
    ),
    sustain.holdMicros,
  )
  const failing = overlapOfAtLeast(
    downs.map((down) => down.possibly.filter(({ isSeen }) => isSeen)),
    quorum,
  )
  const seen = possibly.filter((span) => failing.some((other) => doOverlap(span, other)))
  const hi = longestMicros(possibly, window.until)
  const worst = longest(seen)
  if (worst === undefined) return noOutage(hi, nthLargest(downs, quorum))

  const parts = downs.flatMap((down) => down.possibly).filter((part) => part.isSeen && doOverlap(part, worst))
  const inside = surely.filter((span) => doOverlap(span, worst))
  const badBy = parts.map((part) => part.badBy).sort((a, b) => a - b)[quorum - 1] ?? worst.to
  return {
    seen: 'outage',
    observed: { lo: Math.max(0, ...surely.map(({ from, to }) => to - from)), hi },
    onset: bounds(worst.from, inside[0]?.from ?? Math.min(badBy, worst.to)),
    onsets: onsetsOf(seen, surely, Math.max(0, ...surely.map(({ from, to }) => to - from)), (span) => {
      const by = surely.find((part) => doOverlap(part, span))?.from
      return bounds(span.from, by ?? Math.min(span === worst ? badBy : span.to, span.to))
    }),
    ...firstGoodOf(parts, rule),
    ...recoveredOf(inside.at(-1)?.to ?? worst.from, worst.to, rule),
    outages: seen.length,
    flaps: parts.reduce((sum, { flaps }) => sum + flaps, 0),
  }
}

/**
 * Where the longest outage may have begun: of every outage that may be the longest its beginning, and again wherever it was
 * surely out a second time without being known to have been out all along.
 */
function onsetsOf<T extends Span>(
  outages: readonly T[],
  surely: readonly Span[],
  atLeast: number,
  firstOf: (outage: T) => InstantBounds,
): readonly InstantBounds[] {
  return outages
    .filter(({ from, to }) => to - from >= atLeast)
    .flatMap((outage) => {
      const parts = surely.filter((part) => doOverlap(part, outage))
      const again = parts.slice(1).map(({ from }, index) => bounds(parts[index]?.to ?? from, from))
      return [firstOf(outage), ...again]
    })
}

/** Stretches in which it was surely out, an instant where only one look says so. */
function placedSpans(down: DownTime): readonly Span[] {
  return down.surely.map(({ by, until }) => ({ from: Math.min(by, until), to: Math.max(by, until) }))
}

function surelySpans(down: DownTime, until: number): readonly Span[] {
  return down.surely.flatMap(({ by, until: last }) => {
    const to = Math.min(last, until)
    return to > by ? [{ from: by, to }] : []
  })
}

/** Upper bound over all outages, null when one of them may have had no recovery that counts. */
function longestMicros(possibly: readonly Span[], until: number): number | null {
  let hi = 0
  for (const { from, to } of possibly) {
    if (to === Number.POSITIVE_INFINITY || to > until) return null
    hi = Math.max(hi, to - from)
  }
  return hi
}

function longest<T extends Span>(spans: readonly T[]): T | undefined {
  let found: T | undefined
  for (const span of spans)
    if (found === undefined || span.to - span.from > found.to - found.from) found = span
  return found
}

/** An outage must have hidden from `count` places at once, so the place that sees best among the worst ones bounds it. */
function nthLargest(downs: readonly DownTime[], count: number): number {
  return downs.map((down) => down.resolutionMicros).sort((a, b) => b - a)[count - 1] ?? 0
}

function noOutage(hi: number | null, resolutionMicros: number): RecoveryTime {
  return {
    seen: 'no-outage',
    observed: { lo: 0, hi: hi === null ? null : Math.max(hi, resolutionMicros) },
  }
}

/** What began just after our undo by the prober's clock may have begun before it. */
function widened({ window, clockErrorMicros }: RecoveryRule): LookWindow {
  return {
    ...window,
    from: window.from - clockErrorMicros,
    earliest: window.earliest - clockErrorMicros,
    until: window.until + clockErrorMicros,
    coveredTo: window.coveredTo - clockErrorMicros,
  }
}

/** Every instant that was read on a prober's clock moved to where the interval becomes wider. */
function withClockError(down: DownTime, error: number): DownTime {
  return {
    surely: down.surely.map(({ by, until }) => ({ by: by + error, until: until - error })),
    possibly: down.possibly.map((outage) => ({
      ...outage,
      from: outage.from - error,
      to: outage.to + error,
      badBy: outage.badBy + error,
      badUntil: outage.badUntil - error,
      firstGood: { lo: outage.firstGood.lo - error, hi: outage.firstGood.hi + error },
    })),
    resolutionMicros: down.resolutionMicros + 2 * error,
  }
}

/** Nothing that the fault brought about began before the fault. */
function sinceFault(down: DownTime, from: number): DownTime {
  return {
    ...down,
    possibly: down.possibly.map((outage) => ({
      ...outage,
      from: Math.max(outage.from, Math.min(from, outage.badBy)),
    })),
  }
}

function bounds(lo: number, hi: number): InstantBounds {
  return { lo: worldInstant(Math.min(lo, hi)), hi: worldInstant(Math.max(lo, hi)) }
}

/** The first place that answers again. */
function firstGoodOf(
  parts: readonly PossiblyDown[],
  rule: RecoveryRule,
): Readonly<{ firstGood?: InstantBounds }> {
  const first = parts
    .map(({ firstGood }) => firstGood)
    .filter(({ hi }) => hi <= rule.window.until && hi !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a.hi - b.hi)[0]
  return first === undefined ? {} : { firstGood: bounds(first.lo, first.hi) }
}

function recoveredOf(lo: number, hi: number, rule: RecoveryRule): Readonly<{ recovered?: InstantBounds }> {
  const isCounted = hi <= rule.window.until && hi !== Number.POSITIVE_INFINITY
  return isCounted ? { recovered: bounds(lo, hi) } : {}
}
