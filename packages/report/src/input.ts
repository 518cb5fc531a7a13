import type {
  CompiledEnvironment,
  CompiledScenario,
  DefinitionVersion,
  JournalEvent,
  PlatformInstant,
  RunFinding,
  RunRow,
  Sha256,
  Signer,
  SignOff,
  UndoRecord,
} from '@firedrill/core'

/** One piece of kept evidence, by its content's hash. */
export type EvidenceEntry = Readonly<{ hash: string; kind: string; size: number; at: PlatformInstant }>

/** A definition as the run pinned it. `version` is absent when it was never stored, as in a dry run. */
export type PinnedDefinition<T> = Readonly<{ hash: string; version?: number; compiled: T }>

/** Everything a report is made from; nothing else is looked at, so that the same input gives the same bytes. */
export type ReportInput = Readonly<{
  run: Pick<RunRow, 'id' | 'number' | 'drillId' | 'state' | 'clock' | 'createdAt'>
  /** The whole journal, from its first event. */
  events: readonly JournalEvent[]
  scenario: PinnedDefinition<CompiledScenario>
  environment: PinnedDefinition<CompiledEnvironment>
  /** Undo plans with what was captured before the act. */
  undo: readonly Pick<UndoRecord, 'step' | 'hash' | 'plan' | 'status' | 'acknowledgedBy'>[]
  evidence: readonly EvidenceEntry[]
  /** What the run showed to be missing, as it stands. */
  findings: readonly RunFinding[]
  /** Who signed it off, in order; not part of what is signed. */
  signOffs: readonly SignOff[]
  /** Name and version of the program that writes the report, such as `firedrill 0.1.0`. */
  generator: string
  /** Handed in because this package does no I/O; checks the journal's chain. */
  sha256: Sha256
  /** Signs the page in the name of the installation. */
  signer: Signer
}>

/** A stored definition as a report takes it. */
export function pinned<K extends 'scenario' | 'environment'>(
  version: DefinitionVersion<K>,
): PinnedDefinition<DefinitionVersion<K>['compiled']> {
  return { hash: version.hash, version: version.version, compiled: version.compiled }
}
