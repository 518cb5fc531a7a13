import type { TokenStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `TokenStore`. */
export function memoryTokenStore(data: MemoryData): TokenStore {
  return {
    add: async ({ hash, ...token }) => {
      if (!data.tokens.has(hash)) data.tokens.set(hash, token)
    },
    byHash: async (hash) => data.tokens.get(hash),
  }
}
