import type { CompiledEnvironment } from '../environment/environment.ts'
import type { DrillId, RunId } from '../ids/ids.ts'
import type { FindingTerms, RunFinding } from '../finding/run-finding.ts'
import type { Actor, JournalEvent } from '../journal/envelope.ts'
import type { RunEventBody } from '../run/events.ts'
import type { RunState } from '../run/state.ts'
import type { Status } from '../run/status.ts'
import type { CompiledRunbook } from '../runbook/runbook.ts'
import type { CompiledScenario } from '../scenario/scenario.ts'
import type { PortfolioQuery, RunOutcome, ServiceStanding, TrendQuery } from '../portfolio/outcome.ts'
import type { SignOff } from '../sign-off/sign-off.ts'
import type { EnvironmentClock } from '../time/environment-clock.ts'
import type { PlatformInstant, WorldInstant } from '../time/instant.ts'
import type { UndoPlan } from './fault-driver.ts'

/** Kinds of versioned definitions, with their compiled form. */
export type Definitions = {
  scenario: CompiledScenario
  environment: CompiledEnvironment
  runbook: CompiledRunbook
}
export type DefinitionKind = keyof Definitions

/** Where a definition version came from. */
export const ORIGINS = ['file', 'editor', 'ci'] as const
export type Origin = (typeof ORIGINS)[number]

/** One immutable version. `hash` is SHA-256 over the canonical JSON of `compiled`. */
export type DefinitionVersion<K extends DefinitionKind = DefinitionKind> = Readonly<{
  kind: K
  teamId: string
  name: string
  hash: string
  version: number
  source: string
  compiled: Definitions[K]
  origin: Origin
  actor: Actor
  at: PlatformInstant
}>

/** Keeps versions of scenarios, environments and runbooks. */
export type DefinitionStore = Readonly<{
  /** Adds a version unless the newest of that name has the same hash; answers the version that now holds. */
  put<K extends DefinitionKind>(
    version: Omit<DefinitionVersion<K>, 'version' | 'at'>,
  ): Promise<DefinitionVersion<K>>
  latest<K extends DefinitionKind>(
    teamId: string,
    kind: K,
    name: string,
  ): Promise<DefinitionVersion<K> | undefined>
  byHash<K extends DefinitionKind>(
    teamId: string,
    kind: K,
    hash: string,
  ): Promise<DefinitionVersion<K> | undefined>
  /** Newest version of every name, by name. */
  list<K extends DefinitionKind>(teamId: string, kind: K): Promise<readonly DefinitionVersion<K>[]>
}>

/** A scenario booked against an environment. */
export type Drill = Readonly<{
  id: DrillId
  teamId: string
  title: string
  scenario: string
  environment: string
  createdAt: PlatformInstant
  createdBy: Actor
}>
export type DrillStore = Readonly<{
  /**
   * Books the drill, or answers the one that stands for the same scenario and environment: overlap is refused by drill, so there
   * is one of each, however many ask at once. `id` and `title` are then those of the earlier one.
   */
  book(drill: Omit<Drill, 'createdAt'>): Promise<Drill>
  get(teamId: string, id: DrillId): Promise<Drill | undefined>
  list(teamId: string): Promise<readonly Drill[]>
}>

/** A run as lists show it. */
export type RunRow = Readonly<{
  id: RunId
  teamId: string
  drillId: DrillId
  number: number
  state: RunState
  foldedSeq: number
  epoch: number
  clock: EnvironmentClock
  createdAt: PlatformInstant
  wakeAt: PlatformInstant
}>

/** What a worker gets when it claims a run. `now` and `worldNow` are the same moment on both clocks. */
export type Claim = Readonly<{
  run: RunRow
  /** Who held it before and let the hold run out without a word: killed, paused or cut off. Absent: it was given back. */
  lost?: string
  epoch: number
  now: PlatformInstant
  worldNow: WorldInstant
  clock: EnvironmentClock
}>

/** Who appends: a worker that holds an epoch, or a person or the reaper (checked by `allow` against the locked state). */
export type Fence = Readonly<{ kind: 'epoch'; epoch: number } | { kind: 'open' }>

/** Undo plans are written in the same transaction as the events they belong to. */
export type UndoRecord = Readonly<{
  teamId: string
  runId: RunId
  step: string
  /** SHA-256 over the canonical JSON of `plan` without `handle`. */
  hash: string
  plan: UndoPlan
  expiresAt: WorldInstant
  environmentHash: string
  status: 'prepared' | 'live' | 'undone'
  acknowledgedBy?: string
}>

export type AppendResult =
  | Readonly<{
      ok: true
      state: RunState
      foldedSeq: number
      events: readonly JournalEvent[]
      now: PlatformInstant
      worldNow: WorldInstant
    }>
  /** The epoch is no longer ours: stop at once. */
  | Readonly<{ ok: false; why: 'fenced' }>
  | Readonly<{ ok: false; why: 'no-such-run' }>
  /** A newer version has written to the run, and this one cannot fold what it wrote: see `RUN_FORMAT`. */
  | Readonly<{ ok: false; why: 'newer' }>
  /** Another run holds one of the targets. */
  | Readonly<{ ok: false; why: 'locked'; target: string; by: RunId }>

