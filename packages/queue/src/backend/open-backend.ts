import type { OpenBackend, QueueOptions } from './backend.ts'
import { openPostgres } from './postgres.ts'
import { openRedis } from './redis.ts'

/**
 * Connects, and refuses a backend that would lose jobs.
 * @param side whether it will only send, which takes fewer connections. Sending always fails at once while the backend
 *   is away; working waits for it.
 */
export function openBackend(options: QueueOptions, side: 'send' | 'work'): Promise<OpenBackend> {
  switch (options.backend) {
    case 'redis':
      return openRedis(options)
    case 'postgres':
      return openPostgres(options, side)
  }
}
