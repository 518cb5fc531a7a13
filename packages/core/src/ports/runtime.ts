import type { Id, IdKind, RunId } from '../ids/ids.ts'
import type { PlatformInstant } from '../time/instant.ts'

/** Monotonic time for measuring lengths and for waiting; never a date. */
export type Clock = Readonly<{
  monotonicMs(): number
  /** Resolves after `ms` of platform time, or at once when the signal ends. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}>

/**
 * The clock that bounds questions to the cloud and to the system under drill, and the pauses between them: platform time,
 * but world time in a simulated world that moves in lockstep, where an answer may take hours that pass in no time.
 */
export type CallClock = Clock &
  Readonly<{
    /** Asks something. A world in lockstep stands still until it is answered, unless the answer itself waits for world time. */
    work<T>(run: () => Promise<T>): Promise<T>
  }>

/** Mints ids. */
export type Ids = Readonly<{ mint<K extends IdKind>(kind: K): Id<K> }>

/** Signs in the name of this installation. Ed25519: the same text always gets the same signature. */
export type Signer = Readonly<{
  /** The 32 bytes of the public key in base64. */
  publicKey: string
  /** The 64 bytes of the signature of the text's UTF-8 bytes, in base64. */
  sign(text: string): string
}>

/** A number in [0, 1). */
export type Random = Readonly<{ next(): number }>

/** Named places at which a test may kill the process or throw. A no-op in production. */
export type CrashPoint = (name: string) => void | Promise<void>

/** The two queues of hints: ordinary progress, and taking faults out, which injections must never starve. */
export const HINT_QUEUES = ['advance', 'recover'] as const
export type HintQueue = (typeof HINT_QUEUES)[number]

/** Hints: at most a nudge to look at a run. Losing one costs a reconcile period, nothing more. Delays are platform time. */
export type Hints = Readonly<{ send(queue: HintQueue, runId: RunId, afterMs?: number): Promise<void> }>

/** What a reaper knows of its database from before, on its own disk. */
export type DatabaseMark = Readonly<{
  /** When the newest event was written that was ever seen; platform time, 0 for none. */
  newestAt: PlatformInstant
  /** Kits whose faults are taken out whatever the database says, because it knows less than this host does. */
  suspects: readonly string[]
}>

/** Keeps the mark; durable before `write` answers. */
export type DatabaseMarks = Readonly<{
  read(): Promise<DatabaseMark | undefined>
  write(mark: DatabaseMark): Promise<void>
}>

/** The reaper's own copies of undo plans, on disk, readable without database. */
export type KitStore = Readonly<{
  /** Durable before it answers. */
  save(kit: string, content: string): Promise<void>
  list(): Promise<readonly Readonly<{ kit: string; content: string }>[]>
  remove(kit: string): Promise<void>
}>
