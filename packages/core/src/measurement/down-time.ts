import type { Look, LookSeries } from './look.ts'
import { unseenAtEdge, type EdgeLook } from './unseen.ts'

/** When an outage is over: so many good looks in a row, and no new failure for so long. */
export type Sustain = Readonly<{ goodInARow: number; holdMicros: number }>

/** What of a series counts. World time in microseconds. */
export type LookWindow = Readonly<{
  /** The fault was not in before this. Failures that ended earlier are not its doing. */
  from: number
  /** No outage that counts began before, by the clock of the looks. -Infinity where theirs is not the platform's. */
  earliest: number
  /** Outages that begin later do not count: the fault was being taken out. Infinity: all count. */
  until: number
  /** Looks should reach up to here; if they end earlier, the rest is unknown. Infinity: no such demand. */
  coveredTo: number
  /** Whether a recovery needs its whole hold to be seen; else the end of the looks stands in for it. */
  isHoldNeeded: boolean
}>

/** A stretch in which the service was surely out: out by `by`, and still out at `until` (which may be the earlier of the two). */
export type SurelyDown = Readonly<{ by: number; until: number }>

/** A stretch outside of which the service was surely not out. `to` is Infinity when no sustained recovery was seen. */
export type PossiblyDown = Readonly<{
  from: number
  to: number
  /** False: nobody looked, and nobody saw a failure either. */
  isSeen: boolean
  /** First failure had happened by then; Infinity when none was seen. */
  badBy: number
  /** A failure was still seen at or after this; -Infinity when none was seen. */
  badUntil: number
  /** The first good look after the first failures. */
  firstGood: Readonly<{ lo: number; hi: number }>
  /** Recoveries in between that did not last. */
  flaps: number
}>

/** The outages of one series, bounded from inside and from outside. */
export type DownTime = Readonly<{
  surely: readonly SurelyDown[]
  possibly: readonly PossiblyDown[]
  /** The longest outage that could have passed between two good looks. */
  resolutionMicros: number
}>

type Stretch = {
  start: number
  by: number
  until: number
  end: number
  first: number
  last: number
  isSeen: boolean
}

/**
 * A stretch without a usable look is a gap only when it is long beside the hold, too. A shorter one could hide an outage that
 * came and went just while the prober itself was not scheduled; that is left to the resolution, or a busy machine would leave
 * no recovery proven.
 */
const GAP_SHARE_OF_HOLD = 1 / 8

/**
 * Bounds the outages seen in one series of looks.
 *
 * From inside (gives the lower bound): between the end of the first failed look and the start of the last one, flaps that
 * surely did not last being part of it. From outside (gives the upper bound): from the start of the last good look before to
 * the end of the first good look after, each moved outwards by the time a change may take, with gaps counted as failures and
 * flaps joined unless they surely lasted.
 *
 * Holds for outages and recoveries that last longer than a gap plus a timeout, with changes between them that may flap for
 * as long as `changeMicros`; shorter ones are below the resolution.
 */
export function downTime(series: LookSeries, window: LookWindow, sustain: Sustain): DownTime {
  const gapMicros = Math.max(series.gapMicros, sustain.holdMicros * GAP_SHARE_OF_HOLD)
  const looks = withGaps(series.looks, gapMicros, window)
  return {
    surely: surelyDown(looks, window, sustain),
    possibly: possiblyDown(looks, { ...window, changeMicros: series.changeMicros }, sustain),
    resolutionMicros: resolution(looks, window),
  }
}

/** The same looks with an `unknown` one wherever nobody looked for too long, at the ends of the window too. */
function withGaps(looks: readonly Look[], gapMicros: number, window: LookWindow): readonly Look[] {
  const found: Look[] = []
  let last: Look | undefined
  const unknown = (start: number, end: number) =>
    found.push({ state: 'unknown', start, end, by: end, until: start })
  for (const look of looks) {
    if (look.state === 'bad' && look.end < window.from) continue
    if (look.state !== 'unusable') {
      const since = last?.start ?? window.from
      if (look.start - since > gapMicros) unknown(Math.min(last?.end ?? since, look.start), look.start)
      last = look
    }
    found.push(look)
  }
  if (last === undefined) unknown(window.from, Number.POSITIVE_INFINITY)
  else if (window.coveredTo - last.start > gapMicros && window.coveredTo !== Number.POSITIVE_INFINITY)
    unknown(last.end, Number.POSITIVE_INFINITY)
  return found.sort((a, b) => a.start - b.start)
}