/** What the guard query sees, in one round trip, right before an act. */
export type GuardView = Readonly<{
  epochHolds: boolean
  leaseLeftMs: number
  halted: boolean
  abortRequested: boolean
  now: PlatformInstant
  worldNow: WorldInstant
}>

/** Computes the events to append from the state as it stands under the row lock. Pure; may be called again. */
export type DecideUnderLock = (
  state: RunState,
  at: Readonly<{ now: PlatformInstant; worldNow: WorldInstant }>,
) => readonly RunEventBody[]

export type AppendOptions = Readonly<{
  undo?: readonly UndoRecord[]
  wakeAt?: PlatformInstant
  locks?: readonly string[]
}>

/** When a run wants to be looked at again: at a platform instant, or once its world has reached an instant, whichever is first. */
export type Wake = Readonly<{ at: PlatformInstant; worldAt?: WorldInstant }>

/**
 * The journal and the run rows. Appending locks the run row, checks the fence, folds, hashes and projects in one transaction.
 * Runs to which a newer version has written are neither due here nor claimed nor appended to.
 */
export type RunStore = Readonly<{
  /** Creates run and journal with `run-created`, due at once. */
  create(
    run: Readonly<{
      id: RunId
      teamId: string
      drillId: DrillId
      clock: EnvironmentClock
      created: Extract<RunEventBody, { type: 'run-created' }>
      actor: Actor
      idempotencyKey?: string
      /** Events that follow `run-created` in the same transaction, such as the end of a run that was missed. */
      followedBy?: readonly RunEventBody[]
      /** Asked under the lock that all starts of a team take, when another run of the drill is not over: events to add. */
      whileOpen?: (open: RunId) => readonly RunEventBody[]
      /**
       * Asked under the lock that setting the halt takes, when it is set: events to add. A run that is created without them is one
       * that whoever set the halt afterwards finds.
       */
      whileHalted?: (reason: string) => readonly RunEventBody[]
    }>,
  ): Promise<RunRow>
  get(teamId: string, id: RunId): Promise<RunRow | undefined>
  list(teamId: string, options?: Readonly<{ limit?: number; before?: RunId }>): Promise<readonly RunRow[]>
  events(id: RunId, afterSeq: number, limit: number): Promise<readonly JournalEvent[]>
  claim(id: RunId, owner: string, leaseMs: number): Promise<Claim | undefined>
  renew(id: RunId, epoch: number, leaseMs: number): Promise<boolean>
  guard(id: RunId, epoch: number): Promise<GuardView>
  append(
    id: RunId,
    fence: Fence,
    actor: Actor,
    decide: DecideUnderLock,
    options?: AppendOptions,
  ): Promise<AppendResult>
  /** Gives the lease back and says when the run wants to be looked at again. */
  yield(id: RunId, epoch: number, wake: Wake): Promise<void>
  /** Makes a run due now (after an abort, a note, an acknowledgement). */
  wake(id: RunId): Promise<void>
  /** Runs that are due and have no live lease, those that take faults out before all others. */
  due(limit: number): Promise<readonly Readonly<{ id: RunId; status: Status }>[]>
  /** The next instants, of either clock, at which runs that nobody holds want to be looked at; of those that are not over. */
  nextWakes(): Promise<Readonly<{ now: PlatformInstant; at?: PlatformInstant; worldAt?: WorldInstant }>>
  /** When the newest event of any run was written, by the database's clock; undefined in one without runs. */
  newestAt(): Promise<PlatformInstant | undefined>
  /** Runs whose probes must be running. */
  probed(): Promise<readonly RunRow[]>
  /** Platform time and, per clock, world time. */
  now(): Promise<PlatformInstant>
}>

/** Undo plans of all runs, for the reaper and for recovery. */
export type UndoStore = Readonly<{
  /** Plans without acknowledgement by a reaper. */
  unacknowledged(): Promise<readonly UndoRecord[]>
  acknowledge(runId: RunId, step: string, hash: string, reaper: string): Promise<void>
  get(runId: RunId, step: string): Promise<UndoRecord | undefined>
  ofRun(runId: RunId): Promise<readonly UndoRecord[]>
  /** Live plans of runs that are past expiry, past their deadline, or halted. */
  overdue(): Promise<readonly UndoRecord[]>
}>

/** What runs came to. The store writes it itself, in the transaction that ends a run. */
export type OutcomeStore = Readonly<{
  trend(teamId: string, query: TrendQuery): Promise<readonly RunOutcome[]>
  portfolio(teamId: string, query: PortfolioQuery): Promise<readonly ServiceStanding[]>
}>

