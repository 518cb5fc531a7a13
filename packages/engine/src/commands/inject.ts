import {
  calendarRefusal,
  decideAbort,
  dirtySteps,
  hasDeadMan,
  INJECT_POLICY,
  isPuttingIn,
  plusMs,
  RESTORE_GRACE_MS,
  type Failure,
  type InjectStep,
  type RunEventBody,
  type RunState,
  type Seen,
  type StepPlan,
  type TargetSeen,
  type UndoPlan,
  type WorldInstant,
} from '@firedrill/core'
import { ACT_TIMEOUT_MS, callOut, LOOK_TIMEOUT_MS } from '../call-out.ts'
import { everyTarget } from '../every-target.ts'
import { failureEvent } from '../failures.ts'
import { freezesAhead } from '../gather-facts.ts'
import { findPlan } from '../plan-file.ts'
import type { EnginePorts } from '../ports.ts'
import type { RunMemory } from '../run-memory.ts'
import type { Tenure } from '../tenure.ts'
import { undoHash, undoRecord } from '../undo-record.ts'
import { armDeadMan } from './dead-man.ts'

type Ports = Pick<
  EnginePorts,
  'evidence' | 'faults' | 'calls' | 'random' | 'sha256' | 'undo' | 'crash' | 'calendars'
>

/** How long an accepted fault may take to show on its targets before the drill is given up, in world time. */
const CONFIRM_WITHIN_MS = 600_000

/** The fault may stay in until here; past it the reaper takes it out whatever the worker does. */
function expiry(tenure: Tenure, step: InjectStep, from: WorldInstant): WorldInstant {
  return plusMs(from, step.durationMs + (tenure.scenario.response === 'restore' ? RESTORE_GRACE_MS : 0))
}

/** Stores how to take the fault out again, before anything is put in, and lets the reaper take its own copy. */
export async function prepareUndo(tenure: Tenure, step: InjectStep, ports: Ports): Promise<void> {
  const closed = await closedMeanwhile(tenure, ports)
  if (closed !== undefined) return giveUp(tenure, `step ${step.name} is not put in: ${closed}`)
  const driver = driverOf(ports, step)
  const frozen = await frozenStep(tenure, step.name, ports)
  if (frozen === undefined) return giveUp(tenure, PLAN_GONE)
  // A step that is tried again is another act: the cloud must not take it for the one that failed.
  const round = tenure.state.steps[step.name]?.round ?? 0
  const again = round === 0 ? '' : `/${round}`
  const key = ports.sha256(`${tenure.id}/${step.name}${again}`).slice(0, 40)
  const plan = driver.undo(step, frozen, key, tenure.environment)
  const expiresAt = expiry(tenure, step, tenure.worldNow())
  const undo = undoRecord(
    {
      teamId: tenure.state.teamId,
      runId: tenure.id,
      step: step.name,
      plan,
      expiresAt,
      environmentHash: tenure.state.environment.hash,
      status: 'prepared',
    },
    ports.sha256,
  )
  await tenure.recordIf(
    (state) => isPuttingIn(state.status) && state.steps[step.name]?.undo === undefined,
    () => [{ type: 'undo-prepared', data: { step: step.name, undo: undo.hash, expiresAt } }],
    { undo: [undo] },
  )
}

/** A freeze that began, or a window that ended, since the first fault went in: what is in is undone, nothing is added to it. */
async function closedMeanwhile(tenure: Tenure, ports: Ports): Promise<string | undefined> {
  if (dirtySteps(tenure.state).length === 0) return undefined
  const about = { teamId: tenure.state.teamId, environment: tenure.environment, now: tenure.now() }
  return calendarRefusal({ ...about, calendarFreezes: await freezesAhead(about, ports) })
}

