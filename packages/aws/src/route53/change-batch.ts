import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type ChangeAction,
} from '@aws-sdk/client-route-53'
import type { Applied, CompiledEnvironment, Failure, Outcome, WorldInstant } from '@firedrill/core'
import { failed, mutate, read, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { cliPlace, ROUTE53_REGION } from '../endpoints.ts'
import { shellLine } from '../faults/shell.ts'
import { fromDate } from '../world-date.ts'
import { toSdk, type RecordSet } from './record-set.ts'

/** The handle of a change whose answer was lost: listing showed its effect, its id is not known. */
export const UNNAMED_CHANGE = 'unnamed-change'

/** A submitted batch: its id without prefix, and the request's. */
export type Submitted = Readonly<{ changeId: string; requestIds: readonly string[] }>

/** One change of a batch. */
export type Change = Readonly<{ action: ChangeAction; record: RecordSet }>

/** Submits one batch, which Route 53 applies whole or not at all. */
export async function submit(
  { route53 }: Aws,
  zoneId: string,
  changes: readonly Change[],
  comment: string,
  signal: AbortSignal,
): Promise<Outcome<Submitted>> {
  const operation = 'route53.ChangeResourceRecordSets'
  const answer = await mutate(operation, signal, (options) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          Comment: comment,
          Changes: changes.map(({ action, record }) => ({
            Action: action,
            ResourceRecordSet: toSdk(record),
          })),
        },
      }),
      options,
    ),
  )
  if (!answer.ok) return answer
  const id = answer.value.ChangeInfo?.Id
  if (id === undefined)
    return failed('ambiguous', operation, 'NoChangeInfo', 'Route 53 answered without a change id')
  const { requestId } = answer.value.$metadata
  return success({
    changeId: id.replace(/^\/change\//, ''),
    requestIds: requestId === undefined ? [] : [requestId],
  })
}

/** Where a change stands. `unknown`: Route 53 does not know the id (any more). */
export type ChangeState = Readonly<{ status: 'PENDING' | 'INSYNC' | 'unknown'; submittedAt?: WorldInstant }>

/** Asks whether every name server has a change. */
export async function readChange(
  { route53 }: Aws,
  id: string,
  signal: AbortSignal,
): Promise<Outcome<ChangeState>> {
  const answer = await read('route53.GetChange', signal, (options) =>
    route53.send(new GetChangeCommand({ Id: id }), options),
  )
  if (!answer.ok) return answer.failure.kind === 'not-found' ? success({ status: 'unknown' }) : answer
  const { Status: status, SubmittedAt: submitted } = answer.value.ChangeInfo ?? {}
  return success({
    status: status === 'INSYNC' || status === 'PENDING' ? status : 'unknown',
    ...(submitted === undefined ? {} : { submittedAt: fromDate(submitted) }),
  })
}

/**
 * One attempt of an act that is one batch. A batch is turned down when the zone is not as it was planned, which it is not
 * either when an earlier attempt had its effect and its answer was lost, and a zone that is busy may be busy with ours: what
 * the answer does not settle is for `settle`, which lists.
 */
export async function applyBatch(
  aws: Aws,
  zoneId: string,
  changes: readonly Change[],
  comment: string,
  settle: (failure: Failure) => Promise<Outcome<Applied>>,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const answer = await submit(aws, zoneId, changes, comment, signal)
  if (answer.ok) return success({ handle: answer.value.changeId, requestIds: answer.value.requestIds })
  const { failure } = answer
  const isUnclear =
    failure.kind === 'ambiguous' || failure.kind === 'throttled' || failure.code === 'InvalidChangeBatch'
  return isUnclear ? settle(failure) : answer
}

/** What a batch whose answer was lost, or that was turned down, answers when its effect is there. */
export function unnamed({ requestId }: Failure): Outcome<Applied> {
  return success({ handle: UNNAMED_CHANGE, requestIds: requestId === undefined ? [] : [requestId] })
}

/** Where the change of a handle stands; of one without a name nobody can be asked. */
export async function readHandle(
  aws: Aws,
  handle: string | undefined,
  signal: AbortSignal,
): Promise<Outcome<ChangeState>> {
  return handle === undefined || handle === UNNAMED_CHANGE
    ? success<ChangeState>({ status: 'unknown' })
    : readChange(aws, handle, signal)
}

/** The line that submits a batch with the AWS CLI alone. */
export function batchLine(
  zoneId: string,
  comment: string,
  changes: readonly Change[],
  environment: CompiledEnvironment,
): string {
  const batch = {
    Comment: comment,
    Changes: changes.map(({ action, record }) => ({ Action: action, ResourceRecordSet: record })),
  }
  const place = cliPlace(environment, ROUTE53_REGION)
  const what = ['--hosted-zone-id', zoneId, '--change-batch', JSON.stringify(batch)]
  return shellLine(['aws', 'route53', 'change-resource-record-sets', ...place, ...what])
}
