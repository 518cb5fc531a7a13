import type { Outcome, Recovered, Seen, TargetSeen, UndoPlan } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { readHandle, submit, type ChangeState } from '../../route53/change-batch.ts'
import { inSyncByTime } from '../../route53/in-sync-by-time.ts'
import { recordText } from '../../route53/record-set.ts'
import { keyToken } from '../key-token.ts'
import type { Capture } from './capture.ts'
import { replace, standsOf, undoable, type Stand } from './stand.ts'
import { nameAndType } from './weights.ts'

/**
 * Gives the records back the weights they had before this step, in one batch that replaces exactly what the step made. What
 * somebody else changed is left alone, with all variants of its name and type since their shares are one decision, and answered as a
 * conflict after other types were put back; what a person decided to take back is replaced as it was found. When all is back
 * and the change that did it is not known it is written once more: only a change with an id can be seen on every name server.
 */
export async function recoverStep(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const listed = await standsOf(aws, capture, signal)
  if (!listed.ok) return listed
  const stands = undoable(listed.value, undo)
  const isTakenBack = ({ target }: Stand) => undo.decided?.overwrite.includes(target) === true
  const conflicts = stands.filter((stand) => stand.is === 'foreign' && !isTakenBack(stand))
  const disputed = new Set(conflicts.map(({ before }) => nameAndType(before)))
  const isBack = stands.length > 0 && stands.every(({ is }) => is === 'before')
  const isWrittenAgain = isBack && undo.undoHandle === undefined
  const changes = stands
    .filter(({ is, before }) => (is === 'before' ? isWrittenAgain : !disputed.has(nameAndType(before))))
    .flatMap(({ found, before }) => replace(found, before))
  if (changes.length > 0) {
    const comment = `Firedrill failback ${keyToken(undo.key)}`
    const answer = await submit(aws, capture.zoneId, changes, comment, signal)
    if (!answer.ok) return answer
    const { changeId, requestIds } = answer.value
    if (conflicts.length === 0) return success({ requestIds, undoHandle: changeId })
  }
  if (conflicts.length === 0) return success({ requestIds: [] })
  const words = conflicts.map(({ target, words: what }) => `${target}: ${what}`).join('; ')
  const message = `changed by somebody else, and not overwritten: ${words}`
  return failed('conflict', 'route53.ChangeResourceRecordSets', 'RecordInTheWay', message)
}

/** Compares every record with what it was before this step, field by field; `restored` once every name server has it. */
export async function confirmRecoveredStep(
  aws: Aws,
  capture: Capture,
  { undoHandle }: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const change = await readHandle(aws, undoHandle, signal)
  if (!change.ok) return change
  const { status } = change.value
  const stands = await standsOf(aws, capture, signal)
  if (!stands.ok) return stands
  return success({
    observations: stands.value.map((stand) => ({ target: stand.target, ...judge(stand, status) })),
  })
}

function judge(
  { is, before, after, found, words }: Stand,
  status: ChangeState['status'],
): Omit<TargetSeen, 'target'> {
  switch (is) {
    case 'after':
      return { injection: 'injected', seen: `still weight ${after.Weight ?? 0}` }
    case 'foreign':
      return {
        injection: 'unknown',
        seen: `changed by somebody else: ${words}`,
        foreign: {
          captured: recordText(before),
          ours: recordText(after),
          now: found === undefined ? 'no such record' : recordText(found),
        },
      }
    case 'before': {
      const weight = `weight ${before.Weight ?? 0} as before`
      if (status === 'INSYNC') return { injection: 'restored', seen: `${weight}, on every name server` }
      if (status === 'PENDING')
        return { injection: 'recovering', seen: `${weight}, not yet on every name server` }
      const seen = `${weight}; which change did it is not known`
      return { injection: 'recovering', seen, settles: inSyncByTime(seen) }
    }
  }
}
