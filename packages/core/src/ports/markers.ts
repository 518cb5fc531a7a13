import type { CompiledEnvironment } from '../environment/environment.ts'
import type { RunId } from '../ids/ids.ts'
import type { MarkerRanges, MarkerReading, MarkerWrite } from '../measurement/data-loss.ts'
import type { MarkerCleanUp } from '../measurement/marker-summary.ts'
import type { CompiledMarker } from '../scenario/marker.ts'

/** How one write ended, before the prober's own condition is considered. Never an exception. */
export type MarkerWriteAnswer =
  | Readonly<{ end: 'acknowledged' }>
  /** Nobody acknowledged it; it may be there all the same. `isProven`: by an answer, which a late prober cannot invent. */
  | Readonly<{ end: 'failed'; detail: string; isProven: boolean }>
  /** Our own equipment (the proxy, a setting) failed, so nothing was learned. */
  | Readonly<{ end: 'unusable'; detail: string }>

/** An answer that is either there or has a reason why not. */
export type MarkerAnswer<T> = Readonly<{ ok: true; value: T } | { ok: false; detail: string }>

/**
 * The application's own write path for one marker of one run, as an adapter opens it. Every call ends when its signal does.
 * A number that is written twice is there once.
 */
export type MarkerPath = Readonly<{
  /** Makes what the writes need, if anything; safe to call again. */
  prepare(signal: AbortSignal): Promise<MarkerAnswer<null>>
  write(seq: number, signal: AbortSignal): Promise<MarkerWriteAnswer>
  /** The numbers at or below `upTo` that are found by whoever answers now. */
  read(upTo: number, signal: AbortSignal): Promise<MarkerAnswer<MarkerRanges>>
  /** Takes every write of the run out, and sees for itself that none is left. Safe to call again. */
  cleanUp(signal: AbortSignal): Promise<MarkerCleanUp>
  close(): Promise<void>
}>

/** Opens write paths. Throws when a marker cannot work in the environment, with what to do about it. */
export type MarkerPaths = Readonly<{
  open(
    runId: RunId,
    marker: CompiledMarker,
    environment: CompiledEnvironment,
    realMs: (worldMs: number) => number,
  ): MarkerPath
}>

/** What is kept of one marker writer. */
export type MarkerRecord = Readonly<{
  marker: string
  writes: readonly MarkerWrite[]
  readings: readonly MarkerReading[]
  /** Absent until the writer is done with the run. */
  cleanUp?: MarkerCleanUp
}>

/**
 * Acknowledgements and read-backs, kept outside the system under drill. Everything may be sent twice.
 */
export type MarkerStore = Readonly<{
  /** Opens a marker of a run before its first write, so that what it wrote is never forgotten. Answers the highest number on record, −1 for none. */
  open(runId: RunId, marker: string): Promise<number>
  append(runId: RunId, marker: string, writes: readonly MarkerWrite[]): Promise<void>
  addReading(runId: RunId, marker: string, reading: MarkerReading): Promise<void>
  /** What became of the writes. `pending` and `failed` may be followed by another answer; the others are final. */
  conclude(runId: RunId, marker: string, cleanUp: MarkerCleanUp): Promise<void>
  /** Everything of a run, by marker name. */
  read(runId: RunId): Promise<readonly MarkerRecord[]>
  /** Markers of runs that need no probes any more, whose writes are not taken out. */
  leftBehind(): Promise<readonly Readonly<{ runId: RunId; teamId: string; marker: string }>[]>
}>
