import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { EC2Client } from '@aws-sdk/client-ec2'
import type { SchedulerClient } from '@aws-sdk/client-scheduler'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { FisClient } from '@aws-sdk/client-fis'
import { Route53Client } from '@aws-sdk/client-route-53'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { regionCode, type CompiledEnvironment } from '@firedrill/core'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import packageInfo from '../package.json' with { type: 'json' }
import { rememberDates } from './answered-at.ts'
import { autoScalingSdk } from './autoscaling/sdk.ts'
import { baseCredentials, type CredentialProvider } from './credentials.ts'
import { ec2Sdk } from './ec2/sdk.ts'
import { endpointUrl, ROUTE53_REGION, type ServiceName } from './endpoints.ts'
import { keepDroppedMembers } from './fis/dropped-members.ts'
import { schedulerSdk } from './scheduler/sdk.ts'
import { signAgain } from './sign-again.ts'
import { createSignedJson, type SignedJson } from './zonal-shift/signed-json.ts'
import { waitOutThrottling, type Waits } from './wait-out-throttling.ts'

/** What a set of clients is for. Each has sockets of its own, so that injections cannot starve the way back. */
export const PURPOSES = ['observe', 'inject', 'restore'] as const
/** One of those purposes. */
export type Purpose = (typeof PURPOSES)[number]

/** Which clients are asked for. `region` is a name of the environment (`primary`), never an AWS code. */
export type AwsTarget = Readonly<{ environment: CompiledEnvironment; region: string; purpose: Purpose }>

/** The clients of one environment, Region and purpose. */
export type Aws = Readonly<{
  /** The AWS Region code. */
  region: string
  autoscaling: AutoScalingClient
  ec2: EC2Client
  elb: ElasticLoadBalancingV2Client
  /** Signs for us-east-1, where Route 53's only control plane is. */
  route53: Route53Client
  fis: FisClient
  cloudwatch: CloudWatchClient
  scheduler: SchedulerClient
  /** Application Recovery Controller's zonal shift, for which there is no SDK client. */
  zonalShift: SignedJson
  sts: STSClient
  /** Closes every socket. Calls in flight fail. */
  close(): void
}>

/** Platform time. A call that hangs has to end soon: the engine's hold on the run has to be renewed while it lasts. */
const CONNECT_TIMEOUT_MS = 1500
const REQUEST_TIMEOUT_MS = 4000

/**
 * The one place where AWS clients are made. Endpoint and credentials come from the environment's compiled form and from
 * nowhere else: every setting that the SDK would look up in `AWS_*` variables, config files or instance metadata is given
 * explicitly. Clients attempt each call once; retry is the engine's, save that with `waits` a request that is throttled is
 * held back for a while and sent again, and that one is signed anew by the service's clock where ours is wrong.
 * @throws Error when the environment has no Region of that name, or names credentials it may not have.
 */
export function createAws({ environment, region: name, purpose }: AwsTarget, waits?: Waits): Aws {
  const region = regionCode(environment, name)
  if (region === undefined) throw new Error(`environment ${environment.name} has no Region named ${name}`)
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 64 }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: 64 }),
  }
  const settings = (service: ServiceName, credentials: CredentialProvider, signingRegion: string) => ({
    region: signingRegion,
    endpoint: endpointUrl(environment, service, region),
    credentials,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard' as const,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    userAgentAppId: '',
    authSchemePreference: ['sigv4'],
    customUserAgent: [
      ['firedrill', packageInfo.version] as [string, string],
      ['purpose', purpose] as [string, string],
    ],
    requestHandler: new NodeHttpHandler({
      ...agents,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  })
  const base = baseCredentials(environment, region)
  const { roleArn } = environment.aws
  const credentials =
    roleArn === undefined
      ? base
      : assumedRole(new STSClient(settings('sts', base, region)), roleArn, environment.name)
  const clients = {
    elb: new ElasticLoadBalancingV2Client(settings('elasticloadbalancing', credentials, region)),
    route53: new Route53Client(settings('route53', credentials, ROUTE53_REGION)),
    fis: new FisClient(settings('fis', credentials, region)),
    cloudwatch: new CloudWatchClient({
      ...settings('monitoring', credentials, region),
      disableRequestCompression: false,
      requestMinCompressionSizeBytes: 10_240,
    }),
    sts: new STSClient(settings('sts', credentials, region)),
  }
  keepDroppedMembers(clients.fis)
  rememberDates(clients.cloudwatch)
  const patient = <T extends Parameters<typeof signAgain>[0]>(client: T): T => {
    signAgain(client)
    if (waits !== undefined) waitOutThrottling(client, waits)
    return client
  }
  for (const client of Object.values(clients)) patient(client)
  const zonalShift = createSignedJson({
    ...settings('arc-zonal-shift', credentials, region),
    service: 'arc-zonal-shift',
    userAgent: `firedrill/${packageInfo.version} purpose/${purpose}`,
  })
  let autoscaling: AutoScalingClient | undefined
  let ec2: EC2Client | undefined
  let scheduler: SchedulerClient | undefined
  return {
    region,
    ...clients,
    zonalShift,
    get autoscaling() {
      const { AutoScalingClient: Client } = autoScalingSdk()
      return (autoscaling ??= patient(new Client(settings('autoscaling', credentials, region))))
    },
    get scheduler() {
      const { SchedulerClient: Client } = schedulerSdk()
      return (scheduler ??= patient(new Client(settings('scheduler', credentials, region))))
    },
    get ec2() {
      return (ec2 ??= patient(new (ec2Sdk().EC2Client)(settings('ec2', credentials, region))))
    },
    close() {
      agents.httpAgent.destroy()
      agents.httpsAgent.destroy()
    },
  }
}

/** Credentials of the environment's role, asked of the Region's own STS. The SDK asks again before they end. */
function assumedRole(sts: STSClient, roleArn: string, environment: string): CredentialProvider {
  signAgain(sts)
  return async () => {
    const { Credentials: granted } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: `firedrill-${environment}`.slice(0, 64),
        DurationSeconds: 3600,
      }),
    )
    if (granted?.AccessKeyId === undefined || granted.SecretAccessKey === undefined) {
      throw Object.assign(new Error(`STS granted no credentials for ${roleArn}`), {
        name: 'CredentialsProviderError',
      })
    }
    return {
      accessKeyId: granted.AccessKeyId,
      secretAccessKey: granted.SecretAccessKey,
      ...(granted.SessionToken === undefined ? {} : { sessionToken: granted.SessionToken }),
      ...(granted.Expiration === undefined ? {} : { expiration: granted.Expiration }),
    }
  }
}