/** Findings of runs. Every version that ever stood is kept. */
export type RunFindingStore = Readonly<{
  /** As they stand, by number. */
  ofRun(runId: RunId): Promise<readonly RunFinding[]>
  /** Writes one version of one finding; false when that version is there already: read again. */
  write(
    teamId: string,
    finding: Readonly<{ runId: RunId; number: number; version: number }>,
    terms: FindingTerms,
    by: Actor,
  ): Promise<boolean>
}>

/** Who signed off which report. Acts are only ever added. */
export type SignOffStore = Readonly<{
  /** In order. */
  ofRun(runId: RunId): Promise<readonly SignOff[]>
  /** Adds the next act. False when another one has its place: read again, and decide again. */
  append(teamId: string, act: SignOff): Promise<boolean>
}>

/** The global halt: one row. Not set means drills may start. */
export type HaltStore = Readonly<{
  get(): Promise<Readonly<{ set: boolean; reason: string; by?: Actor; at?: PlatformInstant }>>
  set(by: Actor, reason: string): Promise<void>
  lift(by: Actor, reason: string): Promise<void>
}>

/** Write-once, content-addressed bytes. */
export type EvidenceStore = Readonly<{
  /** Answers the SHA-256 of the bytes. */
  put(runId: RunId, kind: string, bytes: Uint8Array): Promise<string>
  get(hash: string): Promise<Uint8Array | undefined>
  ofRun(
    runId: RunId,
  ): Promise<readonly Readonly<{ hash: string; kind: string; size: number; at: PlatformInstant }>[]>
}>

/** Clocks of environments, kept so that world time never runs backwards. */
export type ClockStore = Readonly<{
  /**
   * Stores a reading unless it lies behind world time that was already written down (the newest event of a run in the
   * environment); answers the clock that holds.
   */
  put(teamId: string, environment: string, clock: EnvironmentClock): Promise<EnvironmentClock>
  get(teamId: string, environment: string): Promise<EnvironmentClock | undefined>
}>

/** Live events: yields each event of a run once, in order, from `afterSeq` on, until the signal ends it. */
export type EventFeed = Readonly<{
  follow(id: RunId, afterSeq: number, signal: AbortSignal): AsyncIterable<JournalEvent>
}>

/** A token as whoever sends it is known: in whose name it acts, and what it may do. */
export type KnownToken = Readonly<{
  id: string
  teamId: string
  name: string
  /** Grants as they are written; see `parseGrant`. */
  permissions: readonly string[]
  actor: Actor
}>

/** A token as it is listed. Instants are platform time. */
export type TokenRow = KnownToken &
  Readonly<{
    createdAt: PlatformInstant
    createdBy?: Actor
    expiresAt?: PlatformInstant
    /** Right to the minute. */
    lastUsedAt?: PlatformInstant
    revokedAt?: PlatformInstant
  }>

/** A token as it is added. Without an actor it stands for a person of its own. */
export type NewToken = Omit<KnownToken, 'actor'> &
  Readonly<{ hash: string; actor?: Actor; createdBy?: Actor; expiresAt?: PlatformInstant }>

/** Bearer tokens: only their SHA-256 is kept. */
export type TokenStore = Readonly<{
  /** A token whose hash is there already stays as it is. */
  add(token: NewToken): Promise<void>
  /** The token with this hash, unless it was revoked or has expired; that it was used is noted. */
  byHash(hash: string): Promise<KnownToken | undefined>
  /** Every token of a team, the newest first. */
  list(teamId: string): Promise<readonly TokenRow[]>
  /** Ends a token for good. False when the team has none of that id; one that is revoked stays as it was. */
  revoke(teamId: string, id: string): Promise<boolean>
}>

/** A person who signed in, as their session knows them. */
export type KnownSession = Readonly<{ teamId: string; actor: Actor; permissions: readonly string[] }>

/** Sessions of people who signed in: only the SHA-256 of what the browser holds is kept. */
export type SessionStore = Readonly<{
  /** `lifeMs`: until it ends whatever is done with it. Platform time. */
  open(session: KnownSession & Readonly<{ hash: string; lifeMs: number }>): Promise<void>
  /** The session with this hash, unless it was revoked, is too old, or was not seen for `idleMs`; that it was seen is noted. */
  byHash(hash: string, idleMs: number): Promise<KnownSession | undefined>
  /** Ends every session of a person, and answers how many there were. */
  revokeOf(teamId: string, actorId: string): Promise<number>
}>

/** Answers of requests that carried an idempotency key, kept so that a repeat gets the same answer. */
export type IdempotencyStore = Readonly<{
  /** Reserves the key; `taken` with other request bytes is a conflict the caller must report. */
  begin(
    teamId: string,
    key: string,
    requestHash: string,
  ): Promise<
    Readonly<
      | { state: 'new' }
      | { state: 'done'; status: number; body: string }
      | { state: 'mismatch' }
      | { state: 'running' }
    >
  >
  finish(teamId: string, key: string, status: number, body: string): Promise<void>
  /** Lets a failed request be tried again. */
  forget(teamId: string, key: string): Promise<void>
}>
