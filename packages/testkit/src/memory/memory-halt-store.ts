import type { HaltStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `HaltStore`. */
export function memoryHaltStore(data: MemoryData): HaltStore {
  return {
    get: async () => data.halt,
    set: async (by, reason) => {
      data.halt = { set: true, reason, by, at: data.now() }
    },
    lift: async (by, reason) => {
      data.halt = { set: false, reason, by, at: data.now() }
    },
  }
}
