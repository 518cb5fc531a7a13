import { describe, expect, it } from 'vitest'
import type { HealthCheckSeen, NameRoutes, RouteSeen } from '../ports/routing.ts'
import type { Finding } from './finding.ts'
import { judgeRoutes } from './judge-routes.ts'
import { judgeNegativeCache } from './lifetimes.ts'

const check = (changes: Partial<HealthCheckSeen> = {}): HealthCheckSeen => ({
  id: 'hc',
  type: 'HTTP',
  watches: { host: 'lb-1.elb.example', port: 80, path: '/health' },
  intervalSeconds: 10,
  failureThreshold: 3,
  isInverted: false,
  isDisabled: false,
  checkers: { healthy: 16, all: 16 },
  ...changes,
})
const route = (changes: Partial<RouteSeen> = {}): RouteSeen => ({
  name: 'shop.example',
  type: 'A',
  variant: 'primary',
  ttlSeconds: 30,
  failover: 'PRIMARY',
  values: ['192.0.2.1'],
  alias: null,
  healthCheck: check(),
  ...changes,
})
const standby = (changes: Partial<RouteSeen> = {}) =>
  route({ variant: 'standby', failover: 'SECONDARY', values: ['192.0.2.9'], healthCheck: null, ...changes })

const addresses = new Map([
  ['lb-1.elb.example', ['192.0.2.1']],
  ['lb-9.elb.example', ['192.0.2.9']],
  ['elsewhere.example', ['192.0.2.77']],
])
const watched = {
  targets: [{ host: 'shop.example', port: 80, scheme: 'http', path: '/health' }] as const,
  objectiveMs: 120_000,
  removal: undefined,
}

function judge(routes: readonly RouteSeen[], changes: Partial<NameRoutes> = {}) {
  const names = { host: 'shop.example', zone: 'public', negativeSeconds: 60, routes, ...changes }
  return judgeRoutes(names, { watched, addresses })
}
const bad = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== 'good').map((one) => `${one.check} ${one.level}`)

describe('the routes of a name', () => {
  it('are well when the check watches its record and the passive side is up', () => {
    expect(bad(judge([route(), standby()]))).toEqual([])
  })

  it.each<[string, readonly RouteSeen[], readonly string[]]>([
    [
      'a TTL longer than the objective',
      [route({ ttlSeconds: 300 })],
      ['ttl problem', 'failover-time warning'],
    ],
    ['a primary without a check', [route({ healthCheck: null })], ['health-check problem']],
    ['a check that is gone', [route({ healthCheck: 'missing' })], ['health-check problem']],
    [
      'a check that is disabled',
      [route({ healthCheck: check({ isDisabled: true }) })],
      ['health-check problem'],
    ],
    [
      'a check of the very name',
      [route({ healthCheck: check({ watches: { host: 'shop.example', port: 80 } }) }), standby()],
      ['health-check problem'],
    ],
    [
      "a check of the other side's address",
      [route({ healthCheck: check({ watches: { address: '192.0.2.9', port: 80 } }) }), standby()],
      ['health-check problem'],
    ],
    [
      "a check of the other side's name",
      [route({ healthCheck: check({ watches: { host: 'lb-9.elb.example', port: 80 } }) }), standby()],
      ['health-check problem'],
    ],
    [
      'a check of something else',
      [route({ healthCheck: check({ watches: { host: 'elsewhere.example', port: 80 } }) })],
      ['health-check problem'],
    ],
    [
      'a check of what nobody could resolve',
      [route({ healthCheck: check({ watches: { host: 'hidden.example', port: 80 } }) })],
      ['health-check not-observed'],
    ],
    [
      'a check of another port',
      [route({ healthCheck: check({ watches: { address: '192.0.2.1', port: 22 } }) })],
      ['health-check warning'],
    ],
    [
      'checkers slower than the objective',
      [route({ healthCheck: check({ intervalSeconds: 30, failureThreshold: 5 }) })],
      ['failover-time problem'],
    ],
    [
      'a passive side that its checkers see down',
      [
        standby({
          healthCheck: check({
            watches: { address: '192.0.2.9', port: 80 },
            checkers: { healthy: 2, all: 16 },
          }),
        }),
      ],
      ['passive-side problem'],
    ],
    [
      'a passive side without healthy targets',
      [
        standby({
          values: [],
          alias: { name: 'lb-9.elb.example', evaluatesHealth: true, targets: { healthy: 0, all: 3 } },
        }),
      ],
      ['passive-side problem'],
    ],
  ])('tell of %s', (_, routes, expected) => {
    expect(bad(judge(routes))).toEqual(expected)
  })

  it('take an alias that evaluates its target for a check, and its balancer for the endpoint', () => {
    const alias = {
      name: 'dualstack.lb-1.elb.example',
      evaluatesHealth: true,
      targets: { healthy: 3, all: 3 },
    }
    const byAlias = { ttlSeconds: null, values: [], alias }
    expect(bad(judge([route({ ...byAlias, healthCheck: null })]))).toEqual([])
    expect(bad(judge([route(byAlias)]))).toEqual([])
  })
})

describe('absence in caches', () => {
  const judged = (negative: number, goneMs: number) =>
    judgeNegativeCache('zone', negative, { objectiveMs: 300_000, removal: { goneMs, isResponse: true } })
      .level

  it('counts on top of the removal where putting back is the response', () => {
    expect(judged(60, 180_000)).toBe('good')
    expect(judged(180, 180_000)).toBe('problem')
  })

  it('is a problem where a record is removed, and else a warning', () => {
    const removal = { goneMs: 1000, isResponse: false }
    expect(judgeNegativeCache('zone', 900, { objectiveMs: 300_000, removal }).level).toBe('problem')
    expect(judgeNegativeCache('zone', 900, { objectiveMs: 300_000 }).level).toBe('warning')
  })
})
