import type { ApiError } from '../world/impairments.ts'
import type { World } from '../world/world.ts'
import type { AwsFaultDetails } from './aws-fault.ts'
import type { BucketLimit } from './token-bucket.ts'
import type { WireInput, WireStructure } from './wire-value.ts'

/** The services this simulator speaks for, by the short name used in logs, counters and adversity rules. */
export const SERVICE_NAMES = [
  'ec2',
  'elbv2',
  'autoscaling',
  'arc-zonal-shift',
  'route53',
  'fis',
  'cloudwatch',
  'scheduler',
  'sts',
] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** The wire protocols, by the names the AWS service models give them. */
export type AwsProtocol = 'ec2Query' | 'awsQuery' | 'restXml' | 'restJson1' | 'awsJson1.0'

/** Who signed a call. */
export type Caller = {
  readonly accessKeyId: string
  readonly account: string
  readonly arn: string
  readonly userId: string
}

/** The name of the role whose session a caller uses; null for a user. */
export function roleNameOf({ arn }: Pick<Caller, 'arn'>): string | null {
  return /:assumed-role\/([^/]+)\//.exec(arn)?.[1] ?? null
}

/** Everything an operation may know about the call it answers, apart from the input. */
export type Call = {
  readonly world: World
  /** The Region of the signing scope. */
  readonly region: string
  readonly account: string
  readonly requestId: string
  readonly caller: Caller
  /** The call reads from a replica that has not heard of the latest changes. Only some reads can tell a difference. */
  readonly stale: boolean
}

/** One operation of a service. `handle` runs to its end in one turn, so every call is atomic in the world. */
export type Operation = {
  readonly mutates: boolean
  /** For the REST protocols: the method and path template, with `{Label}` for path members. */
  readonly route?: { readonly method: string; readonly path: string; readonly status?: number }
  /** @throws AwsFault for everything AWS would refuse. */
  readonly handle: (call: Call, input: WireInput) => WireStructure
}

/** A wish for tokens: all the wishes of a call must be met, or it is throttled. */
export type BucketWish = { readonly bucket: string; readonly limit: BucketLimit; readonly tokens: number }

/** One AWS service: its place on the wire and its operations. */
export type AwsService = {
  readonly name: ServiceName
  /** The service part of the signing scope. */
  readonly signingName: string
  /** The protocols it answers, the preferred one first; it shapes errors of calls that fit none. */
  readonly protocols: readonly [AwsProtocol, ...AwsProtocol[]]
  readonly apiVersion: string
  readonly xmlNamespace: string
  /** The `X-Amz-Target` prefix of the JSON protocol. */
  readonly targetPrefix?: string
  /** Always signed for this Region, whatever the client's Region is. */
  readonly globalRegion?: string
  /** Route 53 only: the element name of the items of each list. */
  readonly listItems?: Readonly<Record<string, string>>
  readonly operations: Readonly<Record<string, Operation>>
  readonly throttlingFault: AwsFaultDetails
  /** What a call meets instead of its answer when an experiment injects errors into its role's calls. */
  readonly injectedFaults?: Readonly<Record<ApiError, AwsFaultDetails>>
  /** Which buckets a call draws from; the keys get account and Region added by the dispatcher. */
  readonly buckets: (operation: string, input: WireInput) => readonly BucketWish[]
}
