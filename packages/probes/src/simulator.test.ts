import type { CompiledProbe } from '@firedrill/core'
import { startSimulator, type Simulator } from '@firedrill/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProbe } from './run-probe.ts'
import { hostClock, realWorld } from './testing/loopback.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ world: 'warm-standby', seed: 7 })
})
afterAll(() => simulator.close())

const base = { name: 'p', periodMs: 1000, timeoutMs: 2000 }

async function run(probe: CompiledProbe, ca?: string) {
  const { gateway, dns } = simulator.endpoints
  const [vantage] = dns.recursive
  const deps = { clock: hostClock, world: realWorld, proxy: gateway, ca }
  return runProbe(probe, { name: 'here', resolver: vantage?.address }, deps)
}

const http = (url: string): CompiledProbe => ({ ...base, kind: 'http', url, method: 'GET', status: [200] })

describe('probes in the simulated network', () => {
  it('reach a service by its name, through its balancer, and by the resolver of their vantage', async () => {
    expect(await run(http('http://checkout.larkspur.example/health'))).toMatchObject({ outcome: 'good' })
    const name: CompiledProbe = {
      ...base,
      kind: 'dns',
      host: 'checkout.larkspur.example',
      recordType: 'A',
    }
    const answered = await run(name)
    expect(answered).toMatchObject({ outcome: 'good' })
    expect(answered.detail).toMatch(/^198\.51\.100\.\d+(,198\.51\.100\.\d+)*$/)
  })

  it('speak TLS through the gateway with the certificate of the world, and believe no other', async () => {
    const ca = await (await fetch(`${simulator.endpoints.control}/ca.pem`)).text()
    const https = http('https://checkout.larkspur.example/health')
    const tls = (more: object = {}): CompiledProbe => ({
      ...base,
      kind: 'tls',
      host: 'checkout.larkspur.example',
      port: 443,
      ...more,
    })
    const day = 86_400_000
    expect(await run(https, ca)).toMatchObject({ outcome: 'good' })
    expect(await run(tls({ validForMs: 80 * day }), ca)).toMatchObject({ outcome: 'good' })
    expect(await run(https)).toMatchObject({
      outcome: 'bad',
      detail: expect.stringMatching(/^tls /) as string,
    })
    expect(await run(tls({ validForMs: 100 * day }), ca)).toMatchObject({
      outcome: 'bad',
      detail: expect.stringMatching(/^certificate .* ends \d{4}-/) as string,
    })
    expect(await run(tls({ serverName: 'other.example' }), ca)).toMatchObject({
      outcome: 'bad',
      detail: 'tls ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  it('tell a name that does not exist from a port that is closed', async () => {
    const gone = await run(http('http://nowhere.larkspur.example/'))
    expect(gone).toMatchObject({ outcome: 'bad', detail: 'nxdomain' })
    const closed: CompiledProbe = { ...base, kind: 'tcp', host: 'checkout.larkspur.example', port: 81 }
    expect((await run(closed)).outcome).toBe('bad')
  })
})
