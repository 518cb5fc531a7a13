import type { CompiledObjective, CompiledScenario } from '../scenario/scenario.ts'
import type { WorldInstant } from '../time/instant.ts'
import type { ClockReading } from './clock-reading.ts'
import type { SeriesPoint } from './imported-series.ts'
import type { AlarmTransition, MetricBucket, Sample } from './interval.ts'
import type { MarkerCleanUp } from './marker-summary.ts'
import type { MarkerObservations } from './data-loss.ts'
import type { InstantBounds } from './recovery-time.ts'

export type RecoveryObjective = Extract<CompiledObjective, { kind: 'recovery-time' }>
export type DetectionObjective = Extract<CompiledObjective, { kind: 'detection-time' }>
export type DataLossObjective = Extract<CompiledObjective, { kind: 'data-loss' }>

/** Everything a measurement is computed from: plain data, so that it can be computed again later. Instants are world time. */
export type MeasureInput = Readonly<{
  scenario: CompiledScenario
  /** Names of the environment's vantages: one without samples counts as not knowing, not as fine. */
  vantages: readonly string[]
  /** From the baseline on; those before the injection give the last good look before an outage. */
  samples: readonly Sample[]
  /** Closed buckets of each recovery-time objective with a metric source, by objective name. */
  metrics?: Readonly<Record<string, readonly MetricBucket[]>> | undefined
  /** Imported time series by name. */
  series?: Readonly<Record<string, readonly SeriesPoint[]>> | undefined
  /** History of each detection-time objective's alarm, by objective name, and up to when it was read. */
  alarms?:
    | Readonly<Record<string, Readonly<{ transitions: readonly AlarmTransition[]; readTo: WorldInstant }>>>
    | undefined
  /** What the prober published, read back from CloudWatch: 1-second buckets (minimum) a probe and vantage. */
  probeMetrics?:
    | readonly Readonly<{ probe: string; vantage: string; buckets: readonly MetricBucket[] }>[]
    | undefined
  /** What a marker writer left, by the marker's name. */
  markers?:
    | Readonly<Record<string, MarkerObservations & Readonly<{ cleanUp?: MarkerCleanUp | undefined }>>>
    | undefined
  /** When the first fault took effect: between the last look without it and the first look with it. Absent: never seen. */
  injected?: InstantBounds | undefined
  /** From here on the first call of a fault may have gone out: nothing before it is the fault's doing. Absent: `injected.lo`. */
  injectionIssuedAt?: WorldInstant | undefined
  /** Every fault was confirmed on all its targets by describing them. */
  faultsConfirmed: boolean
  /** Targets on which the fault was gone before the platform took it out. */
  faultsGone?: readonly string[] | undefined
  /** Inject steps that a person left out. */
  skipped?: readonly string[] | undefined
  /** Targets that a person left as they are instead of having them put back, each with who and why. */
  left?: readonly string[] | undefined
  /** The first `recovery-requested` of any step. */
  undoIssuedAt?: WorldInstant | undefined
  /** The earliest instant at which a fault ends by itself. */
  nativeExpiryAt?: WorldInstant | undefined
  /** When every target was seen to be as before: between the last look without and the first look with it. */
  restored?: InstantBounds | undefined
  /** When a person or a rule said go, and the first step of the response; only when somebody recorded it. */
  decided?: InstantBounds | undefined
  acted?: InstantBounds | undefined
  /** When the failback began, and when the last step of the response was seen to be undone. Absent: there was none, or not yet. */
  failback?: Readonly<{ began: InstantBounds; done?: InstantBounds | undefined }> | undefined
  /** Why the run was aborted or halted. */
  aborted?: string | undefined
  /** Why the run was refused; nothing was injected. */
  refused?: string | undefined
  /** True while evidence is still coming in: a recovery then needs its whole hold to be seen. */
  provisional: boolean
  /** Evidence was read up to here. */
  observedTo: WorldInstant
  /** How clocks compared with the platform's, before, during and after. Absent: one clock stamped everything. */
  clocks?: readonly ClockReading[] | undefined
  /** Bound of the offset between the probers and the platform, besides what `clocks` says. Default 0. */
  clockErrorMicros?: number | undefined
  /** What a length that was read on the prober's clock may be off, besides what `clocks` says. Default 0. */
  lengthErrorMicros?: number | undefined
  /** Bound of the offset between CloudWatch's stamps and the platform. Default `clockErrorMicros`. */
  cloudErrorMicros?: number | undefined
  /** SHA-256 of the evidence that this input was made from. */
  evidence: readonly string[]
}>

/** The earliest instant at which a fault can have done anything. Undefined without an injection. */
export function faultFrom({ injected, injectionIssuedAt }: MeasureInput): WorldInstant | undefined {
  if (injected === undefined || injectionIssuedAt === undefined) return injected?.lo
  return injectionIssuedAt < injected.lo ? injectionIssuedAt : injected.lo
}

/**
 * From when on a recovery no longer counts, with the reason: our own undo, or the fault's end, is not a recovery of the
 * system. Undefined when putting it back is the response, or when neither has happened.
 */
export function censorOf(
  input: MeasureInput,
): Readonly<{ at: WorldInstant; why: 'undo' | 'expiry' }> | undefined {
  if (input.scenario.response === 'restore') return undefined
  const { undoIssuedAt: undo, nativeExpiryAt: expiry } = input
  if (expiry !== undefined && expiry <= input.observedTo && (undo === undefined || expiry < undo)) {
    return { at: expiry, why: 'expiry' }
  }
  return undo === undefined ? undefined : { at: undo, why: 'undo' }
}
