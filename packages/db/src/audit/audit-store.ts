import type { AuditEntry, AuditStore } from '@firedrill/core'
import type { Pool } from 'pg'
import { platformOf } from '../connection/micros.ts'
import { actorOf } from '../journal/event-row.ts'

type Row = Readonly<{
  team_id: string
  seq: number
  at: number
  actor_kind: string
  actor_id: string
  actor_name: string
  action: string
  object: string
  reason: string
  request_id: string
  route: string
  before: string | null
  after: string | null
  prev: string
  hash: string
}>

/** `AuditStore` on PostgreSQL. Triggers of the audited tables write it. */
export function auditStore(pool: Pool): AuditStore {
  return {
    entries: async (teamId, after, limit) => {
      const select = 'SELECT * FROM audit_entry WHERE team_id = $1 AND seq > $2 ORDER BY seq LIMIT $3'
      return (await pool.query<Row>(select, [teamId, after, limit])).rows.map(entryOf)
    },
  }
}

function entryOf(row: Row): AuditEntry {
  return {
    team: row.team_id,
    seq: row.seq,
    at: platformOf(row.at),
    actor: actorOf(row.actor_kind, row.actor_id, row.actor_name),
    action: row.action,
    object: row.object,
    reason: row.reason,
    requestId: row.request_id,
    route: row.route,
    before: row.before,
    after: row.after,
    prev: row.prev,
    hash: row.hash,
  }
}
