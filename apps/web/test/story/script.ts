import type { RunEventType, Status, Tone } from '@firedrill/contracts'
import { fakeHash } from './clock.ts'

/** One line of the told run, in world seconds since its start. */
export type Line = Readonly<{
  s: number
  type: RunEventType
  tone: Tone
  summary: string
  step?: string
  by?: 'M. Okafor' | 'P. Novák'
  data?: Readonly<Record<string, unknown>>
}>

/** The one step of the told run. */
export const STEP = 'stop-web'
/** Its targets: two instances in each of three zones. */
export const TARGETS = ['a', 'a', 'b', 'b', 'c', 'c'].map((zone, index) => ({
  id: `arn:aws:ec2:eu-west-1:111122223333:instance/i-0c4a91f02e7b${index}d5${index}`,
  label: `web-${index + 1}`,
  region: 'eu-west-1',
  zone: `eu-west-1${zone}`,
}))

/** When the service was down in the told run, in world seconds. */
export const OUTAGE = { from: 71.4, to: 167.2 } as const
/** Expiry of the fault. */
export const EXPIRES = 664.6

const to = (s: number, from: Status, status: Status, why: string, tone: Tone = 'neutral'): Line => ({
  s,
  type: 'status-changed',
  tone,
  summary: `${from} → ${status}: ${why}`,
  data: { from, to: status, why },
})

const seen = (
  s: number,
  type: 'injection-observed' | 'restoration-observed',
  injections: readonly string[],
  words: string,
): Line => ({
  s,
  type,
  tone:
    type === 'injection-observed'
      ? 'fault'
      : injections.every((word) => word === 'restored')
        ? 'good'
        : 'undo',
  summary: `Step ${STEP}: ${summaryOf(injections)}`,
  step: STEP,
  data: {
    step: STEP,
    observations: TARGETS.map(({ id }, index) => ({ target: id, injection: injections[index], seen: words })),
  },
})

function summaryOf(injections: readonly string[]): string {
  const groups = Map.groupBy(injections, (word) => word)
  return `seen ${[...groups].map(([word, all]) => `${word} on ${all.length} targets`).join(', ')}`
}

const all = (word: string): readonly string[] => TARGETS.map(() => word)
const stepLine = (
  s: number,
  type: RunEventType,
  tone: Tone,
  text: string,
  data: Readonly<Record<string, unknown>>,
): Line => ({
  s,
  type,
  tone,
  step: STEP,
  summary: `Step ${STEP}: ${text}`,
  data: { step: STEP, ...data },
})

/** From booking to the last fault being in. */
export const UNTIL_INJECTED: readonly Line[] = [
  {
    s: 0,
    type: 'run-created',
    tone: 'neutral',
    summary: 'Run created: scenario instance-kill in environment sandbox',
    data: { seed: 7 },
  },
  to(0.2, 'booked', 'planning', 'a worker took it up'),
  {
    s: 2.1,
    type: 'planned',
    tone: 'neutral',
    summary: 'Planned: 6 targets frozen in 1 step',
    data: { planHash: fakeHash('plan') },
  },
  to(2.2, 'planning', 'preflight', 'the plan is frozen'),
  {
    s: 3,
    type: 'guardrails-checked',
    tone: 'good',
    summary: 'All 8 guardrails allow',
    data: { allowed: true },
  },
  to(3.1, 'preflight', 'baseline', 'every guardrail allows'),
  {
    s: 63.5,
    type: 'steady-state-checked',
    tone: 'good',
    summary: 'Steady state holds: 360 of 360 probes good in 60 s',
    data: { holds: true },
  },
  to(63.6, 'baseline', 'injecting', 'the service was steady', 'fault'),
  stepLine(63.8, 'undo-prepared', 'undo', 'the way back is stored', { undo: fakeHash('undo') }),
  stepLine(64.4, 'kit-acknowledged', 'undo', 'reaper-1 holds its own copy of the way back', {
    reaper: 'reaper-1',
  }),
  stepLine(64.6, 'injection-requested', 'fault', 'the fault is being put in (attempt 1)', {
    attempt: 1,
    key: 'run_7-stop-web-1',
  }),
  stepLine(66, 'injection-accepted', 'fault', 'the call was accepted as EXP4k2hFJ6pQ', {
    handle: 'EXP4k2hFJ6pQ',
    requestIds: ['6f1c9d0e'],
  }),
  seen(
    70.2,
    'injection-observed',
    ['injected', 'injected', 'injected', 'injected', 'requested', 'requested'],
    'stopping',
  ),
  seen(73.4, 'injection-observed', all('injected'), 'state stopped'),
  to(73.5, 'injecting', 'observing', 'every fault is in'),
]

