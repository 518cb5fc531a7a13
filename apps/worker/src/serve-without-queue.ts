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

/**
 * With the queue away, runs that are under way go on: whatever of this role is due is worked on right here, as many at
 * a time as the queue would hand out. A run that fails keeps no other from its turn.
 */
export async function serveWithoutQueue({ runs, role, concurrency, serve }: WithoutQueue): Promise<void> {
  const due = (await runs.due(DUE_MAX)).filter(({ status }) => isRecovery(status) === (role === 'recover'))
  const waiting = due.map(({ id }) => id)
  const lane = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      // Whoever serves has said what went wrong; the run comes again with the next round.
      await serve(id).catch(() => undefined)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}
