import type { RunEventBody, RunId, Status } from '@firedrill/core'
import type { TestApi } from './start-api.ts'

const HASH = 'a'.repeat(64)
const TARGET = { id: 'i-1', label: 'i-1', region: 'eu-west-1', zone: 'eu-west-1a' }

/** A change of status, for stories. */
export function status(from: Status, to: Status): RunEventBody {
  return { type: 'status-changed', data: { from, to, why: `${from} is done` } }
}

/** Drives a run as far as its fault being in: what workers would write, without workers. */
export async function injectFault(api: TestApi, id: RunId): Promise<void> {
  const observations = [{ target: TARGET.id, injection: 'injected' as const, seen: 'value broken' }]
  await api.append(id, status('booked', 'planning'), {
    type: 'planned',
    data: {
      planHash: HASH,
      permissions: ['fake:Set'],
      steps: [
        {
          step: 'break',
          fault: 'fake-break',
          faultVersion: 1,
          restoration: 'exact',
          targets: [TARGET],
          population: 3,
          capture: HASH,
        },
      ],
    },
  })
  await api.append(
    id,
    status('planning', 'preflight'),
    {
      type: 'guardrails-checked',
      data: { allowed: true, answers: [{ guardrail: 'halt', allow: true, reason: 'in order' }] },
    },
    status('preflight', 'baseline'),
    { type: 'steady-state-checked', data: { holds: true, seen: '5 of 5 good' } },
    status('baseline', 'injecting'),
    { type: 'undo-prepared', data: { step: 'break', undo: HASH, expiresAt: 4_000_000_000_000_000 } },
    { type: 'kit-acknowledged', data: { step: 'break', undo: HASH, reaper: 'reaper-1' } },
    {
      type: 'injection-requested',
      data: { step: 'break', key: 'key-1', attempt: 1, expiresAt: 4_000_000_000_000_000 },
    },
    { type: 'injection-accepted', data: { step: 'break', handle: 'effect-1', requestIds: [] } },
    { type: 'injection-observed', data: { step: 'break', observations } },
    status('injecting', 'observing'),
  )
}

/** Takes the fault out and sees that it is out. */
export async function putBack(api: TestApi, id: RunId, from: Status): Promise<void> {
  const observations = [{ target: TARGET.id, injection: 'restored' as const, seen: 'no difference' }]
  await api.append(id, { type: 'recovery-requested', data: { step: 'break', reason: 'abort', attempt: 1 } })
  await api.append(
    id,
    { type: 'recovery-accepted', data: { step: 'break', requestIds: [] } },
    status(from, 'verifying'),
    { type: 'restoration-observed', data: { step: 'break', observations } },
    status('verifying', 'settling'),
  )
}
