import * as autoScaling from '@aws-sdk/client-auto-scaling'
import * as cloudWatch from '@aws-sdk/client-cloudwatch'
import * as ec2 from '@aws-sdk/client-ec2'
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2'
import * as fis from '@aws-sdk/client-fis'
import * as route53 from '@aws-sdk/client-route-53'
import * as scheduler from '@aws-sdk/client-scheduler'
import * as sts from '@aws-sdk/client-sts'
import * as cloudWatchQuery from 'client-cloudwatch-query'
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { promisify } from 'node:util'
import type { ServiceName } from '../wire/service.ts'

const run = promisify(execFile)

/** What a call came to: what the client made of the answer, as JSON, or the error code that it reports. */
export type Reply = { readonly output: unknown } | { readonly error: string }

/** One client, reduced to what all of them can do: call an operation by name with the members of AWS's own model. */
export type ContractClient = {
  readonly name: string
  /** Operations that this version of the client has not heard of. */
  readonly lacks: readonly string[]
  open(endpoint: string, credentials: Credentials): ContractSession
}

/** A client that is pointed at one simulator. */
export type ContractSession = {
  call(service: ServiceName, operation: string, input: object, region: string): Promise<Reply>
  close(): void
}

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string }

/** As much of an SDK module as the contract needs: a client class, and a command class for every operation. */
type SdkClient = { send(command: unknown): Promise<unknown>; destroy(): void }
type SdkError = {
  readonly name: string
  readonly Code?: string
  readonly Error?: { readonly Code?: string }
}
type SdkModule = { readonly [name: string]: unknown }

/** Services for which the registry has an SDK client; zonal shift has none. */
type SdkService = Exclude<ServiceName, 'arc-zonal-shift'>

const MODULES: Readonly<Record<SdkService, readonly [module: SdkModule, client: string]>> = {
  autoscaling: [autoScaling, 'AutoScalingClient'],
  cloudwatch: [cloudWatch, 'CloudWatchClient'],
  ec2: [ec2, 'EC2Client'],
  elbv2: [elbv2, 'ElasticLoadBalancingV2Client'],
  fis: [fis, 'FisClient'],
  route53: [route53, 'Route53Client'],
  scheduler: [scheduler, 'SchedulerClient'],
  sts: [sts, 'STSClient'],
}

/** The SDK clients of the lockfile. */
export const sdkClient: ContractClient = {
  name: 'the SDK clients of the lockfile',
  lacks: [],
  open: (endpoint, credentials) => openSdk(MODULES, endpoint, credentials),
}

/** The same, but CloudWatch with the last client that speaks the query protocol. */
export const queryClient: ContractClient = {
  name: 'the SDK client that speaks Query to CloudWatch',
  lacks: [],
  open: (endpoint, credentials) =>
    openSdk({ ...MODULES, cloudwatch: [cloudWatchQuery, 'CloudWatchClient'] }, endpoint, credentials),
}

/** The command line of AWS as Debian ships it: botocore, and its own idea of every wire protocol. */
export const commandLine: ContractClient & { readonly isPresent: boolean } = {
  name: "Debian's awscli",
  // Debian's is of 2022.
  lacks: ['fis.ListExperimentResolvedTargets'],
  isPresent: findCommandLine() !== null,
  open: (endpoint, credentials) => {
    const program = findCommandLine() ?? 'aws'
    return {
      close: () => undefined,
      call: async (service, operation, input, region) => {
        const place = ['--endpoint-url', endpoint, '--region', region, '--output', 'json', '--no-cli-pager']
        const words = [service, kebab(operation), '--cli-input-json', JSON.stringify(input), ...place]
        const env = {
          PATH: process.env['PATH'],
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_CONFIG_FILE: '/dev/null',
          AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_MAX_ATTEMPTS: '1',
        }
        try {
          const { stdout } = await run(program, words, { env, timeout: 60_000 })
          return { output: stdout.trim() === '' ? {} : normal(JSON.parse(stdout)) }
        } catch (error) {
          const text = String((error as { stderr?: unknown }).stderr ?? error)
          const code = /An error occurred \(([^)]+)\)/.exec(text)?.[1]
          if (code === undefined) throw new Error(`aws ${words.join(' ')}: ${text}`, { cause: error })
          return { error: code }
        }
      },
    }
  },
}

function openSdk(
  modules: Readonly<Record<SdkService, readonly [SdkModule, string]>>,
  endpoint: string,
  credentials: Credentials,
): ContractSession {
  const clients = new Map<string, SdkClient>()
  const clientOf = (service: SdkService, region: string): SdkClient => {
    const key = `${service} ${region}`
    const [module, name] = modules[service]
    const Client = module[name] as new (config: object) => SdkClient
    const client = clients.get(key) ?? new Client({ region, endpoint, credentials, maxAttempts: 1 })
    clients.set(key, client)
    return client
  }
  return {
    close: () => {
      for (const client of clients.values()) client.destroy()
    },
    call: async (service, operation, input, region) => {
      if (service === 'arc-zonal-shift') throw new Error('there is no SDK client for zonal shift')
      const Command = modules[service][0][`${operation}Command`] as new (input: object) => unknown
      try {
        const answer = await clientOf(service, region).send(new Command(input))
        const { $metadata: _metadata, ...output } = answer as { $metadata?: unknown }
        return { output: normal(JSON.parse(JSON.stringify(output))) }
      } catch (error) {
        // Clients of the query protocol keep the code on the wire one level deeper than the others.
        const { Code, Error: inner, name } = error as SdkError
        return { error: Code ?? inner?.Code ?? name }
      }
    },
  }
}

/** Where the command line is, `null` if the test run says or finds that it is not there. */
function findCommandLine(): string | null {
  const had = process.env['FIREDRILL_HAVE']?.split(',')
  if (had !== undefined && !had.includes('awscli')) return null
  // Version managers put stand-ins called `aws` on PATH that run nothing, so only real places count.
  const places = ['/usr/bin/aws', '/opt/homebrew/bin/aws', '/usr/local/bin/aws']
  return places.find((place) => isExecutable(place)) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function kebab(operation: string): string {
  return operation.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()
}

/** Clients write instants in ways of their own; here they are all ISO 8601 in UTC with milliseconds. */
function normal(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)$/.test(value))
    return new Date(value).toISOString()
  if (Array.isArray(value)) return value.map((entry) => normal(entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([member, content]) => [member, normal(content)]))
}
