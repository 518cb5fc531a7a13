import type { Outcome, Recovered, UndoPlan } from '@firedrill/core'
import { success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { submit } from '../../route53/change-batch.ts'
import type { RecordSet } from '../../route53/record-set.ts'
import type { Capture } from './capture.ts'
import { batchProblem } from './plan.ts'
import { recoverStep } from './recover.ts'

/** One step's undo in a zone, with its capture as read. */
export type ZoneUndo = Readonly<{ undo: UndoPlan; capture: Capture }>

/**
 * Puts the records of several steps of one zone back in one batch, because a zone takes one batch at a time and an account
 * few calls a second. It creates and never overwrites: should any of them exist, Route 53 refuses the batch whole, and each
 * step is looked at on its own.
 */
export async function recoverZone(
  aws: Aws,
  undos: readonly ZoneUndo[],
  signal: AbortSignal,
): Promise<readonly Outcome<Recovered>[]> {
  const [first] = undos
  const records: RecordSet[] = undos.flatMap(({ capture }) => capture.records)
  if (first === undefined || batchProblem(records) !== undefined) return oneByOne(aws, undos, signal)
  const comment = `Firedrill undo of ${undos.length} steps`
  const changes = records.map((record) => ({ action: 'CREATE', record }) as const)
  const answer = await submit(aws, first.capture.zoneId, changes, comment, signal)
  if (answer.ok) {
    const { changeId, requestIds } = answer.value
    return undos.map(() => success({ requestIds, undoHandle: changeId }))
  }
  const { failure } = answer
  if (failure.kind === 'ambiguous' || failure.code === 'InvalidChangeBatch')
    return oneByOne(aws, undos, signal)
  return undos.map(() => answer)
}

async function oneByOne(
  aws: Aws,
  undos: readonly ZoneUndo[],
  signal: AbortSignal,
): Promise<readonly Outcome<Recovered>[]> {
  const outcomes: Outcome<Recovered>[] = []
  for (const { undo, capture } of undos) outcomes.push(await recoverAlone(aws, { undo, capture }, signal))
  return outcomes
}

/** The undo of one step: what is missing is put back, what somebody changed is left alone. */
export async function recoverAlone(
  aws: Aws,
  { undo, capture }: ZoneUndo,
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const done = await recoverStep(aws, capture, undo, signal)
  if (!done.ok) return done
  const { requestIds, changeId } = done.value
  return success(changeId === undefined ? { requestIds } : { requestIds, undoHandle: changeId })
}
