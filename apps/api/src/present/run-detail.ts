import {
  decideRetry,
  decideSkip,
  decideTakeOver,
  isClean,
  isEnd,
  isPausable,
  isSettled,
  isSandbox,
  judgeApprovals,
  type Asked,
  type CompiledEnvironment,
  type CompiledRunbook,
  type CompiledScenario,
  type CompiledStep,
  type PlannedStep,
  type PlatformInstant,
  type RunRow,
  type StepState,
  type TargetState,
  type WorldInstant,
} from '@firedrill/core'
import type { FreezeView, ObjectiveProgress, RunDetail, StepView } from '@firedrill/contracts'
import type { JournalDigest } from './journal-digest.ts'
import { presentRunRunbook } from './run-runbook.ts'
import { presentRun } from './run-summary.ts'

/** Everything a run's page is made from. `now` and `worldNow` are the same moment. */
export type RunDetailSource = Readonly<{
  row: RunRow
  environment: CompiledEnvironment
  title: string
  scenario: CompiledScenario
  runbook?: CompiledRunbook | undefined
  digest: JournalDigest
  now: PlatformInstant
  worldNow: WorldInstant
  /** Freezes that began while it was under way. */
  freezes: readonly FreezeView[]
}>

/** A run with everything its page needs except events, samples and evidence. Pure. */
export function presentRunDetail(source: RunDetailSource): RunDetail {
  const { row, scenario, digest } = source
  const { state } = row
  return {
    ...presentRun(row),
    title: source.title,
    hypothesis: scenario.hypothesis,
    response: scenario.response,
    seed: state.seed,
    planHash: state.planHash ?? null,
    clock: { ...row.clock },
    now: { at: source.now, worldAt: source.worldNow },
    phases: [...digest.phases],
    steps: scenario.steps.map((step) => presentStep(step, source)),
    objectives: scenario.objectives.map((objective) => progress(objective, row)),
    guardrails: digest.guardrails,
    steadyState: digest.steadyState,
    measurement: state.measurement ?? null,
    abort: abortOf(row, digest),
    approval: approvalOf(source),
    runbook: presentRunRunbook(state, source.runbook),
    resumesTo: state.resumesTo ?? null,
    mayPause: isPausable(state.status),
    takenOver: state.takenOver === undefined ? null : { ...state.takenOver },
    mayTakeOver: decideTakeOver(state, '').refused === undefined,
    pages:
      state.pages === undefined
        ? null
        : { sent: state.pages.sent, lastAt: state.pages.lastAt ?? null, failures: state.pages.failures },
    freezes: [...source.freezes],
    retry:
      state.retry === undefined
        ? null
        : { attempt: state.retry.attempt, code: state.retry.code, at: state.retry.at ?? null },
  }
}

/** Approvals as they are judged now. Whether the targets are still those approved is asked of the cloud at preflight. */
function approvalOf({ row: { state }, scenario, environment, now }: RunDetailSource): RunDetail['approval'] {
  const { author, approvals: given = [], planHash: plan, status, resumesTo, declined } = state
  const { approvalsNeeded: needed, touch } = environment
  if (needed === 0) return null
  const judged = judgeApprovals({ given, plan, author, environment, now })
  return {
    needed,
    standing: judged.filter(({ flaw }) => flaw === undefined).length,
    isAsked: (status === 'paused' ? resumesTo : status) === 'awaiting-approval',
    author: author === undefined ? null : { id: author.id, name: author.name },
    mayBeOwn: isSandbox(environment),
    given: judged.map(({ approval: { by, reason, at, expiresAt, own }, flaw }) => ({
      by: by.name,
      reason,
      at,
      expiresAt,
      own,
      flaw: flaw ?? null,
    })),
    declined: declined === undefined ? null : { ...declined },
    ceiling: {
      targetsMax: Math.min(scenario.blastRadius.targetsMax, touch.blastRadius.targetsMax),
      percentMax: Math.min(scenario.blastRadius.percentMax, touch.blastRadius.percentMax),
    },
  }
}

