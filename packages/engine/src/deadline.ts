import type { Clock } from '@firedrill/core'

/** How long work may go on after its signal has ended before it is taken for hung. Platform milliseconds. */
const SETTLE_MS = 1000

/** Said to what nobody waits for any more. One for all: without a reason each abort makes an error with its stack. */
const SETTLED = 'settled'

/** Thrown when work neither answered in time nor settled once its signal had ended. */
export class Hung extends Error {
  readonly code = 'hung'
}

/**
 * Runs `work` with a signal that ends after `ms` of platform time, when `parent` ends, or when `mayGoOn` says no. Work is
 * expected to settle when its signal ends; its own answer (a timeout failure) is what the caller gets.
 *
 * The signal tells the time whenever it is asked, not only when a timer fires: a process that was paused wakes up in the
 * middle of its work, before its timers, and must find out right before its next request leaves.
 * @throws Hung when the work does not settle.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  mayGoOn: () => boolean = () => true,
): Promise<T> {
  const done = new AbortController()
  const startedMs = clock.monotonicMs()
  const late = (): string | undefined =>
    clock.monotonicMs() - startedMs >= ms
      ? `no answer within ${Math.round(ms)} ms`
      : mayGoOn()
        ? undefined
        : 'the hold on the run has passed'
  const ends = watchfulSignal(parent, late)
  const timer = async () => {
    await clock.sleep(ms, done.signal)
    if (!done.signal.aborted) ends.end(`no answer within ${Math.round(ms)} ms`)
  }
  const hung = new Promise<never>((_, reject) => {
    const overdue = async () => {
      await clock.sleep(SETTLE_MS, done.signal)
      if (!done.signal.aborted) reject(new Hung('the work went on after it had been told to end'))
    }
    ends.signal.addEventListener('abort', () => void overdue(), { once: true, signal: done.signal })
    if (ends.signal.aborted) void overdue()
  })
  void timer()
  try {
    return await Promise.race([work(ends.signal), hung])
  } finally {
    done.abort(SETTLED)
    ends.release()
  }
}

type Ends = Readonly<{ signal: AbortSignal; end(why: string): void; release(): void }>

/** A signal that ends with its parent, and whose `aborted` asks `late` each time it is read. */
function watchfulSignal(parent: AbortSignal, late: () => string | undefined): Ends {
  const controller = new AbortController()
  const { signal } = controller
  let isOver = false
  const finish = (reason: unknown) => {
    if (isOver) return
    isOver = true
    controller.abort(reason)
  }
  const withParent = () => finish(parent.reason)
  if (parent.aborted) withParent()
  else parent.addEventListener('abort', withParent, { once: true })
  Object.defineProperty(signal, 'aborted', {
    get: () => {
      const why = isOver ? undefined : parent.aborted ? 'the work was called off' : late()
      if (why !== undefined) finish(new Error(why))
      return isOver
    },
  })
  return {
    signal,
    end: (why) => finish(new Error(why)),
    release: () => parent.removeEventListener('abort', withParent),
  }
}
