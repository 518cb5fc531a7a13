import type {
  CompiledEnvironment,
  EnvironmentClock,
  Actor,
  CalendarStore,
  CallClock,
  Clock,
  CrashPoint,
  DefinitionStore,
  EvidenceStore,
  FaultCatalogue,
  HaltStore,
  Hints,
  Identity,
  Installation,
  KitStore,
  MarkerStore,
  Metrics,
  Pager,
  Random,
  Readiness,
  RunStore,
  Samples,
  Sha256,
  UndoStore,
} from '@firedrill/core'

/** Everything an installation plugs into the engine. A use-case takes the part it needs. */
export type EnginePorts = Readonly<{
  actor: Actor
  calendars: CalendarStore
  /** Platform time: leases, and everything that has to do with this process alone. */
  clock: Clock
  /** Bounds every call to the outside, and the pauses between them. */
  calls: CallClock
  /**
   * The clock of an environment as it holds now. Asked before anything is stamped or judged by world time: after a
   * crash the stored clock has run on while a simulated world stood still.
   */
  clockOf: (teamId: string, environment: CompiledEnvironment) => Promise<EnvironmentClock>
  crash: CrashPoint
  definitions: DefinitionStore
  evidence: EvidenceStore
  faults: FaultCatalogue
  halt: HaltStore
  hints: Hints
  identity: Identity
  /** What the operator says of this installation: its ceilings, and the hosts it lives by. */
  installation: Installation
  kits: KitStore
  markers: Pick<MarkerStore, 'read'>
  metrics: Metrics
  pager: Pager
  random: Random
  readiness: Readiness
  runs: RunStore
  samples: Samples
  sha256: Sha256
  undo: UndoStore
}>
