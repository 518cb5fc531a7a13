import type { EnginePorts } from './ports.ts'
import { Fenced, RENEW_MS, type Tenure } from './tenure.ts'

/** Longest that one hint may hold a run: whatever takes longer hangs, and somebody else must get it. */
const HOLD_MAX_MS = 90_000
/** How long a renewal may take, and how soon one that failed is tried again. */
const RENEW_ANSWER_MS = 1000
const RENEW_AGAIN_MS = 250
/** How often a worker that is busy looks whether it was asked to stop. */
const STOP_LOOK_MS = 500

/**
 * Renews the lease while the work goes on, and ends the work when the lease is lost or about to end unrenewed. Neither
 * work that was called off nor work that hangs is renewed for, so that no worker can keep a run from the others.
 */
export async function keepLease(
  tenure: Tenure,
  ports: Pick<EnginePorts, 'clock'>,
  calledOff: AbortSignal,
  ended: AbortController,
): Promise<void> {
  const untilMs = ports.clock.monotonicMs() + HOLD_MAX_MS
  let everyMs = RENEW_MS
  while (!ended.signal.aborted) {
    await ports.clock.sleep(everyMs, ended.signal)
    if (ended.signal.aborted || calledOff.aborted) return
    if (ports.clock.monotonicMs() >= untilMs) {
      ended.abort(new Error(`${tenure.id} was held for too long`))
      return
    }
    const isRenewed = await withinLease(tenure, ports, ended.signal)
    everyMs = isRenewed === 'unknown' ? RENEW_AGAIN_MS : RENEW_MS
    if (isRenewed === 'lost' || !tenure.holds()) ended.abort(new Fenced(`the lease of ${tenure.id} was lost`))
  }
}

/** One renewal. An answer that does not come in time is `unknown`, and asked for again while the lease lasts. */
async function withinLease(
  tenure: Tenure,
  ports: Pick<EnginePorts, 'clock'>,
  signal: AbortSignal,
): Promise<'renewed' | 'lost' | 'unknown'> {
  const answered = new AbortController()
  const answer = tenure.renew().then(
    (isRenewed) => (isRenewed ? ('renewed' as const) : ('lost' as const)),
    () => 'unknown' as const,
  )
  const late = ports.clock
    .sleep(RENEW_ANSWER_MS, AbortSignal.any([signal, answered.signal]))
    .then(() => 'unknown' as const)
  try {
    return await Promise.race([answer, late])
  } finally {
    answered.abort()
  }
}

/** Ends what is under way when somebody asks for abort meanwhile, so that undo need not wait for a slow call. */
export async function watchForAbort(
  tenure: Tenure,
  ports: Pick<EnginePorts, 'clock'>,
  ended: AbortController,
): Promise<void> {
  while (!ended.signal.aborted) {
    await ports.clock.sleep(STOP_LOOK_MS, ended.signal)
    if (ended.signal.aborted) return
    // A guard that cannot be asked is asked again: the lease ends the work if it stays so.
    if (await tenure.isAbortAsked().catch(() => false)) ended.abort(new Error('abort was asked for'))
  }
}
