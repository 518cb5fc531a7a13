import { createHash } from 'node:crypto'
import type { EvidenceStore } from '@firedrill/core'
import type { Pool } from 'pg'
import { platformOf } from '../connection/micros.ts'
import type { PrismaClient } from '../generated/client.ts'

/** `EvidenceStore` on PostgreSQL. Bytes are kept once; the database itself checks that they have their hash. */
export function evidenceStore(pool: Pool, prisma: PrismaClient): EvidenceStore {
  return {
    put: async (runId, kind, bytes) => {
      const hash = createHash('sha256').update(bytes).digest('hex')
      const kept = await pool.query(
        `WITH blob AS (
           INSERT INTO evidence_blob (hash, bytes) SELECT $1, $2 FROM run WHERE id = $5 ON CONFLICT DO NOTHING
         )
         INSERT INTO evidence (run_id, hash, kind, team_id, size)
         SELECT id, $1, $3, team_id, $4 FROM run WHERE id = $5
         ON CONFLICT DO NOTHING
         RETURNING 1`,
        [hash, bytes, kind, bytes.byteLength, runId],
      )
      if (kept.rowCount === 0 && (await prisma.evidence.count({ where: { runId, hash, kind } })) === 0)
        throw new Error(`there is no run ${runId}`)
      return hash
    },
    get: async (hash) => (await prisma.evidenceBlob.findUnique({ where: { hash } }))?.bytes,
    ofRun: async (runId) => {
      const rows = await prisma.evidence.findMany({
        where: { runId },
        select: { hash: true, kind: true, size: true, at: true },
        orderBy: [{ at: 'asc' }, { hash: 'asc' }],
      })
      return rows.map((row) => ({ ...row, at: platformOf(row.at) }))
    },
  }
}
