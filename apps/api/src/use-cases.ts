import type {
  Actor,
  CompiledEnvironment,
  CompiledScenario,
  DefinitionKind,
  Definitions,
  DefinitionVersion,
  DrillId,
  Expiry,
  Failure,
  Fencing,
  FrozenTarget,
  GuardrailAnswer,
  Origin,
  Restoration,
  RunId,
  RunRow,
  RunState,
} from '@firedrill/core'

/** Who asks, and for which team. Every use-case gets one; there is no anonymous change. */
export type Asker = Readonly<{ teamId: string; actor: Actor }>

/** What a saved plan was made from. A start that carries one is refused when any of it has changed. */
export type PlanReference = Readonly<{
  scenarioHash: string
  environmentHash: string
  planHash: string
  seed: number
}>

/** One inject step of a dry run. `failure` is set when the cloud could not be asked; then nothing else is known. */
export type DryStep = Readonly<{
  step: string
  fault: string
  faultVersion: number
  title: string
  restoration: Restoration
  fencing: Fencing
  expiry: Expiry
  targets: readonly FrozenTarget[]
  population: number
  unfit: readonly Readonly<{ target: string; guardrail: 'tags' | 'protected-records'; reason: string }>[]
  calls: readonly string[]
  permissions: readonly string[]
  /** Commands that undo this step by hand. */
  undoCommands: readonly string[]
  failure?: Failure
}>

/** A dry run: everything a start would resolve and ask, with nothing written and nothing touched. */
export type DryRun = Readonly<{
  scenario: Readonly<{ name: string; hash: string }>
  environment: Readonly<{ name: string; hash: string }>
  seed: number
  /** The hash that the journal's `planned` event would carry; absent when a step could not be resolved. */
  planHash?: string
  steps: readonly DryStep[]
  guardrails: readonly GuardrailAnswer[]
  allowed: boolean
  permissions: readonly string[]
}>

/**
 * Everything the routes ask of the engine. Each function throws an `AppError` of the error table when the answer is no,
 * and has then changed nothing.
 */
export type RunUseCases = Readonly<{
  /** Describes only. Never throws for a refusal of a guardrail: that is an answer. */
  planRun(
    input: Readonly<{
      teamId: string
      scenario: CompiledScenario
      environment: CompiledEnvironment
      seed: number
      signal: AbortSignal
    }>,
  ): Promise<DryRun>
  /**
   * Creates the run (pinning the newest versions of the drill's scenario and environment) and sends the first hint; a hint
   * that cannot be sent is left to the reconciler. The same `idempotencyKey` answers the same run.
   * @throws AppError `not-found` (no such drill or definition), `halted`, `plan-drifted`.
   */
  startRun(
    input: Asker &
      Readonly<{ drillId: DrillId; seed?: number; plan?: PlanReference; idempotencyKey: string }>,
  ): Promise<RunRow>
  /** Records the wish to abort and wakes the run. Asking twice changes nothing. @throws AppError `not-found`, `state-conflict`. */
  requestAbort(input: Asker & Readonly<{ runId: RunId; reason: string }>): Promise<RunState>
  /** Appends a scribe's note; answers its sequence. @throws AppError `not-found`, `state-conflict`. */
  addNote(input: Asker & Readonly<{ runId: RunId; text: string }>): Promise<number>
  /** Sets the global halt and wakes every run that is not over. */
  setHalt(input: Asker & Readonly<{ reason: string }>): Promise<void>
  /** Lifts the global halt. */
  liftHalt(input: Asker & Readonly<{ reason: string }>): Promise<void>
  /** Stores a compiled definition as a version unless the newest of that name is the same. */
  applyDefinition<K extends DefinitionKind>(
    input: Asker & Readonly<{ kind: K; source: string; compiled: Definitions[K]; origin: Origin }>,
  ): Promise<DefinitionVersion<K>>
}>
