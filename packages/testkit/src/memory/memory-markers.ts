import { isProbed, type MarkerStore, type RunId } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `MarkerStore`. */
export function memoryMarkers(data: MemoryData): MarkerStore {
  const keyOf = (runId: RunId, marker: string) => `${runId}/${marker}`
  const kept = (runId: RunId, marker: string) => {
    const found = data.markers.get(keyOf(runId, marker))
    if (found === undefined) throw new Error(`there is no marker ${marker} of run ${runId}`)
    return found
  }
  return {
    open: async (runId, marker) => {
      if (!data.runs.has(runId)) throw new Error(`there is no run ${runId}`)
      const key = keyOf(runId, marker)
      const opened = data.markers.get(key) ?? { runId, marker, writes: new Map(), readings: new Map() }
      data.markers.set(key, opened)
      return Math.max(-1, ...opened.writes.keys())
    },
    append: async (runId, marker, writes) => {
      const { writes: known } = kept(runId, marker)
      for (const write of writes) if (!known.has(write.seq)) known.set(write.seq, structuredClone(write))
    },
    addReading: async (runId, marker, reading) => {
      const { readings } = kept(runId, marker)
      if (!readings.has(reading.startedAt)) readings.set(reading.startedAt, structuredClone(reading))
    },
    conclude: async (runId, marker, cleanUp) => {
      const found = kept(runId, marker)
      if (found.cleanUp?.state !== 'removed' && found.cleanUp?.state !== 'kept')
        found.cleanUp = { ...cleanUp }
    },
    read: async (runId) =>
      [...data.markers.values()]
        .filter((one) => one.runId === runId)
        .sort((a, b) => (a.marker < b.marker ? -1 : 1))
        .map(({ marker, writes, readings, cleanUp }) => ({
          marker,
          writes: [...writes.values()].sort((a, b) => a.seq - b.seq),
          readings: [...readings.values()].sort((a, b) => a.startedAt - b.startedAt),
          ...(cleanUp === undefined ? {} : { cleanUp: { ...cleanUp } }),
        })),
    leftBehind: async () =>
      [...data.markers.values()].flatMap(({ runId, marker, cleanUp }) => {
        const run = data.runs.get(runId)
        const isDone = cleanUp?.state === 'removed' || cleanUp?.state === 'kept'
        return run === undefined || isProbed(run.state) || isDone
          ? []
          : [{ runId, teamId: run.teamId, marker }]
      }),
  }
}
