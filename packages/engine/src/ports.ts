import type {
  Actor,
  Clock,
  ClockStore,
  CrashPoint,
  DefinitionStore,
  EvidenceStore,
  FaultCatalogue,
  HaltStore,
  Hints,
  Identity,
  KitStore,
  Metrics,
  Random,
  RunStore,
  Samples,
  Sha256,
  UndoStore,
} from '@firedrill/core'

/** Everything an installation plugs into the engine. A use-case takes the part it needs. */
export type EnginePorts = Readonly<{
  actor: Actor
  clock: Clock
  clocks: ClockStore
  crash: CrashPoint
  definitions: DefinitionStore
  evidence: EvidenceStore
  faults: FaultCatalogue
  halt: HaltStore
  hints: Hints
  identity: Identity
  kits: KitStore
  metrics: Metrics
  random: Random
  runs: RunStore
  samples: Samples
  sha256: Sha256
  undo: UndoStore
}>
