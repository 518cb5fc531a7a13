import { z } from 'zod'
import type { WorldInstant } from '../time/instant.ts'

const micros = z.int()

/** A measured length of time in microseconds of world time. `hi` null: only a lower bound is known ("more than lo"). */
export const durationIntervalSchema = z.strictObject({ lo: micros, hi: micros.nullable() })
export type DurationInterval = z.infer<typeof durationIntervalSchema>

/** The points in time of a run, in the order in which they happen when all goes its way. */
export const POINTS = [
  'injected',
  'onset',
  'detected',
  'decided',
  'acted',
  'switched',
  'first-good',
  'recovered',
  'data-verified',
  'restored',
  'failback-began',
  'failed-back',
] as const
export type Point = (typeof POINTS)[number]

/** When something happened: it lies in [lo, hi], by this source, read on this clock. */
export const pointInTimeSchema = z.strictObject({
  lo: micros,
  hi: micros,
  source: z.string(),
  clock: z.string(),
})
export type PointInTime = Readonly<{ lo: WorldInstant; hi: WorldInstant; source: string; clock: string }>

/** The parts of a recovery time, and the way back after it. */
export const PARTS = ['detect', 'decide', 'act', 'propagate', 'ramp', 'fail-back'] as const
export type Part = (typeof PARTS)[number]

/** What a probe saw. `unusable`: the probe itself was late or not scheduled, so it says nothing about the service. */
export const PROBE_OUTCOMES = ['good', 'bad', 'unusable'] as const
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number]

/** One probe: start and end in world time, both read on the prober's one monotonic clock. */
export type Sample = Readonly<{
  probe: string
  vantage: string
  start: WorldInstant
  end: WorldInstant
  outcome: ProbeOutcome
  /**
   * When not good, why: `timeout`, `refused`, `reset`, `nxdomain`, `nodata`, `servfail`, `status 503`, `late`, …
   * When good, who answered: the addresses (or records) the name had, sorted, joined by commas.
   */
  detail?: string
}>

/** One bucket of a metric: its start, length and value. An absent bucket is absent, never zero. */
export type MetricBucket = Readonly<{ start: WorldInstant; periodSeconds: number; value: number }>

/** A state change of an alarm, stamped by CloudWatch (±1 s by assumption). */
export type AlarmTransition = Readonly<{ at: WorldInstant; from: string; to: string }>
