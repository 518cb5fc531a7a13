import type { Applied, Failure, Outcome, Seen, StepPlan, TargetSeen, UndoPlan } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import {
  applyBatch,
  readHandle,
  UNNAMED_CHANGE,
  unnamed,
  type ChangeState,
} from '../../route53/change-batch.ts'
import { recordTargetId } from '../../route53/record-set.ts'
import { keyToken } from '../key-token.ts'
import { readCapture, type Capture } from './capture.ts'
import { replace, standsOf, type Stand } from './stand.ts'

/**
 * Gives the records their new weights in one batch, which Route 53 applies whole or not at all. Each is deleted exactly as it is
 * to be before this step, so nothing that somebody else changed is overwritten, and a repeat finds nothing to delete.
 */
export async function applyStep(
  aws: Aws,
  plan: StepPlan,
  key: string,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const read = readCapture(plan.capture)
  if (!read.ok) return read
  const { zoneId, before, after } = read.value
  const changes = before.flatMap((was, index) => {
    const is = after[index]
    return is === undefined ? [] : replace(was, is)
  })
  const look = (failure: Failure) => settle(aws, read.value, failure, signal)
  return applyBatch(aws, zoneId, changes, `Firedrill evacuation ${keyToken(key)}`, look, signal)
}

/** Whether a batch whose answer was lost, or that was turned down, has had its effect after all. */
async function settle(
  aws: Aws,
  capture: Capture,
  failure: Failure,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const stands = await standsOf(aws, capture, signal)
  if (!stands.ok) return { ok: false, failure }
  if (stands.value.every(({ is }) => is === 'after')) return unnamed(failure)
  if (failure.code !== 'InvalidChangeBatch') return { ok: false, failure }
  const foreign = stands.value.filter(({ is }) => is !== 'before')
  if (foreign.length === 0) return failed('invalid', failure.operation, 'ShiftRefused', failure.message)
  const words = foreign.map(({ target, words: what }) => `${target}: ${what}`).join('; ')
  return failed('conflict', failure.operation, 'RecordsChanged', `not as they were planned: ${words}`)
}

/**
 * Looks whether the weights are those of this step, in the zone and on every name server. While the change itself says that it is
 * on its way there is nothing else to read: a zone takes many requests to list, and all steps share the account's.
 */
export async function confirmStep(
  aws: Aws,
  capture: Capture,
  { handle }: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const change = await readHandle(aws, handle, signal)
  if (!change.ok) return change
  const { status, submittedAt } = change.value
  if (status === 'PENDING') return success(onItsWay(capture, submittedAt))
  const stands = await standsOf(aws, capture, signal)
  if (!stands.ok) return stands
  const isTakenOver = handle === undefined && stands.value.every(({ is }) => is === 'after')
  return success({
    observations: stands.value.map((stand) => ({
      target: stand.target,
      ...judge(stand, status, handle !== undefined),
    })),
    ...(submittedAt === undefined ? {} : { actedAt: submittedAt }),
    ...(isTakenOver ? { handle: UNNAMED_CHANGE } : {}),
  })
}

function onItsWay({ zoneId, after }: Capture, submittedAt: ChangeState['submittedAt']): Seen {
  return {
    observations: after.map((record) => ({
      target: recordTargetId(zoneId, record),
      injection: 'unknown',
      seen: `weight ${record.Weight ?? 0} is on its way, not yet on every name server`,
    })),
    ...(submittedAt === undefined ? {} : { actedAt: submittedAt }),
  }
}

function judge(
  { is, after, words }: Stand,
  status: ChangeState['status'],
  isAccepted: boolean,
): Omit<TargetSeen, 'target'> {
  const weight = `weight ${after.Weight ?? 0}`
  switch (is) {
    case 'after':
      return {
        injection: 'injected',
        seen:
          status === 'INSYNC'
            ? `${weight} on every name server`
            : `${weight} in the zone; which change did it is not known`,
      }
    case 'before':
      return isAccepted
        ? { injection: 'unknown', seen: 'as before this step again: somebody put it back' }
        : { injection: 'failed-to-inject', seen: 'as before this step' }
    case 'foreign':
      return { injection: 'unknown', seen: `changed by somebody else: ${words}` }
  }
}
