const HASH = '0'.repeat(64)
const reason = 'asked by the matrix'
const terms = { when: { kind: 'cron', expression: '0 9 1 1 *', timeZone: 'UTC' }, missed: { policy: 'skip' } }
const finding = { gap: 'a gap', severity: 'low', owner: 'nobody', due: '2099-01-01' }

/**
 * A body that each route takes, by method and address, so that a request of another team gets past the validation and has to be
 * stopped by what it names. What is missing here is asked with `{}`, and counted as unproven when that is not enough.
 */
export const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/runs/{id}/abort': { reason },
  'POST /v1/runs/{id}/notes': { text: 'a note' },
  'POST /v1/runs/{id}/approve': { plan: HASH, reason },
  'POST /v1/runs/{id}/decline': { plan: HASH, reason },
  'POST /v1/runs/{id}/pause': { reason },
  'POST /v1/runs/{id}/resume': { reason },
  'POST /v1/runs/{id}/steps/{step}/skip': { reason },
  'POST /v1/runs/{id}/steps/{step}/retry': { reason },
  'POST /v1/runs/{id}/take-over': { reason },
  'POST /v1/runs/{id}/resolve': { step: 'one', target: 'i-1', answer: 'restore-ours', reason },
  'POST /v1/runs/{id}/runbook/{step}/start': { note: reason },
  'POST /v1/runs/{id}/runbook/{step}/done': { note: reason },
  'POST /v1/runs/{id}/runbook/{step}/skip': { note: reason },
  'POST /v1/runs/{id}/sign-off': { role: 'prepared', report: HASH, note: reason, looked: [] },
  'POST /v1/runs/{id}/findings': finding,
  'PUT /v1/runs/{id}/findings/{number}': finding,
  'POST /v1/runs/{id}/samples': {
    vantage: 'here',
    samples: [{ probe: 'checkout', start: 1, end: 2, outcome: 'good', clockErrorMicros: 0 }],
  },
  'POST /v1/runs/{id}/series': {
    series: 'theirs',
    file: { name: 'theirs.csv', sha256: HASH },
    points: [[1, 1]],
  },
  'PUT /v1/schedules/{id}': terms,
  'POST /v1/halt': { reason },
  'POST /v1/halt/lift': { reason },
  'POST /v1/tokens': { name: 'more', kind: 'person', grants: ['runs:read'] },
  'POST /v1/drills': { scenario: 'own-secret', environment: 'sandbox' },
  'POST /v1/plan': { scenario: { name: 'own-secret' }, environment: { name: 'sandbox' } },
}
