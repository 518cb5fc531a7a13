import { plusMs, type DurationInterval, type RunId, type Verdict } from '@firedrill/core'
import { buildScenario } from '@firedrill/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { injectFault, putBack, status } from '../../../test/run-story.ts'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const SECOND = 1_000_000
const NIGHTLY = { kind: 'cron', expression: '30 2 * * *', timeZone: 'UTC' } as const

/** Carries a run out to its end with one figure. */
async function carryOut(id: RunId, verdict: Verdict, observed: DurationInterval): Promise<void> {
  await injectFault(api, id)
  await putBack(api, id, 'observing')
  const objective = { objective: 'rto', kind: 'recovery-time', maxMicros: 60 * SECOND, verdict, observed }
  await api.append(
    id,
    {
      type: 'measured',
      data: {
        measurement: {
          provisional: false,
          verdict,
          reason: `it was ${verdict}`,
          objectives: [{ ...objective, method: '', reason: '' }],
          points: {},
          parts: {},
          crossChecks: [],
          samples: [],
          evidence: [],
        },
      },
    },
    status('settling', 'closed'),
  )
}

async function only() {
  const { rows } = await api.client.overview()
  expect(rows).toHaveLength(1)
  return rows[0]
}

it('a scenario that was never drilled has a row that says so, and no figure', async () => {
  await api.book()
  expect(await only()).toMatchObject({ environment: null, runs: [], nextAt: null, overdueSince: null })
})

it('runs are drawn oldest first with their bounds and the version they had; one that was cancelled is none', async () => {
  const first = await api.startRun()
  await carryOut(first, 'held', { lo: 20 * SECOND, hi: 22 * SECOND })
  const drillId = await api.book({ ...buildScenario(), title: 'The same, said better' })
  const second = (await api.client.runs.start({ drillId })).id as RunId
  await carryOut(second, 'deviated', { lo: 70 * SECOND, hi: null })
  const cancelled = (await api.client.runs.start({ drillId })).id as RunId
  await api.append(cancelled, status('booked', 'cancelled'))
  const live = await api.client.runs.start({ drillId })
  const row = await only()
  expect(row).toMatchObject({ version: 2, live: { id: live.id, number: live.number }, isProduction: false })
  expect(
    row?.runs.map(({ id, version, verdict, results }) => [id, version, verdict, results[0]?.observed]),
  ).toEqual([
    [first, 1, 'held', { lo: 20 * SECOND, hi: 22 * SECOND }],
    [second, 2, 'deviated', { lo: 70 * SECOND, hi: null }],
  ])
})

it('an occurrence that came to nothing makes its drill overdue until a run is carried out, and no longer', async () => {
  const drillId = await api.book()
  const made = await api.client.schedules.create({ drillId, when: NIGHTLY })
  expect(await only()).toMatchObject({ nextAt: made.nextAt, overdueSince: null })
  const now = await api.stores.runs.now()
  const stored = (await api.stores.schedules.list('default'))[0]
  if (stored === undefined) throw new Error('no schedule')
  const missed = (hoursAgo: number) => ({
    scheduleId: stored.id,
    teamId: stored.teamId,
    drillId: stored.drillId,
    at: plusMs(now, -hoursAgo * 3_600_000),
    outcome: 'missed' as const,
    reason: `nothing could start it ${hoursAgo} h ago`,
  })
  await api.stores.schedules.settle(stored, [missed(30), missed(6)], stored.nextAt)
  expect(await only()).toMatchObject({
    overdueSince: missed(30).at,
    overdueWhy: 'nothing could start it 30 h ago',
  })
  const run = (await api.client.runs.start({ drillId })).id as RunId
  expect((await only())?.overdueSince).toBe(missed(30).at)
  await carryOut(run, 'held', { lo: SECOND, hi: 2 * SECOND })
  expect((await only())?.overdueSince).toBeNull()
  await api.client.schedules.pause(made.id, made.version)
  expect((await only())?.nextAt).toBeNull()
})
