import { canonicalJson } from '../journal/canonical-json.ts'
import { GENESIS, type Actor, type Sha256 } from '../journal/envelope.ts'
import type { PlatformInstant } from '../time/instant.ts'

/**
 * One change that somebody made, written by the database itself in the transaction that makes it: if this cannot be written, the
 * change is not made. `hash` covers all other members, `prev` is the entry before: one chain a team.
 */
export type AuditEntry = Readonly<{
  team: string
  seq: number
  at: PlatformInstant
  actor: Actor
  /** Table and operation, such as `token insert`. */
  action: string
  /** Key of the row. */
  object: string
  /** What the person gave as reason, or the empty string. */
  reason: string
  /** The request that it came with: id, method and route; empty for what came by another way than the API. */
  requestId: string
  route: string
  /** The row as JSON, without what is large or secret; null when there was none. */
  before: string | null
  after: string | null
  prev: string
  hash: string
}>

/** The hash an entry must carry. */
export function auditHash(entry: Omit<AuditEntry, 'hash'>, sha256: Sha256): string {
  return sha256(canonicalJson({ ...entry, hash: undefined }))
}

/**
 * The first thing wrong with a team's entries from the first one on, or undefined when sequence, links and hashes hold. That the
 * newest are not cut off only shows beside a head that was kept elsewhere.
 */
export function auditProblem(
  entries: readonly AuditEntry[],
  sha256: Sha256,
  head?: Readonly<{ seq: number; hash: string }>,
): string | undefined {
  let prev = GENESIS
  for (const [index, entry] of entries.entries()) {
    if (entry.seq !== index + 1) return `entry ${index + 1} carries number ${entry.seq}`
    if (entry.prev !== prev) return `entry ${entry.seq} does not follow the one before it`
    if (entry.hash !== auditHash(entry, sha256)) return `entry ${entry.seq} was changed after it was written`
    prev = entry.hash
  }
  if (head !== undefined && entries[head.seq - 1]?.hash !== head.hash)
    return `entry ${head.seq} is missing, or is another one than ${head.hash}`
  return undefined
}

/** On whose behalf a connection of the API writes. */
export type AuditContext = Readonly<{
  actor: Actor
  teamId: string
  requestId: string
  route: string
  reason: string
}>

/** Reads the audit. It is written by the database. */
export type AuditStore = Readonly<{
  /** Entries of a team after a number, in order, at most `limit`. */
  entries(teamId: string, after: number, limit: number): Promise<readonly AuditEntry[]>
}>
