/** A stretch of true world time [from, to) in microseconds. */
export type Stretch = Readonly<{ from: number; to: number }>

/** What happened, by the rule of docs/measurement.md written a second time. Nothing here is shared with `core`. */
export type TrueOutage = Readonly<{
  /** How long the longest outage lasted, or had lasted when it no longer counted. Microseconds; 0 for none. */
  lengthMicros: number
  /** One of them had not recovered when our own undo, or the fault's end, came. */
  isCutOff: boolean
  /** When the longest one began. */
  onset: number | undefined
}>

/** An outage of which so few requests fail, or for so short a time, that fewer probes than this meet it. */
const MEETINGS_MIN = 3

/** What the question is about. */
export type TruthQuestion = Readonly<{
  /** When the fault went in. */
  from: number
  /** From here on a recovery is nobody's merit; Infinity where that does not apply. */
  cutOffAt: number
  /** When watching ended. */
  end: number
  /** A recovery has to hold for so long. */
  holdMicros: number
}>

/**
 * The longest outage of a service that is watched from several places: each place is out from its first failure to the
 * beginning of what held; the service is while at least half of the places are.
 */
export function trueOutage(
  downOf: readonly (readonly Stretch[])[],
  { from, cutOffAt, end, holdMicros }: TruthQuestion,
): TrueOutage {
  const perPlace = downOf.map((down) =>
    closeGaps(
      down.filter((stretch) => stretch.to > from && stretch.from < end),
      holdMicros,
    ).filter((outage) => outage.from < cutOffAt),
  )
  const needed = Math.max(1, Math.ceil(perPlace.length / 2))
  const instants = [...new Set(perPlace.flat().flatMap((outage) => [outage.from, outage.to]))].toSorted(
    (a, b) => a - b,
  )
  const together = instants.flatMap((at, index): Stretch[] => {
    const next = instants[index + 1]
    const away = perPlace.filter((outages) => outages.some((one) => one.from <= at && at < one.to)).length
    return next === undefined || away < needed ? [] : [{ from: at, to: next }]
  })
  const outages = closeGaps(together, holdMicros)
  let longest: TrueOutage = { lengthMicros: 0, isCutOff: false, onset: undefined }
  for (const outage of outages) {
    // What ends with our undo has ended by it.
    const isCutOff = outage.to >= cutOffAt || outage.to >= end
    const lengthMicros = Math.min(outage.to, cutOffAt, end) - outage.from
    longest = {
      lengthMicros: Math.max(longest.lengthMicros, lengthMicros),
      isCutOff: longest.isCutOff || isCutOff,
      onset: lengthMicros > longest.lengthMicros ? outage.from : longest.onset,
    }
  }
  return longest
}

/** A recovery that did not hold was none. */
function closeGaps(stretches: readonly Stretch[], holdMicros: number): readonly Stretch[] {
  const closed: { from: number; to: number }[] = []
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = closed.at(-1)
    if (last !== undefined && from - last.to < holdMicros) last.to = Math.max(last.to, to)
    else closed.push({ from, to })
  }
  return closed
}

/**
 * Whether an outage is below what probes resolve: only a part of the requests fails, and less than three probes from a place can
 * be expected to meet it. Told from the truth and the cadence alone, whatever was observed.
 */
export function isBelowResolution(
  downOf: readonly (readonly Stretch[])[],
  { from, cutOffAt, end }: TruthQuestion,
  periodMicros: number,
  { lengthMicros, onset }: TrueOutage,
): boolean {
  if (onset === undefined) return false
  const lengths = downOf.map((down) =>
    down.reduce(
      (sum, one) => sum + Math.max(0, Math.min(one.to, end, cutOffAt) - Math.max(one.from, from)),
      0,
    ),
  )
  const worst = Math.max(...lengths)
  return worst < MEETINGS_MIN * periodMicros && worst < 0.9 * lengthMicros
}
