import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { FisClient } from '@aws-sdk/client-fis'
import { Route53Client } from '@aws-sdk/client-route-53'
import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { STSClient } from '@aws-sdk/client-sts'
import { startSimulator, type Simulator, type SimulatorOptions } from '../server.ts'
import { SIMULATOR_ACCESS_KEY_ID, SIMULATOR_SECRET_ACCESS_KEY } from '../wire/credentials.ts'

/** Settings in which a test's clients differ from the usual ones. */
export type ClientSettings = {
  readonly region?: string
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  readonly maxAttempts?: number
}

/** The unmodified SDK clients of the lockfile, all pointed at one simulator. */
export type SdkClients = {
  readonly autoScaling: AutoScalingClient
  readonly cloudWatch: CloudWatchClient
  readonly ec2: EC2Client
  readonly elbv2: ElasticLoadBalancingV2Client
  readonly fis: FisClient
  readonly route53: Route53Client
  readonly scheduler: SchedulerClient
  readonly sts: STSClient
}

/** A simulator on real sockets whose clock only moves when the test says so, and the SDK in front of it. */
export type SdkArena = SdkClients & {
  readonly simulator: Simulator
  /** The default pair of keys. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  clients(settings?: ClientSettings): SdkClients
  /** Moves the world on by seconds. */
  advance(seconds: number): void
  /** World time as the SDK writes it. */
  now(): Date
  close(): Promise<void>
}

/** Starts a simulator for SDK contract tests; the world begins on a full minute of a fixed day. */
export async function openSdkArena(options: SimulatorOptions = {}): Promise<SdkArena> {
  const startAt = Date.UTC(2026, 10, 3, 9, 0, 0) * 1_000
  const simulator = await startSimulator({ rate: 'manual', startAt, throttling: false, ...options })
  const credentials = { accessKeyId: SIMULATOR_ACCESS_KEY_ID, secretAccessKey: SIMULATOR_SECRET_ACCESS_KEY }
  const opened: SdkClients[] = []
  const clients = (settings: ClientSettings = {}): SdkClients => {
    const config = {
      region: 'eu-west-1',
      endpoint: simulator.endpoints.aws,
      credentials,
      maxAttempts: 1,
      ...settings,
    }
    const made: SdkClients = {
      autoScaling: new AutoScalingClient(config),
      cloudWatch: new CloudWatchClient(config),
      ec2: new EC2Client(config),
      elbv2: new ElasticLoadBalancingV2Client(config),
      fis: new FisClient(config),
      // With an endpoint of its own the SDK no longer moves Route 53 to us-east-1 by itself.
      route53: new Route53Client({ ...config, region: 'us-east-1' }),
      scheduler: new SchedulerClient(config),
      sts: new STSClient(config),
    }
    opened.push(made)
    return made
  }
  return {
    ...clients(),
    simulator,
    credentials,
    clients,
    advance: (seconds) => simulator.advance(Math.round(seconds * 1_000_000)),
    now: () => new Date(simulator.world.now() / 1_000),
    close: async () => {
      for (const made of opened) for (const client of Object.values(made)) client.destroy()
      await simulator.close()
    },
  }
}