/** Stretches of failed looks without a good one between them, in order of start. */
function stretches(looks: readonly Look[], isPart: (look: Look) => boolean): readonly Stretch[] {
  const found: Stretch[] = []
  let current: Stretch | undefined
  for (const [index, look] of looks.entries()) {
    if (look.state === 'unusable') continue
    if (!isPart(look)) {
      current = undefined
      continue
    }
    const isBad = look.state === 'bad'
    if (current === undefined) {
      current = {
        start: look.start,
        by: Number.POSITIVE_INFINITY,
        until: Number.NEGATIVE_INFINITY,
        end: look.end,
        first: index,
        last: index,
        isSeen: false,
      }
      found.push(current)
    }
    current.last = index
    current.end = Math.max(current.end, look.end)
    current.isSeen ||= isBad
    if (isBad) {
      current.by = Math.min(current.by, look.by)
      current.until = Math.max(current.until, look.until)
    }
  }
  return found
}

function surelyDown(looks: readonly Look[], window: LookWindow, sustain: Sustain): readonly SurelyDown[] {
  const found: (SurelyDown & { start: number })[] = []
  let before: Stretch | undefined
  for (const stretch of stretches(looks, ({ state }) => state === 'bad')) {
    const last = found.at(-1)
    const isFlap =
      last !== undefined &&
      before !== undefined &&
      (stretch.by - last.until < sustain.holdMicros ||
        mostGoodBetween(looks, before.last, stretch.first) < sustain.goodInARow)
    if (last !== undefined && isFlap) {
      found[found.length - 1] = {
        start: last.start,
        by: Math.min(last.by, stretch.by),
        until: Math.max(last.until, stretch.until),
      }
    } else found.push({ start: stretch.start, by: stretch.by, until: stretch.until })
    before = stretch
  }
  return found.filter(({ start }) => start < window.until).map(({ by, until }) => ({ by, until }))
}

/** How many good looks there can have been between two others: an unusable one may have been good, a gap may have held any number. */
function mostGoodBetween(looks: readonly Look[], after: number, before: number): number {
  let count = 0
  for (let index = after + 1; index < before; index++) {
    const state = looks[index]?.state
    if (state === 'unknown') return Number.POSITIVE_INFINITY
    if (state === 'good' || state === 'unusable') count++
  }
  return count
}

type Bounded = PossiblyDown & {
  start: number
  /** It may have begun as early, luck aside. */
  since: number
  after: number
  first: number
  last: number
}

type Bounds = LookWindow & Readonly<{ changeMicros: number }>

function possiblyDown(looks: readonly Look[], window: Bounds, sustain: Sustain): readonly PossiblyDown[] {
  const found: Bounded[] = []
  for (const stretch of stretches(looks, ({ state }) => state !== 'good')) {
    const bounded = boundFromOutside(looks, stretch, window)
    const last = found.at(-1)
    if (last !== undefined && !didLast(looks, last, bounded, sustain)) {
      found[found.length - 1] = {
        ...joined(last, bounded),
        flaps: last.flaps + (last.isSeen && bounded.isSeen ? 1 : 0),
      }
    } else found.push(bounded)
  }
  const wider = widenUnseen(looks, found, window.changeMicros)
  const open = wider.at(-1)
  if (open !== undefined && !isRecovered(looks, open, window, sustain)) {
    wider[wider.length - 1] = { ...open, to: Number.POSITIVE_INFINITY }
  }
  // What was first seen after the fault was being taken out may have begun before.
  return wider.filter(({ start, since, isSeen }) => start < window.until || (isSeen && since < window.until))
}

/**
 * An outage of which only a share of requests fails is met by some probes and missed by others, at its ends too. So each end
 * is moved outwards by as many periods as probes may have been good by luck there; a sudden end by none.
 */
