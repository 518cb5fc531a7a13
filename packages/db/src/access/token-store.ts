import type { Actor, KnownToken, TokenRow, TokenStore } from '@firedrill/core'
import type { Pool } from 'pg'
import { platformOf } from '../connection/micros.ts'
import { actorOf } from '../journal/event-row.ts'

/** Uses closer together than this are noted as one: a token that is used all the time must not cost a write each time. */
const NOTE_EVERY_MICROS = 60_000_000

type Row = Readonly<{
  id: string
  team_id: string
  name: string
  permissions: readonly string[]
  actor_kind: string
  actor_id: string
  actor_name: string
  created_by: Actor | null
  created_at: number
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
  is_noted: boolean
}>

const COLUMNS =
  'id, team_id, name, permissions, actor_kind, actor_id, actor_name, created_by, created_at, expires_at, last_used_at, revoked_at'

const BY_HASH = `
  SELECT ${COLUMNS}, coalesce(last_used_at > now_micros() - ${NOTE_EVERY_MICROS}, false) AS is_noted FROM token
  WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now_micros())`

/** `TokenStore` on PostgreSQL. */
export function tokenStore(pool: Pool): TokenStore {
  return {
    add: async ({ id, teamId, name, hash, permissions, actor, createdBy, expiresAt }) => {
      const by = actor ?? { kind: 'person', id, name }
      await pool.query(
        `INSERT INTO token (id, team_id, name, hash, permissions, actor_kind, actor_id, actor_name, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
        [
          id,
          teamId,
          name,
          hash,
          [...permissions],
          by.kind,
          by.id,
          by.name,
          createdBy === undefined ? null : JSON.stringify(createdBy),
          expiresAt ?? null,
        ],
      )
    },
    byHash: async (hash) => {
      const row = (await pool.query<Row>(BY_HASH, [hash])).rows[0]
      if (row === undefined) return undefined
      if (!row.is_noted)
        await pool.query('UPDATE token SET last_used_at = now_micros() WHERE id = $1', [row.id])
      return knownOf(row)
    },
    list: async (teamId) => {
      const select = `SELECT ${COLUMNS} FROM token WHERE team_id = $1 ORDER BY created_at DESC, id DESC`
      return (await pool.query<Row>(select, [teamId])).rows.map(rowOf)
    },
    revoke: async (teamId, id) => {
      const revoke = `UPDATE token SET revoked_at = coalesce(revoked_at, now_micros()) WHERE team_id = $1 AND id = $2`
      return (await pool.query(revoke, [teamId, id])).rowCount === 1
    },
  }
}

function knownOf(row: Row): KnownToken {
  return {
    id: row.id,
    teamId: row.team_id,
    name: row.name,
    permissions: row.permissions,
    actor: actorOf(row.actor_kind, row.actor_id, row.actor_name),
  }
}

function rowOf(row: Row): TokenRow {
  return {
    ...knownOf(row),
    createdAt: platformOf(row.created_at),
    ...(row.created_by === null ? {} : { createdBy: row.created_by }),
    ...(row.expires_at === null ? {} : { expiresAt: platformOf(row.expires_at) }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: platformOf(row.last_used_at) }),
    ...(row.revoked_at === null ? {} : { revokedAt: platformOf(row.revoked_at) }),
  }
}
