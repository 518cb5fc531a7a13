import type {
  Actor,
  ClockReading,
  DefinitionVersion,
  Drill,
  DrillId,
  EnvironmentClock,
  FreezeCalendar,
  GameDay,
  JournalEvent,
  KnownSession,
  Occurrence,
  MarkerCleanUp,
  MarkerReading,
  MarkerWrite,
  PlatformInstant,
  TokenRow,
  RunFinding,
  RunId,
  RunRow,
  RunState,
  Sample,
  Schedule,
  ScribeLine,
  SignOff,
  UndoRecord,
  WorldInstant,
} from '@firedrill/core'
import { frozen } from './frozen.ts'

/** A run as the in-memory database keeps it. */
export type MemoryRun = {
  readonly id: RunId
  readonly teamId: string
  readonly drillId: DrillId
  readonly number: number
  readonly idempotencyKey: string | undefined
  readonly createdAt: PlatformInstant
  state: RunState
  /** The highest format that has written to it. */
  format: number
  epoch: number
  leaseUntil: number
  /** Who holds it, or let the hold run out. Absent: it was given back. */
  owner?: string | undefined
  wakeAt: number
  wakeWorldAt: WorldInstant | undefined
  /** Somebody asked for another look since the last claim; a yield must not sleep over it. */
  isWoken: boolean
  readonly events: JournalEvent[]
}

export type MemoryEvidence = Readonly<{
  runId: RunId
  hash: string
  kind: string
  size: number
  at: PlatformInstant
}>

/** A marker writer of a run as the in-memory database keeps it. */
export type MemoryMarker = {
  readonly runId: RunId
  readonly marker: string
  readonly writes: Map<number, MarkerWrite>
  readonly readings: Map<number, MarkerReading>
  cleanUp?: MarkerCleanUp
}

export type MemoryReservation = {
  readonly requestHash: string
  readonly begunAt: number
  answer?: Readonly<{ status: number; body: string }>
}

/** Everything the in-memory stores share, as one database would. */
export type MemoryData = {
  readonly now: () => PlatformInstant
  readonly runs: Map<RunId, MemoryRun>
  readonly undo: Map<string, UndoRecord & { acknowledgedBy?: string }>
  /** `team/environment/target` → the run that holds it. */
  readonly locks: Map<string, RunId>
  readonly clocks: Map<string, EnvironmentClock>
  readonly definitions: DefinitionVersion[]
  readonly drills: Map<DrillId, Drill>
  readonly schedules: Map<string, Schedule>
  /** `schedule/at` → what became of it. */
  readonly occurrences: Map<string, Occurrence>
  /** `team/name` → calendar. */
  readonly calendars: Map<string, FreezeCalendar>
  readonly bytes: Map<string, Uint8Array>
  readonly evidence: MemoryEvidence[]
  readonly samples: Map<RunId, Map<string, Sample>>
  readonly clockReadings: Map<RunId, Map<string, ClockReading>>
  /** By run and marker name. */
  readonly markers: Map<string, MemoryMarker>
  readonly signOffs: SignOff[]
  readonly findings: RunFinding[]
  readonly gameDays: GameDay[]
  readonly scribeLines: (ScribeLine & Readonly<{ day: string }>)[]
  /** By hash. */
  readonly tokens: Map<string, TokenRow>
  /** By hash. */
  readonly sessions: Map<
    string,
    KnownSession & Readonly<{ seenAt: PlatformInstant; expiresAt: PlatformInstant }>
  >
  readonly reservations: Map<string, MemoryReservation>
  halt: Readonly<{ set: boolean; reason: string; by?: Actor; at?: PlatformInstant }>
  readonly listeners: Set<(id: RunId) => void>
}

/** An empty database that reads the time from `now`. */
export function memoryData(now: () => PlatformInstant): MemoryData {
  return {
    now,
    runs: new Map(),
    undo: new Map(),
    locks: new Map(),
    clocks: new Map(),
    definitions: [],
    drills: new Map(),
    schedules: new Map(),
    occurrences: new Map(),
    calendars: new Map(),
    bytes: new Map(),
    evidence: [],
    samples: new Map(),
    clockReadings: new Map(),
    markers: new Map(),
    signOffs: [],
    findings: [],
    gameDays: [],
    scribeLines: [],
    tokens: new Map(),
    sessions: new Map(),
    reservations: new Map(),
    halt: { set: false, reason: '' },
    listeners: new Set(),
  }
}

/** The clock of a run's environment. @throws Error when the environment has none, which `create` makes impossible. */
export function clockOf(data: MemoryData, run: MemoryRun): EnvironmentClock {
  const clock = data.clocks.get(`${run.teamId}/${run.state.environment.name}`)
  if (clock === undefined) throw new Error(`environment ${run.state.environment.name} has no clock`)
  return clock
}

/** A run as the port shows it: frozen, so that no caller can change the database by accident. */
export function rowOf(data: MemoryData, run: MemoryRun): RunRow {
  return frozen({
    id: run.id,
    teamId: run.teamId,
    drillId: run.drillId,
    number: run.number,
    state: run.state,
    foldedSeq: run.events.length,
    epoch: run.epoch,
    clock: clockOf(data, run),
    createdAt: run.createdAt,
    wakeAt: run.wakeAt as PlatformInstant,
  })
}

/** A copy of everything; what it answers puts the copy back in place of what came since. */
export function backUp(data: MemoryData): () => void {
  const kept = Object.fromEntries(
    Object.entries(data).filter(([name]) => name !== 'now' && name !== 'listeners'),
  ) as Omit<MemoryData, 'now' | 'listeners'>
  const copy = structuredClone(kept)
  return () => {
    const back = structuredClone(copy)
    for (const name of Object.keys(kept) as (keyof typeof kept)[]) refill(data[name], back[name])
    data.halt = back.halt
  }
}

function refill(into: unknown, from: unknown): void {
  if (into instanceof Map && from instanceof Map) {
    into.clear()
    for (const [key, value] of from) into.set(key, value)
  } else if (Array.isArray(into) && Array.isArray(from)) into.splice(0, into.length, ...from)
}
