import { runDetailSchema, type RunDetail, type RunSummary, type TimelineEvent } from '@firedrill/contracts'
import { fakeHash, platform, STORY_RATE, world } from './clock.ts'
import { measurementOf, OBJECTIVES, type Limits } from './measured.ts'
import { EXPIRES, STEP, TARGETS, type Line } from './script.ts'

/** A told run: which lines have happened, at which moment, under which objectives. */
export type Told = Readonly<{
  id: string
  number: number
  lines: readonly Line[]
  nowSeconds: number
  limits: Limits
  /** What this run has that its lines do not tell. */
  change?: (run: RunDetail) => RunDetail
}>

/** The journal of a told run as the API would answer it. */
export function eventsOf({ id, lines }: Told): readonly TimelineEvent[] {
  return lines.map(({ s, type, tone, summary, step, by, data }, index) => ({
    seq: index + 1,
    v: 1,
    type,
    tone,
    summary,
    at: platform(s),
    worldAt: world(s),
    actor:
      by === undefined
        ? { kind: 'worker', id: 'wrk_1', name: 'worker-1' }
        : { kind: 'person', id: by, name: by },
    data: { ...data },
    hash: fakeHash(`${id}${index}`),
    ...(step === undefined ? {} : { step }),
  }))
}

/** The run as the API would answer it, checked against the contract. */
export function detailOf(told: Told): RunDetail {
  const detail = plainDetailOf(told)
  return told.change === undefined ? detail : runDetailSchema.parse(told.change(detail))
}

function plainDetailOf(told: Told): RunDetail {
  const { lines, nowSeconds } = told
  const phases = phasesOf(lines)
  const status = phases.at(-1)?.status ?? 'booked'
  const isOver = status === 'closed'
  const abortLine = lines.find(({ type }) => type === 'abort-requested')
  const isMeasured = lines.some(({ type }) => type === 'measured') || (isOver && abortLine !== undefined)
  const measurement = isMeasured
    ? measurementOf(told.limits, { isFinal: isOver, isAborted: abortLine !== undefined })
    : null
  const step = stepOf(lines)
  const injected = step.injected?.lo ?? null
  const seenAt = secondsOf(lines, 'response-seen')
  const verified = step.recovery?.verifiedAt
  return runDetailSchema.parse({
    ...summaryFields(told),
    status,
    isOver,
    verdict: measurement?.verdict ?? null,
    isProvisional: measurement?.provisional ?? true,
    reason: measurement?.reason ?? '',
    isAborted: abortLine !== undefined,
    mayBeBroken: step.targets.some(({ isClean }) => !isClean),
    seq: lines.length,
    title: 'All primary web instances stop',
    hypothesis:
      'With the primary web tier gone, checkout is served from the standby Region within five minutes, and the availability alarm tells us within three.',
    response: 'automatic',
    seed: 7,
    planHash: lines.some(({ type }) => type === 'planned') ? fakeHash('plan') : null,
    clock: { anchorPlatform: platform(0), anchorWorld: world(0), rate: STORY_RATE },
    now: { at: platform(nowSeconds), worldAt: world(nowSeconds) },
    phases,
    steps: [step],
    objectives: OBJECTIVES.map(({ name, kind, max }) => {
      const result = measurement?.objectives.find(({ objective }) => objective === name)
      return {
        name,
        kind,
        maxMicros: max(told.limits) * 1_000_000,
        sinceWorldAt: injected,
        untilWorldAt:
          injected === null || (seenAt === undefined && !isOver) ? null : world(seenAt ?? nowSeconds),
        verdict: result?.verdict ?? null,
        observed: result?.observed ?? null,
      }
    }),
    guardrails: guardrailsOf(lines),
    steadyState: lines.some(({ type }) => type === 'steady-state-checked')
      ? { at: platform(63.5), holds: true, seen: '360 of 360 probes good in 60 s' }
      : null,
    measurement,
    abort:
      abortLine === undefined
        ? null
        : {
            reason: String(abortLine.data?.['reason']),
            by: 'M. Okafor',
            at: platform(abortLine.s),
            worldAt: world(abortLine.s),
            lastRevertIssuedMicros: platform(0.3) - platform(0),
            lastRevertVerifiedMicros: verified === undefined ? null : verified - platform(abortLine.s),
          },
    approval: null,
    retry: null,
    resumesTo: null,
    mayPause: !isOver && abortLine === undefined,
    takenOver: null,
    mayTakeOver: false,
    pages: null,
    freezes: [],
    runbook: null,
  } satisfies RunDetail)
}

/** The run as lists show it. */
export function summaryOf(told: Told): RunSummary {
  const { status, isOver, verdict, isProvisional, reason, isAborted, mayBeBroken, seq } = detailOf(told)
  return {
    ...summaryFields(told),
    status,
    isOver,
    verdict,
    isProvisional,
    reason,
    isAborted,
    mayBeBroken,
    seq,
  }
}

