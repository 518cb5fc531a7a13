import { recoveryFrom, worldAt, type UndoRecord, type UndoStore } from '@firedrill/core'
import { frozen } from './frozen.ts'
import { clockOf, type MemoryData } from './memory-data.ts'

/** How long a run that was asked to abort may lie unclaimed before the reaper takes its faults out. Platform time. */
const UNATTENDED_ABORT_MS = 15_000

/** In-memory `UndoStore`. */
export function memoryUndoStore(data: MemoryData): UndoStore {
  const all = (wanted: (record: UndoRecord) => boolean): readonly UndoRecord[] =>
    [...data.undo.values()].filter(wanted)
  return {
    unacknowledged: async () =>
      all((record) => record.status !== 'undone' && record.acknowledgedBy === undefined),
    acknowledge: async (runId, step, hash, reaper) => {
      const key = `${runId}/${step}`
      const record = data.undo.get(key)
      if (record === undefined || record.hash !== hash || record.acknowledgedBy !== undefined) return
      data.undo.set(key, frozen({ ...record, acknowledgedBy: reaper }))
    },
    get: async (runId, step) => data.undo.get(`${runId}/${step}`),
    ofRun: async (runId) => all((record) => record.runId === runId),
    overdue: async () => all((record) => isOverdue(data, record)),
  }
}

function isOverdue(data: MemoryData, record: UndoRecord): boolean {
  const run = data.runs.get(record.runId)
  if (record.status !== 'live' || run === undefined) return false
  if (data.halt.set) return true
  const now = data.now()
  const worldNow = worldAt(clockOf(data, run), now)
  if (worldNow >= record.expiresAt) return true
  if (
    run.state.abort !== undefined &&
    Math.max(run.wakeAt, run.leaseUntil) + UNATTENDED_ABORT_MS * 1000 <= now
  )
    return true
  const since = recoveryFrom(run.state) ?? Infinity
  const scenario = data.definitions.find(
    ({ kind, teamId, hash }) =>
      kind === 'scenario' && teamId === run.teamId && hash === run.state.scenario.hash,
  )
  return (
    scenario?.compiled.kind === 'Scenario' &&
    worldNow > since + scenario.compiled.timing.recoverWithinMs * 1000
  )
}
