import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAwsClients, createRouting } from '@firedrill/aws'
import { startSimulator, type Simulator } from '@firedrill/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, type Called } from '../../test/test-cli.ts'

const SCENARIO = fileURLToPath(new URL('../../../../scenarios/instance-kill/scenario.yaml', import.meta.url))
const HOST = 'checkout.larkspur.example'

let sim: Simulator
let dir: string
beforeAll(async () => {
  sim = await startSimulator({ world: 'warm-standby', seed: 7, throttling: false })
  dir = mkdtempSync(join(tmpdir(), 'firedrill-check-'))
  writeFileSync(join(dir, 'env.yaml'), environment())
})
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true })
  await sim.close()
})

function environment(): string {
  const { aws, gateway, control, dns } = sim.endpoints
  const zone = [...sim.world.dns.zones.values()][0]?.id
  return `apiVersion: firedrill.dev/v1
kind: Environment
metadata: { name: sandbox }
spec:
  kind: sandbox
  account: '111122223333'
  regions: { primary: eu-west-1, standby: eu-central-1 }
  homeRegion: standby
  hostedZones: { public: { id: ${zone}, domain: larkspur.example } }
  aws:
    endpoint: ${aws}
    credentials: { source: static, accessKeyId: FIREDRILLSIM, secretAccessKey: firedrill-simulator-secret }
    fisRoleArn: arn:aws:iam::111122223333:role/firedrill-fis
  clock: { source: simulator, url: ${control} }
  probes: { proxy: ${gateway}, vantages: [{ name: us-east, resolver: '${dns.recursive.at(-1)?.address}' }] }
  touch: { requiredTags: { ChaosReady: 'true' }, protectedRecords: [larkspur.example], blastRadius: { targetsMax: 12, percentMax: 100 } }
`
}

function check(...args: readonly string[]): Promise<Called> {
  const clients = createAwsClients()
  const openRouting = async () => ({ routing: createRouting(clients), close: () => clients.close() })
  return call(['check', ...args, '-o', 'json'], { cwd: dir, openRouting })
}

const found = ({ out }: Called, level: string): readonly string[] =>
  (JSON.parse(out) as { findings: { check: string; level: string }[] }).findings
    .filter((one) => one.level === level)
    .map((one) => one.check)

describe('firedrill check', () => {
  it('finds nothing in the way of a scenario whose two sides are up', async () => {
    const called = await check('-e', 'env.yaml', '--scenario', SCENARIO)
    expect([called.err, called.exitCode, found(called, 'problem')]).toEqual(['', 0, []])
    expect([...new Set(found(called, 'good'))].toSorted()).toEqual(
      [
        'dns',
        'failover-time',
        'health-check',
        'http',
        'negative-cache',
        'passive-side',
        'tcp',
        'ttl',
      ].toSorted(),
    )
  })

  it('compares with the objective that is given, and exits 99', async () => {
    const called = await check('-e', 'env.yaml', '--scenario', SCENARIO, '--objective', 'rto=25s')
    expect(called.exitCode).toBe(99)
    expect(new Set(found(called, 'problem'))).toEqual(new Set(['ttl', 'failover-time']))
  })

  it("asks the name's own servers where they are named", async () => {
    const { dns, gateway } = sim.endpoints
    const resolver = dns.recursive[0]?.address ?? ''
    const only = ['--resolver', resolver, '--authority', dns.authoritative, '--proxy', gateway]
    const called = await check(`http://${HOST}/health`, ...only, '--objective', '5m')
    expect([called.exitCode, new Set(found(called, 'good'))]).toEqual([
      0,
      new Set(['dns', 'authority', 'ttl', 'negative-cache', 'tcp', 'http']),
    ])
  })

  it.each([
    ['nothing to check', []],
    ['half a scenario', ['-e', 'env.yaml']],
    ['two things at once', [HOST, '-e', 'env.yaml', '--scenario', SCENARIO]],
    ['no target', ['shop example']],
    ['no duration', [HOST, '--objective', 'soon']],
  ])('exits 2 for %s', async (_, args) => {
    expect((await check(...args)).exitCode).toBe(2)
  })

  it('finds that the side which would take over is down, while customers notice nothing', async () => {
    await fetch(`${sim.endpoints.control}/event`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'region-down', region: 'eu-central-1' }),
    })
    const called = await check('-e', 'env.yaml', '--scenario', SCENARIO, '--timeout', '400ms')
    expect([called.exitCode, new Set(found(called, 'problem'))]).toEqual([99, new Set(['passive-side'])])
    expect(found(called, 'good')).toContain('http')
  })
})
