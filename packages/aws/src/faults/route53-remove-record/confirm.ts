import type { Injection, Outcome, Seen, UndoPlan } from '@firedrill/core'
import { success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { readHandle, UNNAMED_CHANGE, type ChangeState } from '../../route53/change-batch.ts'
import { recordTargetId } from '../../route53/record-set.ts'
import type { Capture } from './capture.ts'
import { compare, type Compared } from './compare.ts'

/**
 * Looks whether the records are gone, from the zone and from every name server.
 *
 * While the change is PENDING some name servers serve it and some do not: that is `unknown`, not `requested`, because
 * "not yet" would date the effect after users may have felt it.
 */
export async function confirmStep(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const compared = await compare(aws, capture, signal)
  if (!compared.ok) return compared
  const change = await readHandle(aws, undo.handle, signal)
  if (!change.ok) return change
  const { submittedAt } = change.value
  const isTakenOver = undo.handle === undefined && compared.value.every(({ state }) => state === 'missing')
  return success({
    observations: compared.value.map((one) => ({
      target: recordTargetId(capture.zoneId, one.captured),
      ...judge(one, change.value, undo),
    })),
    ...(submittedAt === undefined ? {} : { actedAt: submittedAt }),
    ...(isTakenOver ? { handle: UNNAMED_CHANGE } : {}),
  })
}

type Judged = Readonly<{ injection: Injection; seen: string }>

function judge(one: Compared, { status }: ChangeState, { handle }: UndoPlan): Judged {
  switch (one.state) {
    case 'missing':
      switch (status) {
        case 'INSYNC':
          return { injection: 'injected', seen: 'gone from the zone and from every name server' }
        case 'PENDING':
          return { injection: 'unknown', seen: 'gone from the zone, not yet from every name server' }
        case 'unknown':
          return { injection: 'injected', seen: 'gone from the zone; which change did it is not known' }
      }
    case 'same':
      return handle === undefined
        ? { injection: 'failed-to-inject', seen: 'in the zone as captured' }
        : { injection: 'unknown', seen: 'in the zone again: somebody put it back' }
    case 'changed':
      return { injection: 'unknown', seen: `changed by somebody else: ${one.differences.join(', ')}` }
  }
}
