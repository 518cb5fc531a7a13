import { AppError, HINT_QUEUES, type HintQueue, type Hints } from '@firedrill/core'
import type { JobsOptions } from 'bullmq'
import type { OpenBackend, Sender } from './backend/backend.ts'
import { isHint, JOBS, type JobName, type JobPayloads } from './jobs/catalogue.ts'

/** Options of one job. `queue` says where a heartbeat goes; hints go to the queue of their name. */
export type AddOptions = Readonly<{ delayMs?: number; queue?: HintQueue }>

/** Adds jobs. */
export type Add = <N extends JobName>(name: N, payload: JobPayloads[N], options?: AddOptions) => Promise<void>

/**
 * The sending half of every queue over one backend.
 *
 * A hint for now joins one that waits for the same run. It does not join one that is being worked on, because that
 * may have looked before what the hint is about happened. A hint for later stands alone: joined to another it could
 * come at the wrong time, and since only one of them finds the run due, they do not add up.
 * @throws AppError `queue-away`, with the backend closed.
 */
export async function openSenders(
  backend: OpenBackend,
): Promise<Readonly<{ add: Add; close(): Promise<void> }>> {
  const senders = new Map<HintQueue, Sender>()
  try {
    for (const queue of HINT_QUEUES) senders.set(queue, await backend.sender(queue))
  } catch (error) {
    await backend.close()
    throw queueAway(error)
  }
  const add: Add = async (name, payload, options = {}) => {
    const sender = senders.get(isHint(name) ? name : (options.queue ?? 'advance'))
    if (sender === undefined) throw new Error(`there is no queue for ${name}`)
    const data = JOBS[name].payload.parse(payload)
    try {
      await sender.add(name, data, jobOptions(name, payload, options.delayMs ?? 0))
    } catch (error) {
      throw queueAway(error)
    }
  }
  return {
    add,
    close: async () => {
      await Promise.all([...senders.values()].map((sender) => sender.close()))
    },
  }
}

/** Core's `Hints` over a queue. Rejects with `queue-away` when a hint could not be sent. */
export function hintsOver(add: Add): Hints {
  return {
    send: (queue, runId, afterMs = 0) => add(queue, { runId }, { delayMs: Math.max(0, Math.ceil(afterMs)) }),
  }
}

function queueAway(cause: unknown): AppError {
  return new AppError('queue-away', 'The queue cannot be reached', { internal: String(cause), cause })
}

function jobOptions<N extends JobName>(name: N, payload: JobPayloads[N], delayMs: number): JobsOptions {
  const { attempts, backoffMs, dedupeKey } = JOBS[name]
  return {
    attempts,
    backoff: { type: 'exponential', delay: backoffMs },
    removeOnComplete: true,
    removeOnFail: true,
    ...(delayMs > 0 ? { delay: delayMs } : { deduplication: { id: dedupeKey(payload) } }),
  }
}