function presentStep(step: CompiledStep, { row, digest, scenario }: RunDetailSource): StepView {
  const { state } = row
  const skipped = state.skipped?.[step.name]
  const common = {
    name: step.name,
    after: [...step.after],
    durationMs: step.durationMs,
    mayRetry: isAllowed(decideRetry(state, scenario, step.name, '')),
    maySkip: isAllowed(decideSkip(state, scenario, step.name, '')),
    ...given('skipped', skipped),
  }
  const current = state.steps[step.name]
  const planned = state.planned.find((entry) => entry.step === step.name)
  if (step.kind === 'wait') {
    const isDone = state.waited.includes(step.name)
    return { ...common, kind: 'wait', isDone, isKitAcknowledged: false, attempts: 0, targets: [] }
  }
  return {
    ...common,
    kind: 'inject',
    fault: step.fault,
    isDone: current?.injected !== undefined,
    isKitAcknowledged: current?.acknowledged ?? false,
    attempts: current?.attempts ?? 0,
    ...(planned === undefined
      ? {}
      : { restoration: planned.restoration, population: planned.population, capture: planned.capture }),
    ...given('handle', current?.handle),
    ...given('requestedWorldAt', current?.requestedAt),
    ...given('acceptedWorldAt', current?.acceptedAt),
    ...given('expiresWorldAt', current?.expiresAt),
    ...given('injected', current?.injected),
    ...given('recovery', recoveryOf(current, digest.verifiedAt[step.name])),
    targets: targetsOf(planned, current),
  }
}

/** True when a person may ask for it, and it would change something. */
function isAllowed({ refused, events }: Asked): boolean {
  return refused === undefined && events.length > 0
}

function recoveryOf(current: StepState | undefined, verifiedAt: number | undefined): StepView['recovery'] {
  if (current?.recovery === undefined) return undefined
  const { reason, requestedAt, requestedAtPlatform, attempts, verifiedAt: verifiedWorldAt } = current.recovery
  return {
    reason,
    requestedAt: requestedAtPlatform,
    requestedWorldAt: requestedAt,
    attempts,
    ...(verifiedWorldAt === undefined ? {} : { verifiedWorldAt, ...given('verifiedAt', verifiedAt) }),
  }
}

function targetsOf(planned: PlannedStep | undefined, current: StepState | undefined): StepView['targets'] {
  return (planned?.targets ?? []).map((target) => {
    const known: TargetState = current?.targets[target.id] ?? { injection: 'planned', seen: '' }
    const { injection, seen, foreign, decision } = known
    return {
      ...target,
      injection,
      seen,
      isClean: isClean(injection),
      isQuestion: foreign !== undefined && decision === undefined && !isSettled(injection),
      ...given('foreign', foreign),
      ...given('decision', decision),
    }
  })
}

/** The objective's clock runs from the moment the last fault was surely in until the response was seen or the run moved on. */
function progress(objective: CompiledScenario['objectives'][number], { state }: RunRow): ObjectiveProgress {
  const injected = Object.values(state.steps).flatMap((step) => step.injected?.lo ?? [])
  const result = state.measurement?.objectives.find((entry) => entry.objective === objective.name)
  const ended =
    state.responseSeenAt ??
    state.entered.settling ??
    (isEnd(state.status) ? state.entered[state.status] : undefined)
  return {
    name: objective.name,
    kind: objective.kind,
    maxMicros: objective.maxMs * 1000,
    sinceWorldAt: injected.length === 0 ? null : Math.min(...injected),
    untilWorldAt: injected.length === 0 ? null : (ended ?? null),
    verdict: result?.verdict ?? null,
    observed: result?.observed ?? null,
  }
}

/** Abort latency: from the wish to the last revert that was issued, and to the last that was verified. */
function abortOf({ state }: RunRow, digest: JournalDigest): RunDetail['abort'] {
  if (state.abort === undefined) return null
  const { reason, by, at, worldAt } = state.abort
  const touched = Object.entries(state.steps).filter(([, step]) => step.requestedAt !== undefined)
  const issued = touched.flatMap(([, step]) => step.recovery?.requestedAtPlatform ?? [])
  const verified = touched.flatMap(([name, step]) =>
    step.recovery?.verifiedAt === undefined ? [] : (digest.verifiedAt[name] ?? []),
  )
  return {
    reason,
    by,
    at,
    worldAt,
    lastRevertIssuedMicros: latency(touched.length, issued, at),
    lastRevertVerifiedMicros: latency(touched.length, verified, at),
  }
}

/** Known only when every step that was touched has its moment; a revert that was under way before the wish took no time. */
function latency(touched: number, moments: readonly number[], since: number): number | null {
  if (touched === 0 || moments.length < touched) return null
  return Math.max(0, Math.max(...moments) - since)
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}
