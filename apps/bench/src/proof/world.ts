import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePortBase } from '../sandbox/port-base.ts'
import { ROOT } from '../sandbox/start-sandbox.ts'

/** How large a world is, and how fast it runs. */
export type WorldSize = Readonly<{
  instancesPerZone: number
  /** Groups of that many instances each, told apart by the tag `set`, counted from 1. */
  sets: number
  /** Hosted zones, each with `records` address records. */
  zones: number
  records: number
  rate: number
}>

/** A simulator in a process of its own, with a world made for one drill at a time. */
export type ProofWorld = Readonly<{
  name: string
  aws: string
  control: string
  resolver: string
  zoneIds: readonly string[]
  rate: number
  /** Ends the simulator and goes on with the same world at the same ports, at another speed. */
  restart(rate: number): Promise<void>
  stop(): Promise<void>
}>

/** The alarm that goes off when an instance of the first set is not healthy. */
export const HOSTS_ALARM = 'too-few-hosts'

/** The domain of a world's n-th hosted zone. No two worlds share one: the ids of zones are made from their names. */
export const domainOf = (world: Readonly<{ name: string }>, zone: number): string =>
  `z${zone}.${world.name}.example`

/** Starts a world. `dir` is for its files. Worlds of one platform need names of their own: ids are made from them. */
export async function startWorld(
  dir: string,
  name: string,
  size: WorldSize,
  seed: number,
): Promise<ProofWorld> {
  const file = join(dir, `${name}.json`)
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(worldFile(name, size)))
  const portBase = await freePortBase()
  const start = (rate: number) =>
    startProcess(name, [
      ['--world', file],
      ['--state', join(dir, name)],
      ['--rate', String(rate)],
      ['--seed', String(seed)],
      ['--aws-port', String(portBase)],
      ['--dns-port', String(portBase + 1)],
      ['--gateway-port', String(portBase + 6)],
      ['--control-port', String(portBase + 7)],
    ])
  let running = await start(size.rate)
  const { zones } = (await (await fetch(`${running.ready.control}/world`)).json()) as {
    zones: readonly { id: string; name: string }[]
  }
  const idOf = (domain: string) => zones.find((zone) => zone.name.replace(/\.$/, '') === domain)?.id ?? ''
  return {
    name,
    aws: running.ready.aws,
    control: running.ready.control,
    resolver: running.ready.dns.recursive[0]?.address ?? '',
    zoneIds: Array.from({ length: size.zones }, (_, n) => idOf(domainOf({ name }, n + 1))),
    rate: size.rate,
    async restart(rate) {
      await running.stop()
      running = await start(rate)
    },
    stop: () => running.stop(),
  }
}

type Ready = Readonly<{
  aws: string
  control: string
  dns: { recursive: readonly { address: string }[] }
}>

async function startProcess(
  name: string,
  args: readonly (readonly [string, string])[],
): Promise<Readonly<{ ready: Ready; stop(): Promise<void> }>> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'packages/sim/src/main.ts'), ...args.flat()],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, FIREDRILL_PARENT: 'stdin' } },
  )
  const exited = once(child, 'exit')
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => Promise.reject(new Error(`world ${name} ended before it was ready`))),
  ])) as [Buffer]
  return {
    ready: JSON.parse(line.toString('utf8')) as Ready,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

function worldFile(name: string, { instancesPerZone, sets, zones, records }: WorldSize): object {
  return {
    apiVersion: 'firedrill.dev/v1',
    kind: 'World',
    metadata: { name },
    spec: {
      account: '111122223333',
      regions: [
        {
          name: 'eu-west-1',
          network: '198.51.100.0/24',
          zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
        },
        { name: 'eu-central-1', network: '203.0.113.0/24', zones: ['eu-central-1a'] },
      ],
      groups: Array.from({ length: sets }, (_, set) => ({
        name: `${name}-web${set + 1}`,
        region: 'eu-west-1',
        instances: 3 * instancesPerZone,
        bootSeconds: [5, 10],
        tags: { service: 'checkout', ChaosReady: 'true', set: String(set + 1) },
      })),
      loadBalancers: [{ name: `${name}-front`, region: 'eu-west-1', group: `${name}-web1` }],
      alarms: [
        {
          name: HOSTS_ALARM,
          region: 'eu-west-1',
          metric: {
            namespace: 'AWS/ApplicationELB',
            name: 'HealthyHostCount',
            loadBalancer: `${name}-front`,
          },
          statistic: 'Minimum',
          periodSeconds: 60,
          evaluationPeriods: 1,
          datapointsToAlarm: 1,
          comparison: 'LessThanThreshold',
          threshold: 3 * instancesPerZone,
        },
      ],
      zones: Array.from({ length: zones }, (_, zone) => ({
        name: domainOf({ name }, zone + 1),
        soaTtlSeconds: 60,
        soaMinimumSeconds: 60,
        records: [
          { name: 'steady', type: 'A', ttl: 1, values: ['203.0.113.200'] },
          ...Array.from({ length: records }, (__, record) => ({
            name: `r${record + 1}`,
            type: 'A',
            ttl: 30,
            values: [`203.0.113.${record + 1}`],
          })),
        ],
      })),
      vantages: [{ name: 'here', region: 'eu-central-1' }],
    },
  }
}
