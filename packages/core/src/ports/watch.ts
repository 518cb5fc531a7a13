import type { CompiledEnvironment } from '../environment/environment.ts'
import type { ClockReading } from '../measurement/clock-reading.ts'
import type { SampleLane } from '../evidence/outline.ts'
import type { AlarmTransition, MetricBucket, Sample } from '../measurement/interval.ts'
import type { CompiledObjective } from '../scenario/scenario.ts'
import type { PlatformInstant, WorldInstant } from '../time/instant.ts'
import type { Outcome } from './fault-driver.ts'
import type { RunId } from '../ids/ids.ts'

/** Who the cloud says we are: asked with the very clients that will act. */
export type CallerIdentity = Readonly<{ account: string; arn: string }>
export type Identity = Readonly<{
  /** `regions`: names of the Regions whose clients will act, besides the home Region. All have to give the same answer. */
  whoAmI(
    environment: CompiledEnvironment,
    signal: AbortSignal,
    regions?: readonly string[],
  ): Promise<Outcome<CallerIdentity>>
}>

export type MetricSource = Extract<
  Extract<CompiledObjective, { kind: 'recovery-time' }>['source'],
  { from: 'metric' }
>

/** Where and how probe results are published, so that the figures can be recomputed from CloudWatch alone. */
export const PROBE_METRICS = {
  namespace: 'Firedrill/Probes',
  /** Percent: 100 for a good probe, 0 for a bad one, in the second in which the probe started. */
  availability: 'Availability',
  /** Milliseconds a probe took, good or bad. */
  duration: 'Duration',
  /** How many probes of a second say nothing about the service. */
  unusable: 'Unusable',
} as const

/** Reads metrics and alarms. Region arguments are names of the environment. */
export type Metrics = Readonly<{
  /** Closed buckets with start in [from, to), ascending; absent buckets are absent. */
  buckets(
    environment: CompiledEnvironment,
    metric: Omit<MetricSource, 'from' | 'goodAtLeast'>,
    from: WorldInstant,
    to: WorldInstant,
    signal: AbortSignal,
  ): Promise<Outcome<readonly MetricBucket[]>>
  /** State changes of an alarm in [from, to), ascending. */
  alarmHistory(
    environment: CompiledEnvironment,
    alarm: Readonly<{ region: string; name: string }>,
    from: WorldInstant,
    to: WorldInstant,
    signal: AbortSignal,
  ): Promise<Outcome<readonly AlarmTransition[]>>
  /** OK, ALARM or INSUFFICIENT_DATA now; a missing alarm is a `not-found` failure. */
  alarmState(
    environment: CompiledEnvironment,
    alarm: Readonly<{ region: string; name: string }>,
    signal: AbortSignal,
  ): Promise<Outcome<string>>
  /**
   * Publishes probe results as 1-second metrics (namespace Firedrill/Probes, dimensions Run, Probe, Vantage). Answers what
   * second it was by the service's clock, where it said so.
   */
  publish(
    environment: CompiledEnvironment,
    runId: RunId,
    samples: readonly Sample[],
    signal: AbortSignal,
  ): Promise<Outcome<PlatformInstant | null>>
}>

/** Part of the samples of a run: those that started in [from, to), of one probe, from one vantage. */
export type SampleRange = Readonly<{
  from?: WorldInstant
  to?: WorldInstant
  probe?: string
  vantage?: string
}>

/** Where probe samples are kept. Whether they lie in rows or in packed chunks, readers see one series. */
export type Samples = Readonly<{
  append(runId: RunId, samples: readonly Sample[]): Promise<void>
  /** Samples in a range, ascending by start. */
  read(runId: RunId, range?: SampleRange): Promise<readonly Sample[]>
  /**
   * The same as few strokes: about `strokesMax` a lane at most, and no sample left out of their counts. A long range is answered
   * without unpacking what was packed. Lanes by probe and vantage.
   */
  draw(
    runId: RunId,
    range: Pick<SampleRange, 'from' | 'to'>,
    strokesMax: number,
  ): Promise<readonly SampleLane[]>
  /**
   * Packs what has been recorded into chunks that are written once: `full` only where a chunk gets full, `all` what is left
   * too. Samples may come in later still. Takes some milliseconds of computing a chunk, so no prober calls it.
   */
  seal(runId: RunId, what: 'full' | 'all'): Promise<void>
  /** Keeps how the clocks behind the samples compared with the platform's; a reading that is known stays as it is. */
  noteClocks(runId: RunId, readings: readonly ClockReading[]): Promise<void>
  /** All readings of a run, by clock and then by instant. */
  clocks(runId: RunId): Promise<readonly ClockReading[]>
}>
