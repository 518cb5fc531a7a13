import type { SignOffStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `SignOffStore`. */
export function memorySignOffs(data: MemoryData): SignOffStore {
  return {
    ofRun: async (runId) => structuredClone(data.signOffs.filter((act) => act.runId === runId)),
    append: async (_teamId, act) => {
      if (data.signOffs.some(({ runId, seq }) => runId === act.runId && seq === act.seq)) return false
      data.signOffs.push(structuredClone(act))
      return true
    },
  }
}
