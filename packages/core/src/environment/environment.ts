import { z } from 'zod'
import { REACHES } from '../network/address.ts'
import { API_VERSION } from '../scenario/scenario.ts'

/** `sandbox`: simulated, on loopback, needs no sign-in. `cloud`: a real account. */
export const ENVIRONMENT_KINDS = ['sandbox', 'cloud'] as const
export type EnvironmentKind = (typeof ENVIRONMENT_KINDS)[number]

/**
 * What takes a fault out that does not end by itself, when nobody else does. `reaper`: a process of the platform, with its own
 * copy of the kit. `aws-scheduler`: besides it EventBridge Scheduler, which survives the platform's host.
 */
export const DEAD_MEN = ['reaper', 'aws-scheduler'] as const

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, starting with a letter')
/** Variables that may hold the password of a database. No other is ever read for one, whatever an environment asks for. */
export const DATABASE_VARIABLE = /^FIREDRILL_DATABASE_[A-Z0-9_]{1,48}$/
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Where credentials come from. There is no default chain: an environment names its source. */
export const credentialSourceSchema = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('static'), accessKeyId: z.string(), secretAccessKey: z.string() }),
  z.strictObject({ source: z.literal('profile'), profile: z.string() }),
  z.strictObject({ source: z.literal('environment-variables') }),
])
export type CredentialSource = z.infer<typeof credentialSourceSchema>

/** An environment with every default filled in: where a drill may act, and what may be touched. */
export const compiledEnvironmentSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Environment'),
  name,
  title: z.string(),
  environmentKind: z.enum(ENVIRONMENT_KINDS),
  production: z.boolean(),
  /** Absent means the reaper. */
  deadMan: z.enum(DEAD_MEN).optional(),
  enabled: z.boolean(),
  account: z.string().regex(/^\d{12}$/, 'an AWS account id of twelve digits'),
  /** Names that scenarios use → AWS Region codes. */
  regions: z.record(
    name,
    z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS Region code such as eu-west-1'),
  ),
  /** Region (by name) in which the platform publishes probe metrics; outside the drilled one. */
  homeRegion: name,
  /** Names that scenarios use → hosted zone ids. */
  hostedZones: z.record(name, z.strictObject({ id: z.string(), domain: z.string() })),
  aws: z.strictObject({
    /** `aws`: the public endpoint of each service. Otherwise one URL for all services. */
    endpoint: z.union([z.literal('aws'), z.url()]),
    credentials: credentialSourceSchema,
    roleArn: z.string().optional(),
    /** The role that FIS assumes. */
    fisRoleArn: z.string(),
    /** The role that EventBridge Scheduler assumes to take faults out. */
    schedulerRoleArn: z.string().optional(),
  }),
  clock: z.discriminatedUnion('source', [
    z.strictObject({ source: z.literal('real') }),
    z.strictObject({ source: z.literal('simulator'), url: z.url() }),
  ]),
  probes: z.strictObject({
    /** HTTP CONNECT proxy for HTTP, TLS and TCP probes. */
    proxy: z.url().optional(),
    /** Certificate authorities of one's own, PEM, that HTTPS and TLS probes trust besides the well-known ones. */
    ca: z.string().optional(),
    /** How far probes may reach; absent: `loopback` in a sandbox, `public` elsewhere. */
    reach: z.enum(REACHES).optional(),
    /** `remote`: not looked from by the platform's own prober but by a `firedrill probe` somewhere; absent means no. */
    vantages: z
      .array(z.strictObject({ name, resolver: z.string().optional(), remote: z.boolean().optional() }))
      .min(1),
  }),
  /** Names that marker writers use → databases; absent means none. */
  databases: z
    .record(
      name,
      z.strictObject({
        /** A postgresql:// URL without password. */
        url: z.string(),
        /** Variable of the prober that holds the password: a compiled environment is stored, so it must not hold it itself. */
        passwordVariable: z.string().regex(DATABASE_VARIABLE).optional(),
      }),
    )
    .optional(),
  touch: z.strictObject({
    /** Only resources with all of these tags are ever targets. */
    requiredTags: z.record(z.string(), z.string()),
    /** A resource with this tag key set to `true` is never a target. */
    exemptTag: z.string(),
    /** Record names (full, no trailing dot) that are never touched. */
    protectedRecords: z.array(z.string()),
    /** A resource with any of these tags is never a target; absent means none. */
    protectedTags: z.record(z.string(), z.string()).optional(),
    /** Hosted zones (by name) and Availability Zones (by AWS name) in which nothing is touched; absent means none. */
    protectedZones: z.array(z.string()).optional(),
    /** Whether faults that cannot be put back may be used at all; absent means no. */
    irreversible: z.boolean().optional(),
    blastRadius: z.strictObject({ targetsMax: z.int().min(1), percentMax: z.number().gt(0).max(100) }),
  }),
  /** When drills may start; empty means always. Minutes of the day in the window's zone. */
  windows: z.array(
    z.strictObject({
      days: z.array(z.enum(WEEKDAYS)).min(1),
      fromMinute: z.int().min(0).max(1439),
      toMinute: z.int().min(1).max(1440),
      timeZone: z.string(),
    }),
  ),
  /** When drills may not start, whatever the windows say; microseconds since the epoch, `to` exclusive. Absent means never. */
  freezes: z.array(z.strictObject({ from: z.int(), to: z.int(), reason: z.string() })).optional(),
  approvalsNeeded: z.int().min(0),
})
export type CompiledEnvironment = z.infer<typeof compiledEnvironmentSchema>
export type DrillWindow = CompiledEnvironment['windows'][number]

/** The AWS Region code behind a name, or undefined when the environment has none of that name. */
export function regionCode(environment: CompiledEnvironment, region: string): string | undefined {
  return environment.regions[region]
}
