import { pino, type DestinationStream, type Logger } from 'pino'
import type { LogConfig } from '../config/log.ts'
import { redact, redactText } from './redact.ts'

export type { Logger } from 'pino'

/**
 * One JSON line an entry, on standard error unless told otherwise (standard output is for data). Secrets are masked twice:
 * by the names of members before the line is made, and by their looks in the finished line.
 */
export function createLogger(
  name: string,
  config: LogConfig,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      name,
      level: config.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (entry) => redact(entry) as Record<string, unknown>,
      },
      serializers: { err: (error: unknown) => redact(error) },
      hooks: { streamWrite: redactText },
    },
    destination,
  )
}