function summaryFields({ id, number }: Told) {
  return {
    id,
    number,
    drillId: 'drl_01k2m5w3n8e0b6c7v9p4q2r1s0',
    scenario: { name: 'instance-kill', hash: fakeHash('scenario') },
    environment: { name: 'sandbox', hash: fakeHash('environment') },
    createdAt: platform(0),
  }
}

function phasesOf(lines: readonly Line[]): RunDetail['phases'] {
  const entered = lines.flatMap(({ s, type, data }) => {
    if (type === 'run-created') return [{ s, status: 'booked' as const, why: 'the run was created' }]
    if (type !== 'status-changed') return []
    return [{ s, status: data?.['to'] as RunDetail['status'], why: String(data?.['why']) }]
  })
  return entered.map(({ s, status, why }, index) => {
    const left = entered[index + 1]?.s
    return {
      status,
      why,
      at: platform(s),
      worldAt: world(s),
      leftAt: left === undefined ? null : platform(left),
      leftWorldAt: left === undefined ? null : world(left),
    }
  })
}

function stepOf(lines: readonly Line[]): RunDetail['steps'][number] {
  const requested = secondsOf(lines, 'injection-requested')
  const observed = lines.filter(
    ({ type }) => type === 'injection-observed' || type === 'restoration-observed',
  )
  const last = observed.at(-1)?.data?.['observations'] as
    | readonly Readonly<{
        target: string
        injection: RunDetail['steps'][number]['targets'][number]['injection']
        seen: string
      }>[]
    | undefined
  const recovering = lines.find(({ type }) => type === 'recovery-requested')
  const isAllBack = last?.every(({ injection }) => injection === 'restored') === true
  const verified = observed.at(-1)?.s ?? 0
  const isPlanned = lines.some(({ type }) => type === 'planned')
  return {
    name: STEP,
    kind: 'inject',
    after: [],
    durationMs: 600_000,
    fault: 'ec2-stop-instances',
    isDone: observed.length > 1,
    mayRetry: false,
    maySkip: requested === undefined,
    isKitAcknowledged: lines.some(({ type }) => type === 'kit-acknowledged'),
    attempts: requested === undefined ? 0 : 1,
    ...(isPlanned ? { restoration: 'equivalent' as const, population: 6, capture: fakeHash('capture') } : {}),
    ...(requested === undefined
      ? {}
      : { requestedWorldAt: world(requested), expiresWorldAt: world(EXPIRES) }),
    ...(observed.length > 1 ? { injected: { lo: world(66), hi: world(73.4) }, handle: 'EXP4k2hFJ6pQ' } : {}),
    ...(recovering === undefined
      ? {}
      : {
          recovery: {
            reason: recovering.data?.['reason'] as 'abort',
            requestedAt: platform(recovering.s),
            requestedWorldAt: world(recovering.s),
            attempts: 1,
            ...(isAllBack ? { verifiedAt: platform(verified), verifiedWorldAt: world(verified) } : {}),
          },
        }),
    targets: isPlanned
      ? TARGETS.map((target) => {
          const state = last?.find((entry) => entry.target === target.id)
          const injection = state?.injection ?? (requested === undefined ? 'planned' : 'requested')
          const now = recovering !== undefined && injection === 'injected' ? 'recovering' : injection
          return {
            ...target,
            injection: now,
            seen: state?.seen ?? '',
            isClean: now === 'restored' || now === 'planned',
            isQuestion: false,
          }
        })
      : [],
  }
}

function guardrailsOf(lines: readonly Line[]): RunDetail['guardrails'] {
  const at = secondsOf(lines, 'guardrails-checked')
  if (at === undefined) return null
  return {
    at: platform(at),
    allowed: true,
    answers: [
      { guardrail: 'halt', allow: true, reason: 'not set' },
      { guardrail: 'environment-enabled', allow: true, reason: 'sandbox is enabled' },
      { guardrail: 'caller-identity', allow: true, reason: 'account 111122223333, as the environment says' },
      { guardrail: 'region', allow: true, reason: 'eu-west-1 is in the environment' },
      { guardrail: 'rate', allow: true, reason: 'the endpoint is loopback, so a rate of 10 is allowed' },
      { guardrail: 'blast-radius', allow: true, reason: '6 of 6, within 6 and 100 %' },
      { guardrail: 'lock', allow: true, reason: 'no other run holds these targets' },
      { guardrail: 'stop-conditions', allow: true, reason: 'none are named' },
    ],
  }
}

function secondsOf(lines: readonly Line[], type: Line['type']): number | undefined {
  return lines.find((line) => line.type === type)?.s
}
