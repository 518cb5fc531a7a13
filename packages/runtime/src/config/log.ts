import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'

/** Least important level that is written. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogConfig = Readonly<{ level: LogLevel }>

/** `FIREDRILL_LOG_LEVEL`. */
export const logRoom: Room<LogConfig> = defineRoom(
  {
    FIREDRILL_LOG_LEVEL: {
      schema: z.enum(LOG_LEVELS).default('info'),
      remedy: `Set it to one of ${LOG_LEVELS.join(', ')}, or leave it out for info`,
    },
  },
  (values) => ({ level: values.FIREDRILL_LOG_LEVEL }),
)
