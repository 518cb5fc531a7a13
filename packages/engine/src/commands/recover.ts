import { RECOVER_POLICY, type RecoverReason, type RunEventBody, type UndoRecord } from '@firedrill/core'
import { withDeadline } from '../deadline.ts'
import { failureEvent } from '../failures.ts'
import type { EnginePorts } from '../ports.ts'
import { LEASE_LEFT_MIN_MS, type Tenure } from '../tenure.ts'

type Ports = Pick<EnginePorts, 'faults' | 'clock' | 'random' | 'undo' | 'crash'>

/** One attempt to take a step's fault out. Neither halt nor abort stops it; only losing the run to another worker does. */
export async function recover(
  tenure: Tenure,
  step: string,
  reason: RecoverReason,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'stopped'> {
  const { record, driver } = await undoOf(tenure, step, ports)
  if (!(await tenure.mayAct('recover'))) return 'stopped'
  await ports.crash(`recover:${step}:before-intent`)
  const attempt = (tenure.state.steps[step]?.recovery?.attempts ?? 0) + 1
  await tenure.record([{ type: 'recovery-requested', data: { step, reason, attempt } }])
  await ports.crash(`recover:${step}:after-intent`)
  const outcome = await withDeadline(ports.clock, LEASE_LEFT_MIN_MS, signal, (ends) =>
    driver.recover(record.plan, { environment: tenure.environment, signal: ends }),
  )
  await ports.crash(`recover:${step}:after-act`)
  if (!outcome.ok) {
    await tenure.record([
      failureEvent(tenure, outcome.failure, RECOVER_POLICY, ports.random.next(), { step, attempts: attempt })
        .event,
    ])
    return 'went-on'
  }
  const { undoHandle } = outcome.value
  await tenure.record(
    [{ type: 'recovery-accepted', data: { step, requestIds: [...outcome.value.requestIds] } }],
    undoHandle === undefined ? undefined : { undo: [{ ...record, plan: { ...record.plan, undoHandle } }] },
  )
  await ports.crash(`recover:${step}:after-record`)
  return 'went-on'
}

/** Describes the targets and compares them with the capture. Only what was seen is ever called restored. */
export async function confirmRecovery(
  tenure: Tenure,
  step: string,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'not-yet'> {
  const { record, driver } = await undoOf(tenure, step, ports)
  const outcome = await withDeadline(ports.clock, LEASE_LEFT_MIN_MS, signal, (ends) =>
    driver.confirmRecovered(record.plan, { environment: tenure.environment, signal: ends }),
  )
  if (!outcome.ok) {
    await tenure.record([
      failureEvent(tenure, outcome.failure, RECOVER_POLICY, ports.random.next(), { step }).event,
    ])
    return 'went-on'
  }
  const { observations } = outcome.value
  const known = tenure.state.steps[step]?.targets ?? {}
  const isNews = observations.some(
    (seen) => known[seen.target]?.injection !== seen.injection || known[seen.target]?.seen !== seen.seen,
  )
  const isOut = observations.every(
    ({ injection }) => injection === 'restored' || injection === 'replaced' || injection === 'spent',
  )
  if (isNews || isOut) {
    const event: RunEventBody = {
      type: 'restoration-observed',
      data: { step, observations: [...observations] },
    }
    await tenure.record([event], isOut ? { undo: [{ ...record, status: 'undone' }] } : undefined)
    await ports.crash(`recover:${step}:after-confirm`)
  }
  return isOut ? 'went-on' : 'not-yet'
}

async function undoOf(tenure: Tenure, step: string, ports: Pick<Ports, 'undo' | 'faults'>) {
  const record: UndoRecord | undefined = await ports.undo.get(tenure.id, step)
  if (record === undefined) throw new Error(`step ${step} has no stored undo plan`)
  const driver = ports.faults.get(record.plan.fault)
  if (driver === undefined)
    throw new Error(
      `this installation has no fault named ${record.plan.fault}; recover with the kit's commands`,
    )
  return { record, driver }
}
