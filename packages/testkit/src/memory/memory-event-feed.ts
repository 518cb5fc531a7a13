import type { EventFeed, JournalEvent, RunId } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `EventFeed`. */
export function memoryEventFeed(data: MemoryData): EventFeed {
  return { follow: (id, afterSeq, signal) => follow(data, id, afterSeq, signal) }
}

async function* follow(
  data: MemoryData,
  id: RunId,
  afterSeq: number,
  signal: AbortSignal,
): AsyncIterable<JournalEvent> {
  let seq = afterSeq
  while (!signal.aborted) {
    const [next] = data.runs.get(id)?.events.slice(seq, seq + 1) ?? []
    if (next === undefined) await changed(data, id, signal)
    else {
      yield structuredClone(next)
      seq = next.seq
    }
  }
}

function changed(data: MemoryData, id: RunId, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      data.listeners.delete(listener)
      signal.removeEventListener('abort', settle)
      resolve()
    }
    const listener = (changedId: RunId) => {
      if (changedId === id) settle()
    }
    data.listeners.add(listener)
    signal.addEventListener('abort', settle)
  })
}
