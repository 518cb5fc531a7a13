import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type ChangeAction,
} from '@aws-sdk/client-route-53'
import type { Outcome, WorldInstant } from '@firedrill/core'
import { failed, mutate, read, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { listRecordSets } from '../../route53/list-record-sets.ts'
import { differences, recordKey, recordLabel, toSdk, type RecordSet } from '../../route53/record-set.ts'
import { fromDate } from '../../world-date.ts'
import type { Capture } from './capture.ts'

/** One captured record set and what is in the zone under its name, type and set identifier now. */
export type Compared = Readonly<
  { captured: RecordSet } & (
    | { state: 'same' }
    | { state: 'missing' }
    | { state: 'changed'; differences: readonly string[]; found: RecordSet }
  )
>

/** Compares every captured record set with the zone as the control plane sees it now, pending changes included. */
export async function compare(
  aws: Aws,
  capture: Capture,
  signal: AbortSignal,
): Promise<Outcome<readonly Compared[]>> {
  const listed = await listRecordSets(aws, capture.zoneId, capture.name, signal)
  if (!listed.ok) return listed
  const now = new Map(listed.value.map((record) => [recordKey(record), record]))
  return success(
    capture.records.map((captured): Compared => {
      const found = now.get(recordKey(captured))
      if (found === undefined) return { captured, state: 'missing' }
      const differing = differences(captured, found)
      return differing.length === 0
        ? { captured, state: 'same' }
        : { captured, state: 'changed', differences: differing, found }
    }),
  )
}

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

/** What differs from the capture, in words, for everything that is neither missing nor the same. */
export function changedWords(compared: readonly Compared[]): string {
  return compared
    .flatMap((one) =>
      one.state === 'changed' ? [`${recordLabel(one.captured)}: ${one.differences.join(', ')}`] : [],
    )
    .join('; ')
}
