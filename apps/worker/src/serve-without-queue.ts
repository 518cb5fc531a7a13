import { isRecovery, type HintQueue, type RunId, type RunStore } from '@firedrill/core'

/** Most due runs one round looks at. */
const DUE_MAX = 200

/** What a round without a queue needs. `serve` is asked for one run and may reject. */
export type WithoutQueue = Readonly<{
  runs: Pick<RunStore, 'due'>
  role: HintQueue
  concurrency: number
  serve: (runId: RunId) => Promise<unknown>
}>

/** Serves due runs right here. */
export type DueServer = Readonly<{
  /** One round: begins with what is due as far as there is room, and does not wait for any of it. */
  look(): Promise<void>
  /** Settles when nothing is being served. */
  settled(): Promise<void>
}>

/**
 * With the queue away, runs that are under way go on: whatever of this role is due is worked on right here, as many at
 * a time as the queue would hand out. A run that takes long, or fails, keeps no other from its turn: each round looks
 * anew, so that an undo is not behind a slow one while there is room.
 */
export function createDueServer({ runs, role, concurrency, serve }: WithoutQueue): DueServer {
  const serving = new Map<RunId, Promise<void>>()
  const begin = (id: RunId) => {
    // Whoever serves has said what went wrong; the run comes again with a later round.
    const served = serve(id).then(
      () => void serving.delete(id),
      () => void serving.delete(id),
    )
    serving.set(id, served)
    return served
  }
  return {
    async look() {
      if (serving.size >= concurrency) return
      const due = (await runs.due(DUE_MAX)).filter(
        ({ status }) => isRecovery(status) === (role === 'recover'),
      )
      const waiting = due.map(({ id }) => id).filter((id) => !serving.has(id))
      // Room that becomes free within this round goes to the next that is due, without another look.
      const fill = () => {
        while (serving.size < concurrency) {
          const id = waiting.shift()
          if (id === undefined) return
          if (serving.has(id)) continue
          void begin(id).then(fill)
        }
      }
      fill()
    },
    settled: async () => {
      while (serving.size > 0) await Promise.all(serving.values())
    },
  }
}
