import { createServer as createHttpsServer } from 'node:https'
import {
  checkOutcome,
  type Check,
  type Endpoint,
  type Finding,
  type NetworkCheckOptions,
} from '@firedrill/core'
import type { Answer } from 'dns-packet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../testing/certificates.ts'
import {
  addressRecord,
  createResources,
  hostClock,
  type DnsBehaviour,
  type Resources,
} from '../testing/loopback.ts'
import { createNetworkCheck } from './network-check.ts'

const DAY_MS = 86_400_000
const HOST = 'shop.example'
const base = { timeoutMs: 1500, objectiveMs: 60_000 }

let resources: Resources
beforeEach(() => {
  resources = createResources()
})
afterEach(() => resources.close())

/** A zone whose address lives `ttl` seconds and whose absence lives `minimum`. */
function zone(ttl: number, minimum: number): DnsBehaviour {
  const soa: Answer = {
    type: 'SOA',
    name: 'example',
    ttl: 900,
    data: { mname: 'ns.example', rname: 'x.example', serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
  }
  return ({ name, type }) => {
    if (type === 'SOA') return [soa]
    if (name === 'www.example')
      return [
        { type: 'CNAME', name, ttl: 300, data: HOST },
        { ...addressRecord(HOST, '127.0.0.1'), ttl } as Answer,
      ]
    return name === HOST && type === 'A'
      ? [{ ...addressRecord(name, '127.0.0.1'), ttl } as Answer]
      : 'nxdomain'
  }
}

async function run(
  target: Endpoint,
  options: Partial<NetworkCheckOptions>,
  nowMs: () => number = Date.now,
): Promise<readonly Finding[]> {
  const check = createNetworkCheck(hostClock, nowMs)
  return check.check(target, { ...base, authorities: 'none', ...options })
}

const levels = (findings: readonly Finding[], check: Check) =>
  findings.filter((one) => one.check === check).map(({ level }) => level)
const asked = (address: string) => [{ name: 'r', address }]

describe('a network check', () => {
  it('finds nothing in the way of a service that is well', async () => {
    const port = await resources.http((_, response) => response.end('ok'))
    const resolver = await resources.dns(zone(20, 30))
    const findings = await run(
      { host: HOST, port, scheme: 'http', path: '/' },
      { resolvers: asked(resolver) },
    )
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([])
    expect(checkOutcome(findings)).toBe('clear')
    expect(findings.find(({ check }) => check === 'dns')?.verdict).toBe('127.0.0.1 (20 s left)')
  })

  it('takes the longest lifetime on the way, by what the zone itself says and not by what is left in a cache', async () => {
    const [cache, authority] = [await resources.dns(zone(2, 30)), await resources.dns(zone(90, 120))]
    const target = { host: 'www.example', port: 1, scheme: 'http', path: '/' } as const
    const left = await run({ ...target, host: HOST }, { resolvers: asked(cache) })
    expect(levels(left, 'ttl')).toEqual(['good'])
    const whole = await run({ ...target, host: HOST }, { resolvers: asked(cache), authorities: [authority] })
    expect(levels(whole, 'ttl')).toEqual(['problem'])
    expect(levels(whole, 'negative-cache')).toEqual(['warning'])
    const alias = await run(target, { resolvers: asked(cache) })
    expect(alias.find(({ check }) => check === 'ttl')?.subject).toMatch(/^www\.example CNAME/)
    expect(levels(alias, 'ttl')).toEqual(['problem'])
  })

  it('tells a name that does not exist from a resolver that does not answer', async () => {
    const resolver = await resources.dns(zone(20, 30))
    const target = { host: 'none.example', port: 80, scheme: 'http', path: '/' } as const
    const gone = await run(target, { resolvers: asked(resolver) })
    expect([checkOutcome(gone), gone[0]?.verdict]).toEqual([
      'problems',
      'nxdomain: clients of this resolver cannot find it',
    ])
    const silent = await resources.dns(() => 'silent')
    const unseen = await run(target, { resolvers: asked(silent), timeoutMs: 120 })
    expect([levels(unseen, 'dns'), checkOutcome(unseen)]).toEqual([['not-observed'], 'undecided'])
  })

  it('says that servers of one zone disagree', async () => {
    const first = await resources.dns(({ name }) => [addressRecord(name, '127.0.0.1')])
    const second = await resources.dns(({ name }) => [addressRecord(name, '127.0.0.2')])
    const target = { host: HOST, port: 1, scheme: 'http', path: '/' } as const
    const findings = await run(target, { resolvers: asked(first), authorities: [first, second] })
    expect(levels(findings, 'authority')).toEqual(['warning', 'warning'])
  })

  it('reads TLS: trust, name and days left, each by itself', async () => {
    const { cert, key } = selfSigned(HOST, 30)
    const server = createHttpsServer({ cert, key }, (_, response) => response.end('ok'))
    const port = await resources.listen(server)
    const resolver = await resources.dns(({ name }) => [addressRecord(name, '127.0.0.1')])
    const options = { resolvers: asked(resolver), ca: cert }
    const target = { host: HOST, port, scheme: 'https', path: '/' } as const

    const well = await run(target, options)
    expect([levels(well, 'tls'), levels(well, 'certificate'), levels(well, 'http')]).toEqual([
      ['good'],
      ['good'],
      ['good'],
    ])
    const unknown = await run(target, { resolvers: asked(resolver) })
    expect([levels(unknown, 'tls'), levels(unknown, 'certificate')]).toEqual([['problem'], ['good']])
    const otherName = await run({ ...target, host: 'standby.example' }, options)
    expect([levels(otherName, 'tls'), levels(otherName, 'certificate')]).toEqual([
      ['good'],
      ['problem', 'good'],
    ])
    const soon = await run(target, options, () => Date.now() + 20 * DAY_MS)
    expect(levels(soon, 'certificate')).toEqual(['warning'])
    const late = await run(target, options, () => Date.now() + 40 * DAY_MS)
    expect(levels(late, 'certificate')).toEqual(['problem'])
    const found = await run({ ...target, scheme: 'auto' }, options)
    expect([levels(found, 'tls'), levels(found, 'http')]).toEqual([['good'], ['good']])
  })

  it('needs no TLS and no HTTP of a port that was not said to speak them', async () => {
    const port = await resources.tcp((socket) => socket.end('220 hello\r\n'))
    const resolver = await resources.dns(({ name }) => [addressRecord(name, '127.0.0.1')])
    const findings = await run(
      { host: HOST, port, scheme: 'auto', path: '/' },
      { resolvers: asked(resolver) },
    )
    expect([levels(findings, 'tcp'), levels(findings, 'tls'), levels(findings, 'http')]).toEqual([
      ['good'],
      ['not-observed'],
      ['not-observed'],
    ])
    expect(checkOutcome(findings)).toBe('clear')
  })

  it('names a refused port, a failing service, and a proxy of ours that is away', async () => {
    const resolver = await resources.dns(({ name }) => [addressRecord(name, '127.0.0.1')])
    const options = { resolvers: asked(resolver) }
    const closed = await resources.freePort()
    const target = { host: HOST, port: closed, scheme: 'http', path: '/' } as const
    const refused = await run(target, options)
    expect(refused.find(({ check }) => check === 'tcp')?.remedy).toMatch(/^nothing listens/)
    const failing = await resources.http((_, response) => response.writeHead(503).end())
    expect(levels(await run({ ...target, port: failing }, options), 'http')).toEqual(['problem'])
    const away = await run(target, { ...options, proxy: `http://127.0.0.1:${closed}` })
    expect([levels(away, 'tcp'), checkOutcome(away)]).toEqual([['not-observed'], 'undecided'])
  })
})
