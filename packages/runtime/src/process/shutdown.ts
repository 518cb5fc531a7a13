import type { Clock } from '@firedrill/core'
import type { Logger } from '../log/logger.ts'

/** Signals that ask a process to end. */
export const END_SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Ordered end of a process. */
export type Shutdown = Readonly<{
  /** Ends when the process was asked to end; long work listens to it. */
  signal: AbortSignal
  /** Adds something to close. What was added last is closed first, so that nobody loses what they depend on. */
  add(name: string, close: () => Promise<void> | void): void
  /** Ends the process in order. A second call waits for the first. */
  end(why: string, exitCode?: number): Promise<void>
}>

/** What `createShutdown` needs of the process. */
export type ShutdownHost = Readonly<{
  on(event: string, listener: (signal: string) => void): unknown
  exit(code: number): void
}>

/**
 * Closes everything in reverse order on SIGTERM or SIGINT and exits with 0, or with 1 when something failed to close or the
 * deadline (platform milliseconds) passed; the log then names what hung. A second signal exits at once with 1.
 */
export function createShutdown(
  options: Readonly<{ log: Logger; clock: Clock; deadlineMs?: number; host?: ShutdownHost }>,
): Shutdown {
  const { log, clock, deadlineMs = 10_000, host = process } = options
  const asked = new AbortController()
  const closers: { name: string; close: () => Promise<void> | void }[] = []
  let ending: Promise<void> | undefined

  const closeAll = async (why: string, exitCode: number) => {
    log.info({ why }, 'ending')
    asked.abort()
    let code = exitCode
    let current = ''
    const inOrder = async () => {
      for (const { name, close } of closers.toReversed()) {
        current = name
        try {
          await close()
        } catch (error) {
          code = code === 0 ? 1 : code
          log.error({ err: error, closing: name }, 'could not be closed')
        }
      }
      return 'closed' as const
    }
    const enough = new AbortController()
    const late = clock.sleep(deadlineMs, enough.signal).then(() => 'late' as const)
    const outcome = await Promise.race([inOrder(), late])
    enough.abort()
    if (outcome === 'late') {
      code = code === 0 ? 1 : code
      log.error({ closing: current, deadlineMs }, 'did not close in time')
    }
    host.exit(code)
  }

  const end = (why: string, exitCode = 0) => (ending ??= closeAll(why, exitCode))
  for (const name of END_SIGNALS) {
    host.on(name, () => {
      if (ending !== undefined) {
        log.warn({ signal: name }, 'asked a second time, ending at once')
        host.exit(1)
        return
      }
      void end(name)
    })
  }
  return { signal: asked.signal, add: (name, close) => void closers.push({ name, close }), end }
}
