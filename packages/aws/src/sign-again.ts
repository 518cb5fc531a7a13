import { isDenied } from './errors.ts'

type Middleware = (
  next: (args: { input: object }) => Promise<{ output: object }>,
) => (args: { input: object }) => Promise<{ output: object }>

/** The part of any SDK client that this needs. */
type Stack = Readonly<{
  middlewareStack: {
    add(middleware: Middleware, options: { step: 'initialize'; priority: 'low'; name: string }): void
  }
}>

/**
 * Sends a request once more, signed anew, when the service turned its signature down and the SDK learned from that answer
 * that this machine's clock is wrong. A signature that was turned down is certain to mean that nothing was done. Without it
 * a worker whose clock is off would fail at the first call of each of its clients, the way back included.
 */
export function signAgain({ middlewareStack }: Stack): void {
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        if (!isDenied(error) || !isClockCorrected(error)) throw error
        return next(args)
      }
    },
    { step: 'initialize', priority: 'low', name: 'firedrillSignAgain' },
  )
}

/** The SDK's own note on an error after which it signs by the service's clock. */
function isClockCorrected(error: unknown): boolean {
  const { $metadata } = error as Readonly<{ $metadata?: Readonly<{ clockSkewCorrected?: boolean }> }>
  return $metadata?.clockSkewCorrected === true
}
