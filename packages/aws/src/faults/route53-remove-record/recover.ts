import type { Failure, Outcome, Seen, TargetSeen, UndoPlan } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { readHandle, submit, type Change, type ChangeState } from '../../route53/change-batch.ts'
import { inSyncByTime } from '../../route53/in-sync-by-time.ts'
import { normalName, recordLabel, recordTargetId, recordText } from '../../route53/record-set.ts'
import { keyToken } from '../key-token.ts'
import type { Capture } from './capture.ts'
import { changedWords, compare, type Compared } from './compare.ts'

/** What taking the fault out did. `changeId` is there when this call put something back. */
export type Recovered = Readonly<{ requestIds: readonly string[]; changeId?: string }>

/**
 * Creates exactly what is missing, in one batch, and never overwrites unasked: CREATE fails on anything that exists.
 * Records of a name and type of which somebody changed one are left alone, since how Route 53 picks among them is one
 * decision; they are a `conflict` failure, answered after the others were put back. What a person decided to leave is not
 * touched; what a person decided to take back is deleted as it was found and created as it was captured, in one batch,
 * which Route 53 turns down when it has changed once more.
 *
 * When everything is back and the id of the change that did it is not known, because its answer was lost, the same records
 * are written once more: only a change with an id can be seen to be on every name server.
 */
export async function recoverStep(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const listed = await compare(aws, capture, signal)
  if (!listed.ok) return listed
  const { left = [], untouched = [], overwrite = [] } = undo.decided ?? {}
  const idOf = ({ captured }: Compared) => recordTargetId(capture.zoneId, captured)
  const compared = listed.value.filter((one) => !left.includes(idOf(one)) && !untouched.includes(idOf(one)))
  const isTakenBack = (one: Compared) => one.state === 'changed' && overwrite.includes(idOf(one))
  const conflicts = compared.filter((one) => one.state === 'changed' && !isTakenBack(one))
  const disputed = new Set(conflicts.map(nameAndType))
  const changes = compared.flatMap((one): readonly Change[] => {
    if (disputed.has(nameAndType(one)) || one.state === 'same') return []
    const create: Change = { action: 'CREATE', record: one.captured }
    return one.state === 'changed' ? [{ action: 'DELETE', record: one.found }, create] : [create]
  })
  const isBack = compared.length > 0 && compared.every(({ state }) => state === 'same')
  if (isBack && undo.undoHandle === undefined) return writeAgain(aws, capture, undo, compared, signal)
  const made =
    changes.length === 0
      ? success<Recovered>({ requestIds: [] })
      : await makeChanges(aws, capture, undo, changes, signal)
  return !made.ok || conflicts.length === 0 ? made : conflictOf(compared)
}

/** A batch that changes nothing and has an id: each record is deleted exactly as it is, and created the same. */
async function writeAgain(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  compared: readonly Compared[],
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const changes = compared.flatMap(({ captured }): readonly Change[] => [
    { action: 'DELETE', record: captured },
    { action: 'CREATE', record: captured },
  ])
  const answer = await submit(aws, capture.zoneId, changes, commentOf(undo), signal)
  return answer.ok ? success(answer.value) : answer
}

async function makeChanges(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const answer = await submit(aws, capture.zoneId, changes, commentOf(undo), signal)
  if (answer.ok) return success(answer.value)
  const { failure } = answer
  if (failure.code !== 'InvalidChangeBatch') return answer
  const records = changes.flatMap(({ action, record }) => (action === 'CREATE' ? [record] : []))
  return settle(aws, { ...capture, records }, failure, signal)
}

function commentOf(undo: UndoPlan): string {
  return `Firedrill undo ${keyToken(undo.key)}`
}

/** A batch that was turned down because somebody was quicker: what is back already is asked for again, with an id. */
async function settle(
  aws: Aws,
  capture: Capture,
  failure: Failure,
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const compared = await compare(aws, capture, signal)
  if (!compared.ok) return { ok: false, failure }
  if (compared.value.some(({ state }) => state === 'changed')) return conflictOf(compared.value)
  return { ok: false, failure }
}

function conflictOf(compared: readonly Compared[]): Outcome<never> {
  const left = compared
    .filter(({ state }) => state === 'missing')
    .map(({ captured }) => recordLabel(captured))
  const message = `changed by somebody else, and not overwritten: ${changedWords(compared)}`
  const still = left.length === 0 ? '' : `; still missing: ${left.join(', ')}`
  return failed('conflict', 'route53.ChangeResourceRecordSets', 'RecordInTheWay', message + still)
}

function nameAndType({ captured }: Compared): string {
  return `${normalName(captured.Name)}|${captured.Type}`
}

/**
 * Compares every record set with its capture, field by field. They are `restored` only once every name server has them:
 * `changeId` is the batch that put them back, of which Route 53 can be asked. Without it only time can tell.
 */
export async function confirmRecoveredStep(
  aws: Aws,
  capture: Capture,
  changeId: string | undefined,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const compared = await compare(aws, capture, signal)
  if (!compared.ok) return compared
  const change = await readHandle(aws, changeId, signal)
  if (!change.ok) return change
  return success({
    observations: compared.value.map((one) => ({
      target: recordTargetId(capture.zoneId, one.captured),
      ...judge(one, change.value),
    })),
  })
}

function judgeBack(status: ChangeState['status']): Omit<TargetSeen, 'target'> {
  switch (status) {
    case 'INSYNC':
      return { injection: 'restored', seen: 'as captured, on every name server' }
    case 'PENDING':
      return { injection: 'recovering', seen: 'as captured in the zone, not yet on every name server' }
    case 'unknown': {
      const seen = 'as captured in the zone; which change did it is not known'
      return {
        injection: 'recovering',
        seen: `${seen}, so neither whether every name server has it`,
        settles: inSyncByTime(seen),
      }
    }
  }
}

function judge(one: Compared, { status }: ChangeState): Omit<TargetSeen, 'target'> {
  switch (one.state) {
    case 'missing':
      return { injection: 'injected', seen: 'missing from the zone' }
    case 'changed':
      return {
        injection: 'unknown',
        seen: `changed by somebody else: ${one.differences.join(', ')}`,
        foreign: { captured: recordText(one.captured), ours: 'no such record', now: recordText(one.found) },
      }
    case 'same':
      return judgeBack(status)
  }
}