function widenUnseen(looks: readonly Look[], outages: readonly Bounded[], changeMicros: number): Bounded[] {
  const wider: Bounded[] = []
  for (const outage of outages) {
    // What sums up all requests misses nothing.
    const isSampled = changeMicros > 0 && outage.isSeen
    const inside = isSampled ? statesOf(looks, outage.first, outage.last) : []
    const before = changeMicros * (unseenAtEdge(inside, 'onset') - 1)
    const after = changeMicros * (unseenAtEdge(inside.toReversed(), 'recovery') - 1)
    const widened = isSampled
      ? { ...outage, from: Math.round(outage.from - before), to: Math.round(outage.to + after) }
      : outage
    const last = wider.at(-1)
    if (last !== undefined && widened.from < last.to) {
      wider[wider.length - 1] = { ...joined(last, widened), flaps: last.flaps + widened.flaps }
    } else wider.push(widened)
  }
  return wider
}

/** Good and failed looks from one index to another. */
function statesOf(looks: readonly Look[], first: number, last: number): readonly EdgeLook[] {
  return looks
    .slice(first, last + 1)
    .flatMap(({ state, failure }): EdgeLook[] =>
      state === 'good' ? ['good'] : state === 'bad' ? [failure ?? 'server'] : [],
    )
}

function joined(last: Bounded, next: Bounded): Bounded {
  return {
    ...last,
    from: Math.min(last.from, next.from),
    to: Math.max(last.to, next.to),
    after: next.after,
    last: next.last,
    isSeen: last.isSeen || next.isSeen,
    badBy: Math.min(last.badBy, next.badBy),
    badUntil: Math.max(last.badUntil, next.badUntil),
    firstGood: last.isSeen ? last.firstGood : next.firstGood,
  }
}

/** Only good looks that surely lie before or after count as bounds: a probe in flight at the time may have met either. */
function boundFromOutside(looks: readonly Look[], stretch: Stretch, window: Bounds): Bounded {
  let before: Look | undefined
  for (let index = stretch.first - 1; index >= 0 && before === undefined; index--) {
    const look = looks[index]
    if (look?.state === 'good' && look.end <= stretch.start) before = look
  }
  let after = stretch.last + 1
  while (after < looks.length) {
    const look = looks[after]
    if (look?.state === 'good' && look.start >= stretch.end) break
    after++
  }
  const firstGood = looks[after]?.by ?? Number.POSITIVE_INFINITY
  const from = before === undefined ? window.from : before.until - window.changeMicros
  return {
    start: stretch.start,
    since: from,
    from,
    to: firstGood + window.changeMicros,
    after,
    isSeen: stretch.isSeen,
    badBy: stretch.by,
    badUntil: stretch.until,
    firstGood: { lo: stretch.until, hi: firstGood },
    flaps: 0,
    first: stretch.first,
    last: stretch.last,
  }
}

/** True when the service surely recovered between two stretches, and for long enough. */
function didLast(looks: readonly Look[], last: Bounded, next: Bounded, sustain: Sustain): boolean {
  if (next.from - last.to < sustain.holdMicros) return false
  return goodFrom(looks, last.after, next.start) >= sustain.goodInARow
}

function isRecovered(looks: readonly Look[], open: Bounded, window: LookWindow, sustain: Sustain): boolean {
  if (goodFrom(looks, open.after, Number.POSITIVE_INFINITY) < sustain.goodInARow) return false
  if (!window.isHoldNeeded) return true
  const lastGood = looks.findLast(({ state }) => state === 'good')
  return lastGood !== undefined && lastGood.until - open.to >= sustain.holdMicros
}

function goodFrom(looks: readonly Look[], index: number, before: number): number {
  let count = 0
  for (let at = index; at < looks.length; at++) {
    const look = looks[at]
    if (look === undefined || look.start >= before) break
    if (look.state === 'good') count++
  }
  return count
}

function resolution(looks: readonly Look[], window: LookWindow): number {
  let longest = 0
  let before: Look | undefined
  for (const look of looks) {
    if (look.state === 'unusable') continue
    if (look.start >= window.until) break
    if (look.state === 'good' && before !== undefined && look.by >= window.from) {
      longest = Math.max(longest, look.by - before.until)
    }
    before = look.state === 'good' ? look : undefined
  }
  return longest
}