/** Intent, guard, act, record. At most one attempt; what its answer does not settle, `confirmInjection` finds out. */
export async function inject(
  tenure: Tenure,
  step: InjectStep,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'stopped'> {
  const driver = driverOf(ports, step)
  const failed = (attempt: number) => ({ step: step.name, act: 'inject', attempt }) as const
  const record = await ports.undo.get(tenure.id, step.name)
  const frozen = await frozenStep(tenure, step.name, ports)
  if (frozen === undefined || record === undefined) {
    await giveUp(
      tenure,
      frozen === undefined ? PLAN_GONE : `the stored undo plan of step ${step.name} is gone`,
    )
    return 'went-on'
  }
  if (undoHash(record.plan, ports.sha256) !== tenure.state.steps[step.name]?.undo) {
    await giveUp(tenure, `the undo plan of step ${step.name} is not the one that was acknowledged`)
    return 'went-on'
  }
  if (!(await mayInject(tenure))) return 'stopped'
  const arming = {
    step,
    driver,
    undo: record.plan,
    expiresAt: () => expiry(tenure, step, tenure.worldNow()),
    mayAct: () => mayInject(tenure),
  }
  const armed = await armDeadMan(tenure, arming, ports, signal)
  if (armed.now === 'refused') {
    await giveUp(tenure, `step ${step.name} is not put in: ${armed.why}`)
    return 'went-on'
  }
  if (armed.now !== 'ready') return armed.now
  await ports.crash(`inject:${step.name}:before-intent`)
  const attempt = (tenure.state.steps[step.name]?.attempts ?? 0) + 1
  const intended = await tenure.recordIf(
    (state) => isPuttingIn(state.status) && state.steps[step.name]?.acknowledged === true,
    ({ worldNow }) => [
      {
        type: 'injection-requested',
        data: { step: step.name, key: record.plan.key, attempt, expiresAt: expiry(tenure, step, worldNow) },
      },
    ],
    { undo: [{ ...record, status: 'live', expiresAt: expiry(tenure, step, tenure.worldNow()) }] },
  )
  if (!intended.done) return 'went-on'
  await ports.crash(`inject:${step.name}:after-intent`)
  if (!(await mayInject(tenure))) {
    await tenure.record([
      failureEvent(tenure, NOT_SENT, INJECT_POLICY, ports.random.next(), failed(attempt)).event,
    ])
    return 'stopped'
  }
  const site = {
    operation: `${step.fault}.apply`,
    timeoutMs: ACT_TIMEOUT_MS,
    isAct: true,
    mayGoOn: tenure.holds,
  }
  const outcome = await callOut(ports.calls, site, signal, (ends) =>
    driver.apply(step, frozen, record.plan.key, {
      environment: tenure.environment,
      signal: ends,
    }),
  )
  await ports.crash(`inject:${step.name}:after-act`)
  if (!outcome.ok) {
    await tenure.record([
      failureEvent(tenure, outcome.failure, INJECT_POLICY, ports.random.next(), failed(attempt)).event,
    ])
    return 'went-on'
  }
  await tenure.record(
    [
      {
        type: 'injection-accepted',
        data: { step: step.name, handle: outcome.value.handle, requestIds: [...outcome.value.requestIds] },
      },
    ],
    { undo: [liveRecord(tenure, step, { ...record.plan, handle: outcome.value.handle }, ports)] },
  )
  await ports.crash(`inject:${step.name}:after-record`)
  return 'went-on'
}

/** The guard said no between intent and act: of this attempt nothing can still come. */
const NOT_SENT: Failure = {
  kind: 'transient',
  operation: 'engine.guard',
  code: 'NotSent',
  message: 'the guard said no before anything was sent',
}

/** Asks the guard. Where the halt is what forbids the act, the run is aborted, so that it does not wait for the halt's end. */
async function mayInject(tenure: Tenure): Promise<boolean> {
  const guarded = await tenure.mayAct('inject')
  if (guarded === 'stopped')
    await tenure.recordDecided((state) => decideAbort(state, 'it is set', 'halt').events)
  return guarded === 'go'
}

function liveRecord(tenure: Tenure, step: InjectStep, plan: UndoPlan, ports: Pick<Ports, 'sha256'>) {
  const expiresAt = (tenure.state.steps[step.name]?.expiresAt ?? tenure.worldNow()) as WorldInstant
  return undoRecord(
    {
      teamId: tenure.state.teamId,
      runId: tenure.id,
      step: step.name,
      plan,
      expiresAt,
      environmentHash: tenure.state.environment.hash,
      status: 'live',
    },
    ports.sha256,
  )
}

/**
 * Describes the targets. Settles an act whose answer was lost: found by its key it is taken over, seen not to have
 * happened it is tried again with the same key. `memory` holds the last look that
 * surely showed no effect.
 */
export async function confirmInjection(
  tenure: Tenure,
  step: InjectStep,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'not-yet' | 'again'> {
  const driver = driverOf(ports, step)
  const record = await ports.undo.get(tenure.id, step.name)
  if (record === undefined) {
    await takeOut(tenure, `the stored undo plan of step ${step.name} is gone, so it cannot be confirmed`)
    return 'went-on'
  }
  const looked = tenure.worldNow()
  const site = { operation: `${step.fault}.confirm`, timeoutMs: LOOK_TIMEOUT_MS, isAct: false }
  const outcome = await callOut(ports.calls, site, signal, (ends) =>
    driver.confirm(record.plan, { environment: tenure.environment, signal: ends }),
  )
  if (!outcome.ok) {
    const failed = failureEvent(tenure, outcome.failure, INJECT_POLICY, ports.random.next(), {
      step: step.name,
    })
    await tenure.record([failed.event])
    if (failed.givesUp) {
      const { code, message } = outcome.failure
      await takeOut(tenure, `step ${step.name} could not be confirmed: ${code} ${message}`)
    }
    return 'went-on'
  }
  const current = tenure.state.steps[step.name]
  const seen: Seen = {
    ...outcome.value,
    observations: everyTarget(Object.keys(current?.targets ?? {}), outcome.value.observations),
  }
  const neverHappened = seen.observations.every(({ injection }) => injection === 'failed-to-inject')
  // An intent without an outcome (the worker died, or the guard said no) may be carried out; a refused one may not.
  const isTurnedDown = tenure.state.retry !== undefined && tenure.state.retry.at === undefined
  const mayRetry = !isTurnedDown && (current?.attempts ?? 0) < INJECT_POLICY.attemptsMax
  if (neverHappened && current?.acceptedAt === undefined && mayRetry) {
    // While the run is held nothing is put in, and what would be tried again has not failed.
    if (tenure.state.status === 'paused') return 'not-yet'
    if (isPuttingIn(tenure.state.status)) return 'again'
  }
  const events = [
    ...takenOver(tenure, step, seen),
    ...observed(tenure.state, step, seen, memory.lastLook(tenure.id, step.name)),
  ]
  if (events.length > 0) {
    const plan = seen.handle === undefined ? record.plan : { ...record.plan, handle: seen.handle }
    await tenure.record(events, { undo: [liveRecord(tenure, step, plan, ports)] })
  }
  const isNotIn = ({ injection }: TargetSeen) => injection === 'requested' || injection === 'failed-to-inject'
  if (seen.observations.every(isNotIn)) memory.looked(tenure.id, step.name, looked)
  const isSettled = seen.observations.every(
    ({ injection }) => injection === 'injected' || injection === 'failed-to-inject',
  )
  if (isSettled) return 'went-on'
  const since = current?.requestedAt ?? looked
  if (looked - since > CONFIRM_WITHIN_MS * 1000) {
    await takeOut(tenure, `step ${step.name} did not show on its targets in time`)
    return 'went-on'
  }
  return 'not-yet'
}

/** Leaves the injection for the undo; a pause does not keep it from that. */
async function takeOut(tenure: Tenure, why: string): Promise<void> {
  await tenure.recordDecided((state) =>
    isPuttingIn(state.status) || state.status === 'paused'
      ? [{ type: 'status-changed', data: { from: state.status, to: 'recovering', why } }]
      : [],
  )
}

const PLAN_GONE =
  'the frozen plan of this run is missing from the evidence store, and nothing is done without it'

/** One step of the frozen plan, or undefined when the evidence is gone: then nothing is injected, and nothing thrown. */
async function frozenStep(
  tenure: Tenure,
  step: string,
  { evidence }: Pick<Ports, 'evidence'>,
): Promise<StepPlan | undefined> {
  const file = await findPlan(evidence, tenure.state.planHash ?? '')
  return file?.steps.find((entry) => entry.step === step)?.plan
}

/** Nothing more is injected: what is in goes out, and when nothing is the run is refused. */
async function giveUp(tenure: Tenure, why: string): Promise<void> {
  await tenure.recordDecided((state) =>
    isPuttingIn(state.status)
      ? [
          {
            type: 'status-changed',
            data: { from: state.status, to: isUntouched(state) ? 'refused' : 'recovering', why },
          },
        ]
      : [],
  )
}

/** Nothing was ever asked for, and no dead man waits to be called off. */
function isUntouched(state: RunState): boolean {
  return dirtySteps(state).length === 0 && !hasDeadMan(state)
}

function takenOver(tenure: Tenure, step: InjectStep, seen: Seen): readonly RunEventBody[] {
  const isAccepted = tenure.state.steps[step.name]?.acceptedAt !== undefined
  if (isAccepted || seen.handle === undefined) return []
  return [{ type: 'injection-accepted', data: { step: step.name, handle: seen.handle, requestIds: [] } }]
}

function observed(
  state: RunState,
  step: InjectStep,
  seen: Seen,
  lastLook: WorldInstant | undefined,
): readonly RunEventBody[] {
  const known = state.steps[step.name]?.targets ?? {}
  const isNews = (entry: TargetSeen) => known[entry.target]?.injection !== entry.injection
  if (!seen.observations.some(isNews)) return []
  return [
    {
      type: 'injection-observed',
      data: {
        step: step.name,
        observations: [...seen.observations],
        ...(lastLook === undefined ? {} : { after: lastLook }),
        ...(seen.actedAt === undefined ? {} : { actedAt: seen.actedAt }),
      },
    },
  ]
}

function driverOf(ports: Pick<Ports, 'faults'>, step: InjectStep) {
  const driver = ports.faults.get(step.fault)
  if (driver === undefined)
    throw new Error(`this installation has no fault named ${step.fault}, although it was planned`)
  return driver
}
