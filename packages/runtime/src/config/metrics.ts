import { isIP } from 'node:net'
import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'

/** In digits; any of them, since which is free is the operator's business. */
const portSchema = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number')
  .transform(Number)
  .refine((port) => port <= 65_535, 'must be at most 65535')
  .optional()

/** Where a worker shows its metrics; undefined: nowhere, and none are kept. */
export type MetricsConfig = Readonly<{ host: string; port: number }> | undefined

/** `FIREDRILL_METRICS_PORT`, `FIREDRILL_METRICS_HOST`. The API shows its own at `/metrics`, to who may read them. */
export const metricsRoom: Room<MetricsConfig> = defineRoom(
  {
    FIREDRILL_METRICS_PORT: {
      schema: portSchema,
      remedy: 'Set it to a TCP port of this process alone, to 0 for any, or leave it out for no metrics',
    },
    FIREDRILL_METRICS_HOST: {
      schema: z
        .string()
        .refine((host) => isIP(host) !== 0, 'must be an address')
        .default('127.0.0.1'),
      remedy:
        'Set it to the address to listen on, or leave it out for 127.0.0.1; nobody is asked who they are',
    },
  },
  ({ FIREDRILL_METRICS_PORT: port, FIREDRILL_METRICS_HOST: host }) =>
    port === undefined ? undefined : { host, port },
)
