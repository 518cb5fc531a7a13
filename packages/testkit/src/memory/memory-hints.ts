import type { HintQueue, Hints, RunId } from '@firedrill/core'

export type SentHint = Readonly<{ queue: HintQueue; runId: RunId; afterMs: number }>

/** Hints that are only written down; the test decides which of them arrive. */
export type MemoryHints = Hints &
  Readonly<{
    sent: readonly SentHint[]
    /** Removes and answers everything sent so far. */
    take(): readonly SentHint[]
  }>

/** `Hints` without a queue behind it. Dropping what `take` answers is how a test loses a hint. */
export function memoryHints(): MemoryHints {
  const sent: SentHint[] = []
  return {
    sent,
    take: () => sent.splice(0),
    send: async (queue, runId, afterMs = 0) => {
      sent.push({ queue, runId, afterMs })
    },
  }
}
