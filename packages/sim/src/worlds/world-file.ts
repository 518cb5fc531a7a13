import { z } from 'zod'
import { CERTIFICATE_CHAINS } from '../world/certificates.ts'
import { COMPARISONS, MISSING_DATA, STATISTICS } from '../world/alarm-model.ts'
import { RETURN_RULES, STORE_KEEPERS } from '../world/store-model.ts'

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and hyphens')
const domain = z
  .string()
  .regex(/^([a-z0-9-]+\.)+[a-z0-9-]+$/, 'write a domain name without trailing dot, in lower case')
const certificateName = z
  .string()
  .regex(/^(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+$/, 'write a domain name, which may begin with *.')
const region = z.string().regex(/^[a-z]{2}-[a-z]+-\d$/, 'write an AWS Region such as eu-west-1')
const seconds = z.int().positive()
const secondsRange = z
  .tuple([z.number().min(0.001).max(86_400), z.number().min(0.001).max(86_400)])
  .refine(([low, high]) => low <= high, 'write the lower bound first')
const tags = z.record(z.string(), z.string())

const regionSpec = z.strictObject({
  name: region,
  /** First three octets of the Region's public addresses; documentation ranges only. */
  network: z
    .string()
    .regex(
      /^(192\.0\.2|198\.51\.100|203\.0\.113)\.0\/24$/,
      'use a documentation network: 198.51.100.0/24, 203.0.113.0/24 or 192.0.2.0/24',
    ),
  zones: z.array(z.string()).min(1).max(6),
})

const groupSpec = z.strictObject({
  name: slug,
  region,
  /** How many there are at first; a group of none waits to be scaled out. */
  instances: z.int().min(0).max(20_000),
  /** How far it may be scaled; default twice as many as at first. */
  instancesMax: z.int().min(1).max(20_000).optional(),
  /** From `running` until the application answers; long where everything comes out of a backup. */
  bootSeconds: secondsRange.default([20, 40]),
  /** What one instance can serve each second; absent for all there is. */
  requestsPerSecondMax: z.number().positive().optional(),
  instanceType: z.string().default('m5.large'),
  /** Names, such as those of AWS's own services, that its application has to find for every request. */
  needs: z.array(domain).default([]),
  /** Whether its instances are bought on the spot market, where they can be interrupted. */
  spot: z.boolean().default(false),
  /** Whether the group launches another instance for one that is not running. */
  replaces: z.boolean().default(false),
  tags: tags.default({}),
})

const loadBalancerSpec = z.strictObject({
  name: slug,
  region,
  group: slug,
  port: z.int().min(1).max(65_535).default(80),
  /** Whether it has opted in to zonal shift. */
  zonalShift: z.boolean().default(false),
  /** A second listener, which speaks TLS. */
  https: z
    .strictObject({
      port: z.int().min(1).max(65_535).default(443),
      /** What the certificate is for; default every service and the names of records that lead to this balancer. */
      names: z.array(certificateName).min(1).optional(),
      /** From the beginning of the world; negative for one that has expired. */
      expiresInDays: z.number().min(-3650).max(3650).default(90),
      chain: z.enum(CERTIFICATE_CHAINS).default('full'),
    })
    .optional(),
  healthCheck: z
    .strictObject({
      path: z.string().startsWith('/').default('/health'),
      intervalSeconds: z.int().min(5).max(300).default(10),
      timeoutSeconds: z.int().min(2).max(120).default(5),
      healthyThreshold: z.int().min(2).max(10).default(3),
      unhealthyThreshold: z.int().min(2).max(10).default(2),
    })
    .prefault({}),
})

const healthCheckSpec = z.strictObject({
  name: slug,
  loadBalancer: slug,
  path: z.string().startsWith('/').default('/health'),
  intervalSeconds: z.union([z.literal(10), z.literal(30)]).default(30),
  failureThreshold: z.int().min(1).max(10).default(3),
})

const recordSpec = z.strictObject({
  /** Relative to the zone; `@` is the zone itself. */
  name: z.string().min(1),
  type: z.enum(['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'SRV', 'CAA', 'NS']),
  ttl: z.int().min(0).max(172_800).default(300),
  values: z.array(z.string()).min(1).optional(),
  /** The values are this balancer's addresses. */
  loadBalancer: slug.optional(),
  /** Answers as this balancer does; it has no TTL of its own. */
  alias: slug.optional(),
  failover: z.enum(['PRIMARY', 'SECONDARY']).optional(),
  weight: z.int().min(0).max(255).optional(),
  setIdentifier: z.string().optional(),
  healthCheck: slug.optional(),
})

const zoneSpec = z.strictObject({
  name: domain,
  soaTtlSeconds: seconds.default(900),
  soaMinimumSeconds: seconds.default(86_400),
  records: z.array(recordSpec),
})

const metricSpec = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  dimensions: tags.optional(),
  /** Dimensions LoadBalancer and TargetGroup are taken from this balancer. */
  loadBalancer: slug.optional(),
})

const alarmSpec = z.strictObject({
  name: z.string().min(1).max(255),
  region,
  description: z.string().nullable().default(null),
  metric: metricSpec,
  statistic: z.enum(STATISTICS).default('Average'),
  periodSeconds: z.union([z.literal(10), z.literal(20), z.literal(30), z.int().multipleOf(60)]),
  evaluationPeriods: z.int().min(1).max(100),
  datapointsToAlarm: z.int().min(1).max(100),
  comparison: z.enum(COMPARISONS),
  threshold: z.number(),
  treatMissingData: z.enum(MISSING_DATA).default('missing'),
})

const replicaSpec = z.strictObject({
  region,
  /** Seconds a write takes to arrive. One of this and backupEverySeconds. */
  lagSeconds: secondsRange.optional(),
  /** The copy is made from backups that are this far apart. */
  backupEverySeconds: z.number().min(1).max(604_800).optional(),
  /** How fast a backlog is caught up with. */
  writesPerSecondMax: z.number().positive().default(1000),
})

const storeSpec = z.strictObject({
  name: slug,
  service: domain,
  /** The Region that takes writes at first. */
  writer: region,
  replicas: z.array(replicaSpec).default([]),
  /** Whether it is gone in a Region in which no host of the application is up. */
  runsOnHosts: z.boolean().default(true),
  /** Whose it is, if it does not run on hosts: which experiments can pause its replication. */
  keeper: z.enum(STORE_KEEPERS).default('dynamodb'),
  /** After so long without a writer the furthest replica takes over; absent for never by itself. */
  promotesAfterSeconds: secondsRange.optional(),
  /** What becomes of writes that only a lost writer had, once it is back. */
  onReturn: z.enum(RETURN_RULES).default('discard'),
  /** Writes that users make, besides those that come in from outside. */
  writesPerSecond: z.int().min(0).max(100_000).default(0),
})

/** A world as it is written down. Unknown fields are errors. */
export const worldFileSchema = z.strictObject({
  apiVersion: z.literal('firedrill.dev/v1'),
  kind: z.literal('World'),
  metadata: z.strictObject({ name: slug, description: z.string().optional() }),
  spec: z.strictObject({
    account: z.string().regex(/^\d{12}$/, 'write the account id as twelve digits in quotes'),
    regions: z.array(regionSpec).min(1),
    groups: z.array(groupSpec),
    loadBalancers: z.array(loadBalancerSpec).default([]),
    healthChecks: z.array(healthCheckSpec).default([]),
    zones: z.array(zoneSpec).default([]),
    services: z
      .array(
        z.strictObject({
          name: domain,
          port: z.int().default(80),
          path: z.string().startsWith('/').default('/'),
        }),
      )
      .default([]),
    vantages: z.array(z.strictObject({ name: slug, region })).default([]),
    populations: z
      .array(
        z.strictObject({
          name: slug,
          vantage: slug,
          service: domain,
          requestsPerSecond: z.int().min(1).max(100_000),
          resolvers: z.int().min(1).max(40).default(10),
          /** How many of the resolvers keep answers longer than they may, and by up to which factor. */
          overstaying: z.int().min(0).default(1),
          overstayFactorMax: z.number().min(1).max(60).default(3),
          /** How often a failed request is tried again; tries are load too. */
          retries: z.int().min(0).max(5).default(0),
          /** A share of the requests goes over connections that are kept open, whatever DNS says meanwhile. */
          keptConnections: z
            .strictObject({
              share: z.number().min(0).max(1),
              recycleSeconds: z.number().min(1).max(86_400).default(300),
              idleSeconds: z.number().min(1).max(3600).default(60),
            })
            .optional(),
        }),
      )
      .default([]),
    availability: z
      .array(
        z.strictObject({
          service: domain,
          region,
          namespace: z.string(),
          name: z.string(),
          dimension: z.string(),
          periodSeconds: z.union([z.literal(1), z.literal(5), z.literal(10), z.literal(30), z.literal(60)]),
        }),
      )
      .default([]),
    alarms: z.array(alarmSpec).default([]),
    stores: z.array(storeSpec).default([]),
  }),
})

/** A world file that has been read and checked, defaults filled in. */
export type WorldFile = z.infer<typeof worldFileSchema>
