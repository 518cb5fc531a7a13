import { z } from 'zod'
import { worldInstant, type WorldInstant } from '../time/instant.ts'

/** The clock of the platform's own prober, which stamps its samples, its published metrics and numbered writes. */
export const PROBER_CLOCK = 'prober'
/** The clock of CloudWatch, by the Date header of its answers. */
export const CLOUD_CLOCK = 'cloudwatch'
/** The clock of a prober elsewhere. Its samples have been widened by what it may be off before they were stored. */
export function vantageClock(vantage: string): string {
  return `vantage ${vantage}`
}

/** One comparison with the platform's clock: at `at` this one was ahead by `lo` to `hi` microseconds, all in world time. */
export type ClockReading = Readonly<{ clock: string; at: WorldInstant; lo: number; hi: number }>

const micros = z.int()

/** What is known of one clock over a whole run. Microseconds of world time. */
export const clockAgreementSchema = z.strictObject({
  clock: z.string(),
  /** How often it was compared. */
  readings: z.int(),
  /** It was ahead of the platform's by so much, negative for behind … */
  offsetMicros: micros,
  /** … give or take this, at every instant of the run. */
  errorMicros: micros,
  /** It did not run evenly: it was set, or stood still for a while. */
  hasStepped: z.boolean(),
  /** What a length that was read on it may be off. */
  lengthErrorMicros: micros,
})
export type ClockAgreement = z.infer<typeof clockAgreementSchema>

/** Quartz clocks of servers are off by less; so much is assumed for the time between two readings. */
const DRIFT_MAX = 100e-6

/** What the readings of a run come to, by clock, in the order of their names. */
export function clockAgreements(readings: readonly ClockReading[]): readonly ClockAgreement[] {
  const byClock = Map.groupBy(readings, ({ clock }) => clock)
  return [...byClock]
    .map(([clock, own]) =>
      agreementOf(
        clock,
        own.toSorted((a, b) => a.at - b.at),
      ),
    )
    .sort((a, b) => (a.clock < b.clock ? -1 : 1))
}

function agreementOf(clock: string, readings: readonly ClockReading[]): ClockAgreement {
  const evenly = tightened(readings)
  const bounds = evenly ?? readings
  const lo = Math.min(...bounds.map((reading) => reading.lo))
  const hi = Math.max(...bounds.map((reading) => reading.hi))
  const gaps = readings.slice(1).map(({ at }, index) => at - (readings[index]?.at ?? at))
  const between = DRIFT_MAX * Math.max(0, ...gaps)
  const offsetMicros = Math.round((lo + hi) / 2)
  const errorMicros = Math.ceil(Math.max(hi - offsetMicros, offsetMicros - lo) + between)
  const lasted = (readings.at(-1)?.at ?? 0) - (readings[0]?.at ?? 0)
  const hasStepped = evenly === undefined
  return {
    clock,
    readings: readings.length,
    offsetMicros,
    errorMicros,
    hasStepped,
    lengthErrorMicros: hasStepped
      ? 2 * errorMicros
      : Math.min(2 * errorMicros, Math.ceil(DRIFT_MAX * lasted)),
  }
}

/**
 * The same readings, each as tight as its neighbours make it: a clock that runs evenly drifts by so little that a reading says
 * something about the next one too. Undefined when they contradict each other, and so the clock did not run evenly.
 */
function tightened(readings: readonly ClockReading[]): readonly ClockReading[] | undefined {
  const forwards = pass(readings)
  const both = pass(forwards.toReversed()).toReversed()
  return both.every(({ lo, hi }) => lo <= hi) ? both : undefined
}

function pass(readings: readonly ClockReading[]): readonly ClockReading[] {
  let before: ClockReading | undefined
  return readings.map((reading) => {
    const drift = before === undefined ? 0 : DRIFT_MAX * Math.abs(reading.at - before.at)
    before = {
      ...reading,
      lo: Math.max(reading.lo, (before?.lo ?? -Infinity) - drift),
      hi: Math.min(reading.hi, (before?.hi ?? Infinity) + drift),
    }
    return before
  })
}

/** An instant of a clock on the platform's, give or take its error. */
export function onPlatformClock(at: WorldInstant, agreement: ClockAgreement | undefined): WorldInstant {
  return agreement === undefined ? at : worldInstant(at - agreement.offsetMicros)
}
