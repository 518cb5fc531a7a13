import type { IdempotencyStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** After this long without an answer a reservation counts as left behind by a process that died. Platform time. */
const ABANDONED_AFTER_MS = 60_000

/** In-memory `IdempotencyStore`. */
export function memoryIdempotencyStore(data: MemoryData): IdempotencyStore {
  return {
    begin: async (teamId, key, requestHash) => {
      const known = data.reservations.get(`${teamId}/${key}`)
      if (known !== undefined) {
        if (known.requestHash !== requestHash) return { state: 'mismatch' }
        if (known.answer !== undefined) return { state: 'done', ...known.answer }
        if (known.begunAt + ABANDONED_AFTER_MS * 1000 > data.now()) return { state: 'running' }
      }
      data.reservations.set(`${teamId}/${key}`, { requestHash, begunAt: data.now() })
      return { state: 'new' }
    },
    finish: async (teamId, key, status, body) => {
      const known = data.reservations.get(`${teamId}/${key}`)
      if (known === undefined) throw new Error(`key ${key} was never reserved`)
      known.answer ??= { status, body }
    },
    forget: async (teamId, key) => {
      if (data.reservations.get(`${teamId}/${key}`)?.answer === undefined)
        data.reservations.delete(`${teamId}/${key}`)
    },
  }
}
