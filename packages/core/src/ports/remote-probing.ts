import type { RunId } from '../ids/ids.ts'
import type { Sample } from '../measurement/interval.ts'
import type { CompiledProbe } from '../scenario/scenario.ts'
import type { EnvironmentClock } from '../time/environment-clock.ts'
import type { PlatformInstant } from '../time/instant.ts'

/** One run that a remote prober has to watch. */
export type RemoteRun = Readonly<{
  id: RunId
  /** `host:port`; absent: the prober's own. */
  resolver?: string | undefined
  proxy?: string | undefined
  /** Certificate authorities to trust besides the well-known ones, PEM. */
  ca?: string | undefined
  probes: readonly CompiledProbe[]
  clock: EnvironmentClock
}>

/** What there is to do, and what time it was on the platform when that was answered. */
export type RemoteWork = Readonly<{ platformAt: PlatformInstant; runs: readonly RemoteRun[] }>

/** A sample whose start and end may both be off by so much world time, to either side. */
export type BoundedSample = Sample & Readonly<{ clockErrorMicros: number }>

/** The platform, as a prober elsewhere sees it. Every method rejects when it cannot be reached. */
export type RemoteProbing = Readonly<{
  work(vantage: string): Promise<RemoteWork>
  /** `refused`: these will never be taken, because the run is over or does not know this vantage. */
  report(runId: RunId, vantage: string, samples: readonly BoundedSample[]): Promise<'taken' | 'refused'>
}>
