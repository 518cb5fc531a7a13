import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'
import { urlWith } from './variables.ts'

/** Which store carries the hints. `postgres` uses the same database as the journal. */
export type QueueConfig = Readonly<{ backend: 'postgres' } | { backend: 'redis'; url: string }>

const QUEUE_BACKENDS = ['postgres', 'redis'] as const

/** `REDIS_URL` selects Redis; without it PostgreSQL carries the queue. `FIREDRILL_QUEUE` says it explicitly. */
export const queueRoom: Room<QueueConfig> = defineRoom(
  {
    REDIS_URL: {
      schema: urlWith('redis', 'rediss').optional(),
      remedy:
        'Set it to the Redis server, for example redis://127.0.0.1:6379, or leave it out to queue in PostgreSQL',
    },
    FIREDRILL_QUEUE: {
      schema: z.enum(QUEUE_BACKENDS).optional(),
      remedy: 'Set it to postgres or redis, or leave it out',
    },
  },
  (values, refuse) => {
    const backend = values.FIREDRILL_QUEUE ?? (values.REDIS_URL === undefined ? 'postgres' : 'redis')
    if (backend === 'postgres') return { backend }
    if (values.REDIS_URL === undefined)
      return refuse(
        'REDIS_URL',
        'is not set, but FIREDRILL_QUEUE is redis',
        'Set REDIS_URL, or set FIREDRILL_QUEUE to postgres',
      )
    return { backend, url: values.REDIS_URL }
  },
)
