import { manualTime } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { startTestApi } from '../../test/start-api.ts'
import { createRateLimit } from './rate-limit.ts'

const RATE = { perSecond: 2, burst: 5 }

describe('the rate of requests', () => {
  it('lets a burst through, then so many a second, for each caller by itself', async () => {
    const time = manualTime()
    const limit = createRateLimit(time.clock)
    const through = (caller: string, times: number) =>
      Array.from({ length: times }, () => limit.take(caller, RATE)).filter((wait) => wait === undefined)
        .length
    expect(through('ada', 20)).toBe(5)
    expect(through('bo', 3)).toBe(3)
    expect(limit.take('ada', RATE)).toBe(1)
    await time.advance(2000)
    // Asking in vain costs nothing more: two seconds are four requests, less the one that was owed.
    expect(through('ada', 20)).toBe(3)
  })

  it('is answered with a time to wait, and never holds up an abort or the halt', async () => {
    const taken: string[] = []
    const rateLimit = {
      take: (caller: string) => {
        taken.push(caller)
        return 7
      },
    }
    const api = await startTestApi({ change: { rateLimit } })
    const headers = {
      host: `127.0.0.1:${api.port}`,
      authorization: `Bearer ${api.token}`,
      'content-type': 'application/json',
    }
    const refused = await api.raw('/v1/runs', { headers })
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '7'])
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'too-many-requests' })
    const halt = await api.raw('/v1/halt', { method: 'POST', headers, body: '{"reason":"stop"}' })
    expect(halt.status).toBe(200)
    await api.raw('/v1/runs', { headers: { host: headers.host } })
    expect(taken).toEqual([expect.stringMatching(/^tok_/), '127.0.0.1'])
    await api.close()
  })
})
