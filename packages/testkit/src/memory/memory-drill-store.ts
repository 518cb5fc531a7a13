import type { DrillStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `DrillStore`. */
export function memoryDrillStore(data: MemoryData): DrillStore {
  return {
    book: async (drill) => {
      const known = [...data.drills.values()].findLast(
        ({ teamId, scenario, environment }) =>
          teamId === drill.teamId && scenario === drill.scenario && environment === drill.environment,
      )
      if (known !== undefined) return known
      if (data.drills.has(drill.id)) throw new Error(`drill ${drill.id} exists`)
      const kept = { ...drill, createdAt: data.now() }
      data.drills.set(drill.id, kept)
      return kept
    },
    get: async (teamId, id) => {
      const drill = data.drills.get(id)
      return drill?.teamId === teamId ? drill : undefined
    },
    list: async (teamId) => [...data.drills.values()].filter((drill) => drill.teamId === teamId).toReversed(),
  }
}
