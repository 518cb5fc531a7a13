import type { AlarmState } from './alarm-model.ts'
import type { InsufficientDataStatus } from './insufficient-data.ts'

/**
 * The world's nouns: plain JSON rows, one table each. Rows are never changed in place; a change is a new row put into
 * its table, which is what makes persistence and the transition log complete. Instants are world time.
 */

/** World time in integer microseconds since the Unix epoch. Durations use the same unit. */
export type Micros = number

/** Microseconds in one second. */
export const SECOND: Micros = 1_000_000

/** EC2 instance states, in the order of an instance's life. */
export const INSTANCE_STATES = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
] as const
/** One EC2 instance state name. */
export type InstanceState = (typeof INSTANCE_STATES)[number]

/** A virtual machine with the application on it. */
export interface Instance {
  readonly id: string
  readonly name: string
  readonly region: string
  readonly az: string
  readonly azId: string
  readonly vpcId: string
  readonly subnetId: string
  readonly group: string | null
  readonly instanceType: string
  readonly imageId: string
  readonly privateIp: string
  readonly publicIp: string
  readonly tags: Readonly<Record<string, string>>
  readonly state: InstanceState
  readonly stateChangedAt: Micros
  readonly stateReason: { readonly code: string; readonly message: string } | null
  readonly launchedAt: Micros
  /** The operating system answers on the network. While it does and the application is down, connections are refused. */
  readonly hostUp: boolean
  /** The application answers 200 on its port. */
  readonly appUp: boolean
  readonly terminationProtected: boolean
  /** Bought on the spot market: it can be interrupted. Absent means it is not. */
  readonly isSpot?: boolean
}

/** An Auto Scaling group; `replaces` says whether it launches a new instance for a lost one. */
export interface Group {
  readonly name: string
  readonly region: string
  readonly azs: readonly string[]
  readonly minSize: number
  readonly desiredCapacity: number
  readonly maxSize: number
  readonly targetGroupArns: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  readonly replaces: boolean
  readonly createdAt: Micros
}

/** What a group launches; its table key is the group's. */
export interface LaunchTemplate {
  readonly instanceType: string
  readonly imageId: string
  readonly vpcId: string
  readonly tags: Readonly<Record<string, string>>
  /** From `running` until the application answers, in seconds: restoring from a backup takes long. */
  readonly bootSeconds: readonly [number, number]
  /** What one instance can serve each second; null for all there is. */
  readonly requestsPerSecondMax: number | null
  /** Names that the application has to find for every request it serves; absent for none. */
  readonly needs?: readonly string[]
  /** What is launched is bought on the spot market. */
  readonly isSpot?: boolean
  readonly subnets: Readonly<Record<string, string>>
  readonly azIds: Readonly<Record<string, string>>
}

/** An application load balancer: one address per zone, one listener per port. */
export interface LoadBalancer {
  readonly arn: string
  readonly name: string
  readonly region: string
  readonly dnsName: string
  readonly canonicalHostedZoneId: string
  readonly vpcId: string
  readonly securityGroups: readonly string[]
  readonly nodes: readonly { readonly az: string; readonly subnetId: string; readonly address: string }[]
  readonly listeners: readonly {
    readonly arn: string
    readonly port: number
    readonly targetGroupArn: string
    /** What it shows to those who speak TLS; absent where plain HTTP is spoken. */
    readonly certificateArn?: string
  }[]
  readonly createdAt: Micros
  /** It has opted in to zonal shift. Absent means it has not. */
  readonly zonalShift?: boolean
}

/** A target group with its health check. */
export interface TargetGroup {
  readonly arn: string
  readonly name: string
  readonly region: string
  readonly vpcId: string
  readonly port: number
  readonly loadBalancerArns: readonly string[]
  readonly healthCheck: {
    readonly path: string
    readonly intervalSeconds: number
    readonly timeoutSeconds: number
    readonly healthyThreshold: number
    readonly unhealthyThreshold: number
    readonly matcher: string
  }
}

/** ELBv2 target health states. */
export const TARGET_STATES = ['initial', 'healthy', 'unhealthy', 'unused', 'draining'] as const
/** One ELBv2 target health state. */
export type TargetState = (typeof TARGET_STATES)[number]

/** One registered target; its table key is `${targetGroupArn}|${instanceId}`. */
export interface Target {
  readonly targetGroupArn: string
  readonly instanceId: string
  readonly port: number
  readonly az: string
  readonly state: TargetState
  /** ELBv2 reason code such as `Target.Timeout`, null when healthy. */
  readonly reason: string | null
  readonly description: string | null
  /** Consecutive check results: positive passes, negative failures. */
  readonly streak: number
  readonly changedAt: Micros
}

/** A public hosted zone. Its SOA and NS records are rows of `recordSets` like any other. */
export interface Zone {
  /** Without the `/hostedzone/` prefix. */
  readonly id: string
  /** Lower case with trailing dot. */
  readonly name: string
  readonly callerReference: string
  readonly comment: string
  readonly nameServers: readonly string[]
  /** A private zone: only these ask it, and nobody else about its names. Absent: it is public. */
  readonly vpcs?: readonly { readonly id: string; readonly region: string }[]
}

/** How Route 53 chooses among record sets of one name and type. */
export type Routing =
  | { readonly policy: 'simple' }
  | { readonly policy: 'failover'; readonly role: 'PRIMARY' | 'SECONDARY' }
  | { readonly policy: 'weighted'; readonly weight: number }
  | { readonly policy: 'multivalue' }
  | { readonly policy: 'latency'; readonly region: string }
  | { readonly policy: 'geolocation'; readonly location: Readonly<Record<string, string>> }

