import { ListHealthChecksCommand, UpdateHealthCheckCommand } from '@aws-sdk/client-route-53'
import { judgeRoutes, type Finding, type NameRoutes } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { simulatedAccount, valueOf, type SimulatedAccount } from '../testing/simulated-account.ts'
import { createRouting } from './routing.ts'

const HOST = 'checkout.larkspur.example'
const { signal } = new AbortController()

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(() => account.close())

const read = async (host: string): Promise<NameRoutes | undefined> =>
  valueOf(await createRouting(account.clients).routesOf(account.environment, [host], signal))[0]

/** Addresses of the load balancers' names, as the simulated world has them. */
const addresses = () =>
  new Map(
    [...account.sim.world.balancers.loadBalancers.values()].map((one) => [
      one.dnsName.toLowerCase(),
      one.nodes.map(({ address }) => address),
    ]),
  )

const bad = (routes: NameRoutes | undefined): readonly string[] => {
  if (routes === undefined) throw new Error('the name is in no zone')
  const watched = { targets: [], objectiveMs: 300_000, removal: undefined }
  const findings: readonly Finding[] = judgeRoutes(routes, { watched, addresses: addresses() })
  return findings.filter(({ level }) => level !== 'good').map(({ check, verdict }) => `${check}: ${verdict}`)
}

describe('how an account routes a name', () => {
  it('comes with its variants, the health check, what its checkers say, and the life of absence', async () => {
    const routes = await read(HOST)
    expect(routes).toMatchObject({ zone: 'public', negativeSeconds: 60 })
    expect(
      routes?.routes.map(({ variant, failover, ttlSeconds }) => [variant, failover, ttlSeconds]),
    ).toEqual([
      ['primary', 'PRIMARY', 30],
      ['standby', 'SECONDARY', 30],
    ])
    const [primary] = routes?.routes ?? []
    const check = primary?.healthCheck
    if (check === undefined || check === null || check === 'missing') throw new Error('no health check')
    expect([check.intervalSeconds, check.failureThreshold, check.watches?.port]).toEqual([10, 3, 80])
    expect(check.checkers?.healthy).toBe(check.checkers?.all)
    expect(bad(routes)).toEqual([])
  })

  it('follows an alias name to the records behind it, and leaves out names in no zone', async () => {
    const routes = await read('www.larkspur.example')
    expect(routes?.routes.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'www.larkspur.example CNAME',
      `${HOST} A`,
      `${HOST} A`,
    ])
    expect(await read('www.elsewhere.example')).toBeUndefined()
  })

  it("shows that the primary's check was pointed at the standby", async () => {
    const aws = valueOf(
      account.clients.get({ environment: account.environment, region: 'primary', purpose: 'inject' }),
    )
    const { HealthChecks: [check] = [] } = await aws.route53.send(new ListHealthChecksCommand({}))
    const standby = [...addresses().keys()].find((name) => name.includes('standby'))
    await aws.route53.send(
      new UpdateHealthCheckCommand({ HealthCheckId: check?.Id, FullyQualifiedDomainName: standby }),
    )
    expect(bad(await read(HOST))).toEqual([
      expect.stringMatching(/^health-check: .*the other side \(checkout\.larkspur\.example A standby\)/),
    ])
  })
})
