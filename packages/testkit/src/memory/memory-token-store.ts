import type { TokenStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `TokenStore`. */
export function memoryTokenStore(data: MemoryData): TokenStore {
  return {
    add: async ({ hash, actor, ...token }) => {
      const { id, name } = token
      if (data.tokens.has(hash)) return
      data.tokens.set(hash, { ...token, actor: actor ?? { kind: 'person', id, name }, createdAt: data.now() })
    },
    byHash: async (hash) => {
      const row = data.tokens.get(hash)
      const now = data.now()
      if (row === undefined || row.revokedAt !== undefined || (row.expiresAt ?? Infinity) <= now)
        return undefined
      data.tokens.set(hash, { ...row, lastUsedAt: now })
      const { id, teamId, name, permissions, actor } = row
      return { id, teamId, name, permissions, actor }
    },
    list: async (teamId) => [...data.tokens.values()].filter((row) => row.teamId === teamId).toReversed(),
    revoke: async (teamId, id) => {
      const found = [...data.tokens].find(([, row]) => row.teamId === teamId && row.id === id)
      if (found === undefined) return false
      const [hash, row] = found
      data.tokens.set(hash, { ...row, revokedAt: row.revokedAt ?? data.now() })
      return true
    },
  }
}
