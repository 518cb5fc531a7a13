import type { IdempotencyStore } from '@firedrill/core'
import type { Pool } from 'pg'
import type { PrismaClient } from '../generated/client.ts'

/** After this long without an answer a reservation counts as left behind by a process that died. Platform time. */
const ABANDONED_AFTER_MICROS = 60_000_000

// Takes the key when it is free, or when whoever held it with the very same request died over it.
const RESERVE = `
  INSERT INTO idempotent_request AS kept (team_id, key, request_hash) VALUES ($1, $2, $3)
  ON CONFLICT (team_id, key) DO UPDATE SET begun_at = excluded.begun_at
  WHERE kept.request_hash = excluded.request_hash AND kept.status IS NULL
    AND kept.begun_at + ${ABANDONED_AFTER_MICROS} <= excluded.begun_at`

/** `IdempotencyStore` on PostgreSQL. */
export function idempotencyStore(pool: Pool, prisma: PrismaClient): IdempotencyStore {
  return {
    begin: async (teamId, key, requestHash) => {
      const reserved = await pool.query(RESERVE, [teamId, key, requestHash])
      if (reserved.rowCount === 1) return { state: 'new' }
      const kept = await prisma.idempotentRequest.findUnique({ where: { teamId_key: { teamId, key } } })
      // Forgotten in between: whoever forgot it allows another try, which the caller makes.
      if (kept === null) return { state: 'running' }
      if (kept.requestHash !== requestHash) return { state: 'mismatch' }
      if (kept.status === null || kept.body === null) return { state: 'running' }
      return { state: 'done', status: kept.status, body: kept.body }
    },
    finish: async (teamId, key, status, body) => {
      const { count } = await prisma.idempotentRequest.updateMany({
        where: { teamId, key, status: null },
        data: { status, body },
      })
      if (count === 0 && (await prisma.idempotentRequest.count({ where: { teamId, key } })) === 0)
        throw new Error(`key ${key} was never reserved`)
    },
    forget: async (teamId, key) => {
      await prisma.idempotentRequest.deleteMany({ where: { teamId, key, status: null } })
    },
  }
}
