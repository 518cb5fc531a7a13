import type { Failure, Injection, Outcome, Seen, UndoPlan } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { normalName, recordLabel, recordTargetId } from '../../route53/record-set.ts'
import { keyToken } from '../key-token.ts'
import type { Capture } from './capture.ts'
import { changedWords, compare, readChange, submit, type ChangeState, type Compared } from './change.ts'

/** What taking the fault out did. `changeId` is there when this call put something back. */
export type Recovered = Readonly<{ requestIds: readonly string[]; changeId?: string }>

/**
 * Creates exactly what is missing, in one batch, and never overwrites: CREATE fails on anything that exists. Records of a
 * name and type of which somebody changed one are left alone, since how Route 53 picks among them is one decision; they
 * are a `conflict` failure, answered after the others were put back.
 */
export async function recoverStep(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const compared = await compare(aws, capture, signal)
  if (!compared.ok) return compared
  const disputed = new Set(compared.value.filter(({ state }) => state === 'changed').map(nameAndType))
  const missing = compared.value.filter((one) => one.state === 'missing' && !disputed.has(nameAndType(one)))
  const created =
    missing.length === 0
      ? success<Recovered>({ requestIds: [] })
      : await createMissing(aws, capture, undo, missing, signal)
  if (!created.ok || disputed.size === 0) return created
  return conflictOf(compared.value)
}

async function createMissing(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  missing: readonly Compared[],
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const records = missing.map(({ captured }) => captured)
  const comment = `Firedrill undo ${keyToken(undo.key)}`
  const answer = await submit(aws, capture.zoneId, 'CREATE', records, comment, signal)
  if (answer.ok) return success(answer.value)
  const { failure } = answer
  if (failure.kind !== 'ambiguous' && failure.code !== 'InvalidChangeBatch') return answer
  return settle(aws, { ...capture, records }, failure, signal)
}

/** Whether a batch whose answer was lost or refused is nevertheless in: somebody, perhaps we, was quicker. */
async function settle(
  aws: Aws,
  capture: Capture,
  failure: Failure,
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const compared = await compare(aws, capture, signal)
  if (!compared.ok) return { ok: false, failure }
  if (compared.value.every(({ state }) => state === 'same')) return success({ requestIds: [] })
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
 * Compares every record set with its capture, field by field. `changeId` is the batch that put them back, when it is
 * known: then they are `restored` only once every name server has them.
 */
export async function confirmRecoveredStep(
  aws: Aws,
  capture: Capture,
  changeId: string | undefined,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const compared = await compare(aws, capture, signal)
  if (!compared.ok) return compared
  const change =
    changeId === undefined
      ? success<ChangeState>({ status: 'unknown' })
      : await readChange(aws, changeId, signal)
  if (!change.ok) return change
  return success({
    observations: compared.value.map((one) => ({
      target: recordTargetId(capture.zoneId, one.captured),
      ...judge(one, change.value),
    })),
  })
}

function judge(one: Compared, { status }: ChangeState): Readonly<{ injection: Injection; seen: string }> {
  switch (one.state) {
    case 'missing':
      return { injection: 'injected', seen: 'missing from the zone' }
    case 'changed':
      return { injection: 'unknown', seen: `changed by somebody else: ${one.differences.join(', ')}` }
    case 'same':
      return status === 'PENDING'
        ? { injection: 'recovering', seen: 'as captured in the zone, not yet on every name server' }
        : {
            injection: 'restored',
            seen: status === 'INSYNC' ? 'as captured, on every name server' : 'as captured in the zone',
          }
  }
}