/** From there, the system recovers by itself and everything is put back. */
export const UNTIL_CLOSED: readonly Line[] = [
  {
    s: 80.4,
    type: 'call-failed',
    tone: 'warning',
    step: STEP,
    summary: 'DescribeInstances failed (attempt 1): RequestLimitExceeded Request limit exceeded.',
    data: { attempt: 1, failure: { kind: 'throttled', operation: 'DescribeInstances' } },
  },
  {
    s: 96,
    type: 'note-added',
    tone: 'person',
    by: 'P. Novák',
    summary: 'support: baskets fail',
    data: { text: 'support: baskets fail' },
  },
  {
    s: 289.2,
    type: 'response-seen',
    tone: 'good',
    summary: 'The system responded: 122 s of good answers from every vantage',
    data: { seen: '122 s of good answers' },
  },
  { s: 289.4, type: 'measured', tone: 'good', summary: 'Measured so far: held', data: { provisional: true } },
  to(289.6, 'observing', 'recovering', 'the response held', 'undo'),
  stepLine(
    289.8,
    'recovery-requested',
    'undo',
    'the fault is being taken out: the system has recovered and stayed so (attempt 1)',
    {
      reason: 'response-seen',
      attempt: 1,
    },
  ),
  stepLine(291.9, 'recovery-accepted', 'undo', 'the call to put it back was accepted', {
    requestIds: ['0b77aa12'],
  }),
  to(292, 'recovering', 'verifying', 'waiting for describe calls', 'undo'),
  seen(
    331,
    'restoration-observed',
    ['restored', 'restored', 'restored', 'recovering', 'recovering', 'recovering'],
    'running; equal to its capture',
  ),
  seen(352.1, 'restoration-observed', all('restored'), 'running, target healthy; equal to its capture'),
  to(352.5, 'verifying', 'settling', 'every target is as captured'),
  { s: 414.8, type: 'measured', tone: 'good', summary: 'Measured: final', data: { provisional: false } },
  to(415, 'settling', 'closed', 'everything is measured', 'good'),
]

/** What happens instead when somebody aborts at a moment: the same way back, and an end without a verdict. */
export function abortLines(s: number, reason: string): readonly Line[] {
  return [
    {
      s,
      type: 'abort-requested',
      tone: 'person',
      by: 'M. Okafor',
      summary: `Abort by M. Okafor: ${reason}`,
      data: { reason },
    },
    to(s + 0.1, 'observing', 'aborting', reason, 'warning'),
    stepLine(
      s + 0.3,
      'recovery-requested',
      'undo',
      'the fault is being taken out: the run was aborted (attempt 1)',
      {
        reason: 'abort',
        attempt: 1,
      },
    ),
    stepLine(s + 1.6, 'recovery-accepted', 'undo', 'the call to put it back was accepted', {
      requestIds: ['9a01ff43'],
    }),
  ]
}

/** The end of an aborted run. */
export function abortedEnd(s: number): readonly Line[] {
  return [
    seen(s, 'restoration-observed', all('restored'), 'running, target healthy; equal to its capture'),
    to(s + 0.2, 'aborting', 'closed', 'everything is put back', 'good'),
  ]
}
