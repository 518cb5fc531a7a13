import {
  isRestored,
  plusMs,
  platformInstant,
  RECOVER_POLICY,
  type FaultDriver,
  type Outcome,
  type RecoverReason,
  type RunEventBody,
  type StepState,
  type TargetSeen,
  type UndoRecord,
} from '@firedrill/core'
import { ACT_TIMEOUT_MS, callOut, LOOK_TIMEOUT_MS } from '../call-out.ts'
import { everyTarget } from '../every-target.ts'
import { failureEvent } from '../failures.ts'
import type { EnginePorts } from '../ports.ts'
import type { RunMemory } from '../run-memory.ts'
import type { Tenure } from '../tenure.ts'

type Ports = Pick<EnginePorts, 'faults' | 'clock' | 'random' | 'undo' | 'crash'>

/**
 * How long an attempt to inject that nobody answered may still take effect: on the way there in platform time, and until
 * the service's own lists show it in world time. Until both are over nothing is called restored.
 */
const UNANSWERED_PLATFORM_MS = 3000
const UNANSWERED_WORLD_MS = 30_000

/** Words that change without anything else are journaled no more often than this, in world time. */
const WORDS_EVERY_MS = 60_000

/** One attempt to take a step's fault out. Neither halt nor abort stops it; only losing the run to another worker does. */
export async function recover(
  tenure: Tenure,
  step: string,
  reason: RecoverReason,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'stopped'> {
  if ((await tenure.mayAct('recover')) !== 'go') return 'stopped'
  await ports.crash(`recover:${step}:before-intent`)
  const attempt = (tenure.state.steps[step]?.recovery?.attempts ?? 0) + 1
  const undo = await undoOf(tenure, step, ports)
  const gone =
    attempt === 1 && AS_PLANNED.includes(reason) && undo.ok
      ? await alreadyGone(tenure, step, undo.value, ports, signal)
      : []
  const about = gone.length === 0 ? {} : { gone: [...gone] }
  await tenure.record([{ type: 'recovery-requested', data: { step, reason, attempt, ...about } }])
  await ports.crash(`recover:${step}:after-intent`)
  const site = { operation: `${step}.recover`, timeoutMs: ACT_TIMEOUT_MS, isAct: true, mayGoOn: tenure.holds }
  const outcome = undo.ok
    ? await callOut(ports.clock, site, signal, (ends) =>
        undo.value.driver.recover(undo.value.record.plan, { environment: tenure.environment, signal: ends }),
      )
    : undo
  await ports.crash(`recover:${step}:after-act`)
  if (!outcome.ok || !undo.ok) {
    if (!outcome.ok) await recordFailure(tenure, step, outcome.failure, 'recover', ports)
    return 'went-on'
  }
  const { record } = undo.value
  const { undoHandle } = outcome.value
  await tenure.record(
    [{ type: 'recovery-accepted', data: { step, requestIds: [...outcome.value.requestIds] } }],
    undoHandle === undefined ? undefined : { undo: [{ ...record, plan: { ...record.plan, undoHandle } }] },
  )
  await ports.crash(`recover:${step}:after-record`)
  return 'went-on'
}

/** Reasons for which a fault should still be in when it is asked to go. */
const AS_PLANNED: readonly RecoverReason[] = ['response-seen', 'observed-long-enough']

/**
 * Targets that are as captured before anybody asked: somebody else put them back, or the fault ended by itself. A
 * recovery that was seen while the fault was going says nothing about the response, so the run cannot be held.
 */
async function alreadyGone(
  tenure: Tenure,
  step: string,
  { driver, record }: Readonly<{ driver: FaultDriver; record: UndoRecord }>,
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // The end that the cloud itself was told to make is known, and bounds the figures elsewhere.
  const expiresAt = tenure.state.steps[step]?.expiresAt
  if (driver.expiry === 'native' && expiresAt !== undefined && expiresAt <= tenure.worldNow()) return []
  const site = { operation: `${step}.confirmRecovered`, timeoutMs: LOOK_TIMEOUT_MS, isAct: false }
  const look = await callOut(ports.clock, site, signal, (ends) =>
    driver.confirmRecovered(record.plan, { environment: tenure.environment, signal: ends }),
  )
  if (!look.ok) return []
  return look.value.observations.flatMap(({ target, injection }) => (isRestored(injection) ? [target] : []))
}

/** Describes the targets and compares them with the capture. Only what was seen is ever called restored. */
export async function confirmRecovery(
  tenure: Tenure,
  step: string,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'not-yet'> {
  const undo = await undoOf(tenure, step, ports)
  const site = { operation: `${step}.confirmRecovered`, timeoutMs: LOOK_TIMEOUT_MS, isAct: false }
  const outcome = undo.ok
    ? await callOut(ports.clock, site, signal, (ends) =>
        undo.value.driver.confirmRecovered(undo.value.record.plan, {
          environment: tenure.environment,
          signal: ends,
        }),
      )
    : undo
  if (!outcome.ok || !undo.ok) {
    if (!outcome.ok) await recordFailure(tenure, step, outcome.failure, undefined, ports)
    return 'went-on'
  }
  const current = tenure.state.steps[step]
  const described = everyTarget(Object.keys(current?.targets ?? {}), outcome.value.observations)
  const observations = isAnswerOpen(current, tenure) ? described.map(doubted) : described
  const known = current?.targets ?? {}
  const isNews = observations.some((seen) => known[seen.target]?.injection !== seen.injection)
  const isOut = observations.every(({ injection }) => isRestored(injection))
  const hasNewWords = observations.some((seen) => known[seen.target]?.seen !== seen.seen)
  const isTimeForWords = () =>
    memory.isTimeFor(tenure.id, `words of ${step}`, tenure.worldNow(), WORDS_EVERY_MS)
  if (isNews || isOut || (hasNewWords && isTimeForWords())) {
    const event: RunEventBody = { type: 'restoration-observed', data: { step, observations } }
    const { record } = undo.value
    await tenure.record([event], isOut ? { undo: [{ ...record, status: 'undone' }] } : undefined)
    await ports.crash(`recover:${step}:after-confirm`)
  }
  return isOut ? 'went-on' : 'not-yet'
}

/** True while an attempt to inject that got no answer may still be on its way. */
function isAnswerOpen(step: StepState | undefined, tenure: Tenure): boolean {
  const last = step?.doubts?.at(-1)
  if (last === undefined) return false
  const openMs = Math.max(UNANSWERED_PLATFORM_MS, UNANSWERED_WORLD_MS / tenure.clock.rate)
  return tenure.now() < plusMs(platformInstant(last), openMs)
}

function doubted(seen: TargetSeen): TargetSeen {
  return isRestored(seen.injection)
    ? {
        ...seen,
        injection: 'recovering',
        seen: `${seen.seen}; a request to break it got no answer and may still arrive`,
      }
    : seen
}

async function recordFailure(
  tenure: Tenure,
  step: string,
  failure: Parameters<typeof failureEvent>[1],
  act: 'recover' | undefined,
  ports: Ports,
): Promise<void> {
  const attempt = (tenure.state.steps[step]?.recovery?.failures ?? 0) + 1
  const call = act === undefined ? { step, attempt } : { step, attempt, act }
  await tenure.record([failureEvent(tenure, failure, RECOVER_POLICY, ports.random.next(), call).event])
}

/** A missing plan or driver is a failure like any other, so that it holds up no other step and a person is called. */
async function undoOf(
  tenure: Tenure,
  step: string,
  ports: Pick<Ports, 'undo' | 'faults'>,
): Promise<Outcome<Readonly<{ record: UndoRecord; driver: FaultDriver }>>> {
  const missing = (code: string, message: string) =>
    ({ ok: false, failure: { kind: 'invalid', operation: `${step}.recover`, code, message } }) as const
  const record: UndoRecord | undefined = await ports.undo.get(tenure.id, step)
  if (record === undefined) return missing('NoUndoPlan', `step ${step} has no stored undo plan`)
  const driver = ports.faults.get(record.plan.fault)
  if (driver !== undefined) return { ok: true, value: { record, driver } }
  const { fault } = record.plan
  return missing('NoDriver', `this installation has no fault named ${fault}; recover with the kit's commands`)
}
