import { classify, INJECT_POLICY, type CallClock, type Outcome } from '@firedrill/core'
import { Hung, withDeadline } from './deadline.ts'

/**
 * Milliseconds for one act, which may take several requests. The hold on the run is kept while it lasts, and ends
 * the act when it is lost.
 */
export const ACT_TIMEOUT_MS = 12_000
/** Milliseconds for one look, which may take a dozen requests. */
export const LOOK_TIMEOUT_MS = 20_000

/** What is called, for the journal (`fault.method`), how long it may take, and whether it changes anything. */
export type CallSite = Readonly<{
  operation: string
  timeoutMs: number
  isAct: boolean
  /** Asked again whenever a request is about to leave. */
  mayGoOn?: () => boolean
}>

/**
 * One call to the outside, always answered as data: what an adapter throws, or never answers, is a failure like any
 * other. Of an act nobody can then tell whether it took effect.
 */
export async function callOut<T>(
  clock: CallClock,
  { operation, timeoutMs, isAct, mayGoOn }: CallSite,
  signal: AbortSignal,
  work: (ends: AbortSignal) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  try {
    return await withDeadline(clock, timeoutMs, signal, (ends) => clock.work(() => work(ends)), mayGoOn)
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Unknown', message: String(error) }
    const kind = isAct ? 'ambiguous' : error instanceof Hung ? 'transient' : 'unexpected'
    return { ok: false, failure: { kind, operation, code: name, message } }
  }
}

/** How long a question that is throttled or not answered is asked again before its failure is the answer. */
const PATIENCE_MS = 20_000

/** Asks a question of the cloud, again and again while the failure says no more than "not now". */
export async function askPatiently<T>(
  clock: CallClock,
  operation: string,
  timeoutMs: number,
  signal: AbortSignal,
  question: (ends: AbortSignal) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const startedMs = clock.monotonicMs()
  for (let attempt = 1; ; attempt++) {
    const outcome = await callOut(clock, { operation, timeoutMs, isAct: false }, signal, question)
    if (outcome.ok || signal.aborted) return outcome
    const { kind } = outcome.failure
    if (kind !== 'throttled' && kind !== 'transient') return outcome
    const retry = classify(outcome.failure, attempt, INJECT_POLICY, ATTEMPT_JITTER)
    if (retry.action === 'give-up') return outcome
    if (clock.monotonicMs() - startedMs + retry.afterMs > PATIENCE_MS) return outcome
    await clock.sleep(retry.afterMs, signal)
  }
}

/** Questions of one run come one after the other, so they need no scatter. */
const ATTEMPT_JITTER = 0.5
