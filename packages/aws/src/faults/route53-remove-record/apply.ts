import type { Applied, Failure, Outcome, StepPlan } from '@firedrill/core'
import { failed } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { applyBatch, unnamed } from '../../route53/change-batch.ts'
import { keyToken } from '../key-token.ts'
import { readCapture, type Capture } from './capture.ts'
import { changedWords, compare } from './compare.ts'

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
  const look = (failure: Failure) => settle(aws, capture.value, failure, signal)
  return applyBatch(aws, zoneId, changes, `Firedrill drill ${keyToken(key)}`, look, signal)
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
  if (count('missing') === compared.value.length) return unnamed(failure)
  // Still there after a lost answer proves nothing: the request may be on its way. It stays what it was.
  if (failure.code !== 'InvalidChangeBatch') return { ok: false, failure }
  if (count('same') === compared.value.length) {
    return failed('invalid', failure.operation, 'RemovalRefused', failure.message)
  }
  const words =
    changedWords(compared.value) || `${count('missing')} of ${compared.value.length} are gone already`
  return failed('conflict', failure.operation, 'RecordsChanged', `not as they were planned: ${words}`)
}
