import { importedSeriesSchema } from '@firedrill/core'
import { hostNow } from '@firedrill/runtime'
import { buildEnvironment, buildScenario, memoryStores } from '@firedrill/testkit'
import type { RunId } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { status } from '../../../test/run-story.ts'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
let run: RunId
beforeEach(async () => {
  api = await startTestApi({ stores: memoryStores(() => hostNow()) })
  const [objective] = buildScenario().objectives
  if (objective?.kind !== 'recovery-time') throw new Error('the built scenario has another objective')
  const source = {
    from: 'series',
    series: 'users',
    periodSeconds: 10,
    goodAtLeast: 99,
    clockErrorMs: 0,
  } as const
  const scenario = buildScenario({ objectives: [objective, { ...objective, name: 'by-users', source }] })
  const drillId = await api.book(scenario, buildEnvironment())
  run = (await api.client.runs.start({ drillId })).id as RunId
})
afterEach(() => api.close())

const file = { name: 'users.csv', sha256: 'a'.repeat(64) }
const points: [number, number][] = [
  [2_000_000, 0],
  [1_000_000, 99.5],
]

describe('POST /v1/runs/:id/series', () => {
  it('keeps the points as evidence of the run, with who brought them and from which file', async () => {
    const kept = await api.client.runs.importSeries(run, { series: 'users', file, points })
    expect(kept).toMatchObject({ points: 2, from: 1_000_000, to: 2_000_000 })
    const bytes = await api.client.runs.evidenceBytes(run, kept.hash)
    const series = importedSeriesSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
    expect(series).toMatchObject({ series: 'users', file, points: points.toReversed() })
    expect(series.by).not.toBe('')
  })

  it('refuses a series that no objective is measured by, and one without points', async () => {
    await expect(api.client.runs.importSeries(run, { series: 'other', file, points })).rejects.toMatchObject({
      problem: { code: 'request-invalid', detail: expect.stringContaining('it knows users') as string },
    })
    await expect(
      api.client.runs.importSeries(run, { series: 'users', file, points: [] }),
    ).rejects.toMatchObject({ problem: { code: 'request-invalid' } })
    expect(await api.stores.evidence.ofRun(run)).toEqual([])
  })

  it('refuses anything for a run that is over, and says what can be done all the same', async () => {
    await api.append(run, status('booked', 'planning'), status('planning', 'cancelled'))
    await expect(api.client.runs.importSeries(run, { series: 'users', file, points })).rejects.toMatchObject({
      problem: { code: 'state-conflict', detail: expect.stringContaining('firedrill recompute') as string },
    })
    expect(await api.stores.evidence.ofRun(run)).toEqual([])
  })
})
