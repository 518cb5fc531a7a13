import type { SessionStore } from '@firedrill/core'
import type { Pool } from 'pg'
import { actorOf } from '../journal/event-row.ts'

/** Sightings closer together than this are noted as one, so that a page that asks all the time does not write each time. */
const NOTE_EVERY_MICROS = 30_000_000

type Row = Readonly<{
  team_id: string
  actor_kind: string
  actor_id: string
  actor_name: string
  permissions: readonly string[]
  is_noted: boolean
}>

const BY_HASH = `
  SELECT team_id, actor_kind, actor_id, actor_name, permissions, last_seen_at > now_micros() - ${NOTE_EVERY_MICROS} AS is_noted
  FROM session WHERE hash = $1 AND revoked_at IS NULL AND expires_at > now_micros() AND last_seen_at > now_micros() - $2::bigint`

/** `SessionStore` on PostgreSQL. */
export function sessionStore(pool: Pool): SessionStore {
  return {
    open: async ({ hash, teamId, actor, permissions, lifeMs }) => {
      await pool.query(
        `INSERT INTO session (hash, team_id, actor_kind, actor_id, actor_name, permissions, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, now_micros() + $7::bigint)`,
        [hash, teamId, actor.kind, actor.id, actor.name, [...permissions], lifeMs * 1000],
      )
    },
    byHash: async (hash, idleMs) => {
      const row = (await pool.query<Row>(BY_HASH, [hash, idleMs * 1000])).rows[0]
      if (row === undefined) return undefined
      if (!row.is_noted)
        await pool.query('UPDATE session SET last_seen_at = now_micros() WHERE hash = $1', [hash])
      const actor = actorOf(row.actor_kind, row.actor_id, row.actor_name)
      return { teamId: row.team_id, actor, permissions: row.permissions }
    },
    revokeOf: async (teamId, actorId) => {
      const revoke =
        'UPDATE session SET revoked_at = now_micros() WHERE team_id = $1 AND actor_id = $2 AND revoked_at IS NULL AND expires_at > now_micros()'
      return (await pool.query(revoke, [teamId, actorId])).rowCount ?? 0
    },
  }
}
