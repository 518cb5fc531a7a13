import type { Clock, Random } from '@firedrill/core'
import { isThrottled } from './errors.ts'

/** What waiting needs. Times are platform time. */
export type Waits = Readonly<{ clock: Clock; random: Random }>

type Middleware = (
  next: (args: { input: object }) => Promise<{ output: object }>,
) => (args: { input: object }) => Promise<{ output: object }>

/** The part of any SDK client that this needs. */
type Stack = Readonly<{
  middlewareStack: {
    add(middleware: Middleware, options: { step: 'initialize'; priority: 'low'; name: string }): void
  }
}>

/** How long one request may be turned away before that is its answer. Well below any deadline of an act or a look. */
const PATIENCE_MS = 6000
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 200

/**
 * Asks again, request by request, while a service says "too often". That answer alone is certain to mean that nothing was
 * done, so the same request may go out again, signed anew, whatever it asks for. Every other failure is the engine's: an
 * undo takes half a dozen requests, and where nine of ten are turned away it would never get through all of them in a row.
 */
export function waitOutThrottling({ middlewareStack }: Stack, { clock, random }: Waits): void {
  middlewareStack.add(
    (next) => async (args) => {
      const untilMs = clock.monotonicMs() + PATIENCE_MS
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
        try {
          return await next(args)
        } catch (error) {
          if (!isThrottled(error) || clock.monotonicMs() + waitMs > untilMs) throw error
          await clock.sleep(waitMs * (0.5 + random.next() / 2))
        }
      }
    },
    { step: 'initialize', priority: 'low', name: 'firedrillWaitOutThrottling' },
  )
}
