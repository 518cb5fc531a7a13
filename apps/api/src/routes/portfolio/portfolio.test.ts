import type { RunId } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'
import { status } from '../../../test/run-story.ts'

let api: TestApi
const ids: RunId[] = []
beforeEach(async () => {
  api = await startTestApi()
  ids.length = 0
  for (let n = 0; n < 3; n++) ids.push(await api.startRun())
  for (const id of ids) await api.append(id, status('booked', 'refused'))
})
afterEach(() => api.close())

describe('trend and portfolio', () => {
  it('come by pages that follow one another without gap or repeat', async () => {
    const first = await api.client.trend({ limit: 2 })
    expect([first.outcomes.map(({ number }) => number), first.next]).toEqual([[3, 2], 2])
    const rest = await api.client.trend({ limit: 2, before: first.next ?? 0 })
    expect([rest.outcomes.map(({ number }) => number), rest.next]).toEqual([[1], null])
    expect((await api.client.trend({ scenario: 'none' })).outcomes).toEqual([])
    const { services, next } = await api.client.portfolio()
    expect([services.map(({ drilled }) => drilled.notRun), next]).toEqual([[3], null])
    expect((await api.client.portfolio({ since: 4_000_000_000_000_000 })).services[0]?.drilled.notRun).toBe(0)
    expect((await api.client.portfolio({ after: services[0]?.service ?? '' })).services).toEqual([])
  })

  it('are the same as CSV, a line a run and a line a service', async () => {
    const headers = { authorization: `Bearer ${api.token}` }
    for (const [path, lines] of [
      ['trend.csv?limit=2', 3],
      ['portfolio.csv', 2],
    ] as const) {
      const answer = await fetch(`${api.url}/v1/${path}`, { headers })
      expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect((await answer.text()).trimEnd().split('\r\n')).toHaveLength(lines)
    }
    expect((await fetch(`${api.url}/v1/portfolio.csv`)).status).toBe(401)
    expect((await fetch(`${api.url}/v1/trend?limit=0`, { headers })).status).toBe(400)
  })
})
