import type { OpenBackend, QueueOptions } from './backend.ts'
import { openPostgres } from './postgres.ts'
import { openRedis } from './redis.ts'

/**
 * Connects, and refuses a backend that would lose jobs.
 * @param side `send` never queues up while the backend is away; `work` waits for it.
 */
export function openBackend(options: QueueOptions, side: 'send' | 'work'): Promise<OpenBackend> {
  switch (options.backend) {
    case 'redis':
      return openRedis(options, side)
    case 'postgres':
      return openPostgres(options, side)
  }
}
