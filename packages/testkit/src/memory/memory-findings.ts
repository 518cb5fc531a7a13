import type { RunFinding, RunFindingStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `RunFindingStore`. */
export function memoryFindings(data: MemoryData): RunFindingStore {
  return {
    ofRun: async (runId) => {
      const found = new Map<number, RunFinding>()
      for (const finding of data.findings) if (finding.runId === runId) found.set(finding.number, finding)
      return structuredClone([...found.values()].sort((a, b) => a.number - b.number))
    },
    write: async (_teamId, { runId, number, version }, terms, by) => {
      const same = data.findings.filter((one) => one.runId === runId && one.number === number)
      if (same.some((one) => one.version === version)) return false
      const at = data.now()
      const [first] = same
      const { openedAt, openedBy } = first ?? { openedAt: at, openedBy: by }
      const about = { runId, number, version, openedAt, openedBy, changedAt: at, changedBy: by }
      data.findings.push(structuredClone({ ...terms, ...about }))
      return true
    },
  }
}