/** A resource record set; its table key is `recordKey(...)`. */
export interface RecordSet {
  readonly zoneId: string
  /** Lower case with trailing dot; `*` is kept as `\052` is on the wire only. */
  readonly name: string
  readonly type: string
  readonly setIdentifier: string | null
  readonly routing: Routing
  /** Seconds; null for an alias. */
  readonly ttl: number | null
  /** As in the API: presentation format, TXT with its quotes. */
  readonly values: readonly string[]
  readonly alias: {
    readonly hostedZoneId: string
    readonly dnsName: string
    readonly evaluateTargetHealth: boolean
  } | null
  readonly healthCheckId: string | null
}

/** Table key of a record set. */
export const recordKey = (record: Pick<RecordSet, 'zoneId' | 'name' | 'type' | 'setIdentifier'>): string =>
  `${record.zoneId}|${record.name}|${record.type}|${record.setIdentifier ?? ''}`

/** One change of an atomic batch, already validated against the zone. */
export interface RecordChange {
  readonly action: 'put' | 'delete'
  readonly record: RecordSet
}

/** A submitted batch: PENDING until every name server serves it. */
export interface ZoneChange {
  /** Without the `/change/` prefix. */
  readonly id: string
  readonly zoneId: string
  readonly status: 'PENDING' | 'INSYNC'
  readonly submittedAt: Micros
  readonly insyncAt: Micros | null
  readonly comment: string | null
  /** The zone itself was made or deleted, which keeps it from no batch. Absent: a batch. */
  readonly isOfZone?: boolean
}

/** Health check kinds of the API. */
export const HEALTH_CHECK_TYPES = [
  'HTTP',
  'HTTPS',
  'HTTP_STR_MATCH',
  'HTTPS_STR_MATCH',
  'TCP',
  'CALCULATED',
  'CLOUDWATCH_METRIC',
  'RECOVERY_CONTROL',
] as const
/** One health check kind. */
export type HealthCheckType = (typeof HEALTH_CHECK_TYPES)[number]

/** A Route 53 health check and the vote of its checkers, of its children, or of the metric it watches. */
export interface HealthCheck {
  readonly id: string
  readonly callerReference: string
  readonly version: number
  readonly type: HealthCheckType
  readonly ipAddress: string | null
  readonly fullyQualifiedDomainName: string | null
  readonly port: number
  readonly resourcePath: string | null
  readonly searchString: string | null
  /** Of a calculated check: what it counts, and how many of them have to be healthy. */
  readonly children?: { readonly ids: readonly string[]; readonly healthThreshold: number }
  /** Of a check on a metric: the alarm whose data, not whose state, it follows. */
  readonly stream?: {
    readonly alarmArn: string
    readonly insufficientData: InsufficientDataStatus
    readonly state: AlarmState
  }
  readonly requestIntervalSeconds: 10 | 30
  readonly failureThreshold: number
  readonly regions: readonly string[]
  readonly inverted: boolean
  readonly disabled: boolean
  readonly tags: Readonly<Record<string, string>>
  /** After the vote, inversion and disabling. */
  readonly healthy: boolean
  readonly changedAt: Micros
}

/** One checker's view; table key `${healthCheckId}|${checker}`. */
export interface Checker {
  readonly healthCheckId: string
  /** AWS Region of the checker, with a number since each Region has several. */
  readonly region: string
  readonly index: number
  readonly address: string
  readonly healthy: boolean
  /** Consecutive results against `healthy`. */
  readonly against: number
  readonly lastCheckedAt: Micros | null
  readonly lastReason: string
}

/** A metric's identity within a Region. */
export interface MetricId {
  readonly region: string
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** A place from which the service is seen, with its own recursive resolver. */
export interface Vantage {
  readonly name: string
  readonly region: string
  /** Index of the name server its resolver prefers. */
  readonly nameServer: number
}

/** Users in one part of the world. Each cohort has a resolver cache of its own. */
export interface Population {
  readonly name: string
  readonly vantage: string
  /** Whole requests per world second. */
  readonly requestsPerSecond: number
  readonly service: string
  /** Factors by which the cohorts stretch TTLs; 1 obeys. */
  readonly cohortStretch: readonly number[]
  /** How often a failed request is tried again; absent for never. */
  readonly retries?: number
  /** Requests that go over connections kept open, whatever DNS says meanwhile. */
  readonly keptConnections?: KeptConnections
}

/** How a population keeps connections. */
export interface KeptConnections {
  /** Share of the requests, 0 to 1. */
  readonly share: number
  /** A connection is closed after this long, and earlier when it fails. */
  readonly recycleSeconds: number
  /** A connection that carries nothing for this long is closed by the other side. */
  readonly idleSeconds: number
}

/** A name users reach, whose truth is recorded for every vantage. */
export interface Service {
  /** Lower case with trailing dot. */
  readonly name: string
  readonly port: number
  readonly path: string
}

/** One change in the world, for the witness. */
export interface Transition {
  readonly seq: number
  readonly at: Micros
  /** `kind:id`, such as `instance:i-0…` or `health-check:…`. */
  readonly subject: string
  readonly from: string
  readonly to: string
  readonly cause: string
}

/** One mutating AWS call, for the witness. */
export interface Mutation {
  readonly seq: number
  readonly platformAt: Micros
  readonly worldAt: Micros
  readonly service: string
  readonly operation: string
  readonly region: string
  readonly accessKey: string
  readonly userAgent: string
  /** Idempotency token or caller reference of the request, if any. */
  readonly token: string | null
  readonly summary: string
  /** `ok`, or the error code. */
  readonly outcome: string
}
