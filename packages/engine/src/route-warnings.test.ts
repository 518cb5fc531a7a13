import type { NameRoutes, Outcome, RouteSeen } from '@firedrill/core'
import { buildEnvironment, buildScenario, realClock } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { routeWarnings } from './route-warnings.ts'

const HOST = 'app.example.test'

const warnings = (answer: Outcome<readonly NameRoutes[]>) =>
  routeWarnings(
    { scenario: buildScenario(), environment: buildEnvironment() },
    { calls: { ...realClock, work: (run) => run() }, routing: { routesOf: async () => answer } },
    new AbortController().signal,
  )

const routed = (changes: Partial<RouteSeen>): Outcome<readonly NameRoutes[]> => {
  const route: RouteSeen = {
    name: HOST,
    type: 'A',
    variant: null,
    ttlSeconds: 20,
    failover: null,
    values: ['192.0.2.1'],
    alias: null,
    healthCheck: null,
    ...changes,
  }
  return { ok: true, value: [{ host: HOST, zone: 'public', negativeSeconds: 30, routes: [route] }] }
}

describe('warnings of a plan about routes', () => {
  it('are none when nothing stands in the way', async () => {
    expect(await warnings(routed({}))).toEqual([])
  })

  it('name what outlives the objective, and a primary that is never failed over', async () => {
    const [ttl, check] = await warnings(routed({ ttlSeconds: 300, failover: 'PRIMARY' }))
    expect(ttl).toMatch(
      /^app\.example\.test A: answers are kept for up to 5 min, longer than the objective of 1 min/,
    )
    expect(check).toMatch(/the primary record has no health check/)
  })

  it('say that the account could not be asked, instead of nothing', async () => {
    const failure = { kind: 'denied', operation: 'route53.X', code: 'AccessDenied', message: 'no' } as const
    expect(await warnings({ ok: false, failure })).toEqual([
      expect.stringMatching(/could not be read.*AccessDenied/),
    ])
  })
})
