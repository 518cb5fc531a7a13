import type { RunId } from '../ids/ids.ts'
import type { RunEventBody, RunEventType } from '../run/events.ts'
import type { PlatformInstant, WorldInstant } from '../time/instant.ts'
import { canonicalJson } from './canonical-json.ts'

/** Who may cause an event. `worker` and `reaper` are processes of the platform, `person` and `ci` are principals. */
export const ACTOR_KINDS = ['person', 'ci', 'worker', 'reaper', 'prober', 'system'] as const
export type ActorKind = (typeof ACTOR_KINDS)[number]
export type Actor = Readonly<{ kind: ActorKind; id: string; name: string }>

/** One line of a run's journal. `hash` is SHA-256 over the canonical JSON of all other members, `prev` the hash before. */
export type JournalEvent<T extends RunEventType = RunEventType> = Readonly<{
  runId: RunId
  seq: number
  v: number
  type: T
  at: PlatformInstant
  worldAt: WorldInstant
  actor: Actor
  epoch?: number
  causedBy?: number
  data: Extract<RunEventBody, { type: T }>['data']
  prev: string
  hash: string
}>

/** Lower-case hex SHA-256 of UTF-8 text; handed in because core does no I/O. */
export type Sha256 = (text: string) => string

/** `prev` of the first event of a journal. */
export const GENESIS = '0'.repeat(64)

/** Most bytes one event may take in canonical JSON; larger matter is evidence and the journal holds its hash. */
export const EVENT_BYTES_MAX = 16_384

/** The hash an event must carry. */
export function eventHash(event: Omit<JournalEvent, 'hash'>, sha256: Sha256): string {
  return sha256(canonicalJson({ ...event, hash: undefined }))
}

/** The first thing wrong with a journal, or undefined when sequence, links and hashes hold. */
export function journalProblem(events: readonly JournalEvent[], sha256: Sha256): string | undefined {
  let prev = GENESIS
  for (const [index, event] of events.entries()) {
    if (event.seq !== index + 1) return `event ${index + 1} carries seq ${event.seq}`
    if (event.prev !== prev) return `event ${event.seq} does not follow the one before it`
    if (event.hash !== eventHash(event, sha256)) return `event ${event.seq} was changed after it was written`
    prev = event.hash
  }
  return undefined
}
