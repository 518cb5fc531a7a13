import type { Applied, Failure, Outcome, StepPlan } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { keyToken } from '../key-token.ts'
import { readCapture, type Capture } from './capture.ts'
import { changedWords, compare, submit } from './change.ts'

/** The handle of a change whose answer was lost: listing showed its effect, its id is not known. */
export const UNNAMED_CHANGE = 'unnamed-change'

/**
 * Removes exactly the captured record sets, in one batch. A DELETE has to match what is there, so it cannot remove what
 * somebody changed, and a repeat after a lost answer finds nothing to delete, which listing then tells from a refusal.
 */
export async function applyStep(
  aws: Aws,
  plan: StepPlan,
  key: string,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const capture = readCapture(plan.capture)
  if (!capture.ok) return capture
  const { zoneId, records } = capture.value
  const changes = records.map((record) => ({ action: 'DELETE' as const, record }))
  const answer = await submit(aws, zoneId, changes, `Firedrill drill ${keyToken(key)}`, signal)
  if (answer.ok) return success({ handle: answer.value.changeId, requestIds: answer.value.requestIds })
  const { failure } = answer
  // A zone that is busy with a prior request may be busy with ours, of which the answer was lost.
  const isUnclear =
    failure.kind === 'ambiguous' || failure.kind === 'throttled' || failure.code === 'InvalidChangeBatch'
  return isUnclear ? settle(aws, capture.value, failure, signal) : answer
}

async function settle(
  aws: Aws,
  capture: Capture,
  failure: Failure,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const compared = await compare(aws, capture, signal)
  if (!compared.ok) return { ok: false, failure }
  const count = (state: string) => compared.value.filter((one) => one.state === state).length
  if (count('missing') === compared.value.length) {
    return success({
      handle: UNNAMED_CHANGE,
      requestIds: failure.requestId === undefined ? [] : [failure.requestId],
    })
  }
  // Still there after a lost answer proves nothing: the request may be on its way. It stays what it was.
  if (failure.code !== 'InvalidChangeBatch') return { ok: false, failure }
  if (count('same') === compared.value.length) {
    return failed('invalid', failure.operation, 'RemovalRefused', failure.message)
  }
  const words =
    changedWords(compared.value) || `${count('missing')} of ${compared.value.length} are gone already`
  return failed('conflict', failure.operation, 'RecordsChanged', `not as they were planned: ${words}`)
}
