import { plusMs, type SessionStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `SessionStore`. */
export function memorySessionStore(data: MemoryData): SessionStore {
  return {
    open: async ({ hash, lifeMs, ...session }) => {
      const now = data.now()
      data.sessions.set(hash, { ...session, seenAt: now, expiresAt: plusMs(now, lifeMs) })
    },
    byHash: async (hash, idleMs) => {
      const known = data.sessions.get(hash)
      const now = data.now()
      if (known === undefined || known.expiresAt <= now || plusMs(known.seenAt, idleMs) <= now)
        return undefined
      data.sessions.set(hash, { ...known, seenAt: now })
      const { teamId, actor, permissions } = known
      return { teamId, actor, permissions }
    },
    revokeOf: async (teamId, actorId) => {
      const now = data.now()
      const found = [...data.sessions].filter(
        ([, one]) => one.teamId === teamId && one.actor.id === actorId && one.expiresAt > now,
      )
      for (const [hash] of found) data.sessions.delete(hash)
      return found.length
    },
  }
}
