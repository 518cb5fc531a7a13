import { z } from 'zod'
import { compiledMarkerSchema } from './marker.ts'

/** The one format version of every file. */
export const API_VERSION = 'firedrill.dev/v1'

/** How the system under drill recovers. `restore`: putting it back is itself the response. */
export const RESPONSES = ['automatic', 'runbook', 'evacuation', 'restore'] as const
export type Response = (typeof RESPONSES)[number]

/** What a probe does once a period. */
export const PROBE_KINDS = ['http', 'tls', 'tcp', 'dns', 'ping'] as const
export type ProbeKind = (typeof PROBE_KINDS)[number]

/** What an objective limits. */
export const OBJECTIVE_KINDS = ['recovery-time', 'detection-time', 'data-loss'] as const
export type ObjectiveKind = (typeof OBJECTIVE_KINDS)[number]

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, starting with a letter')
const ms = z.int().nonnegative()

const port = z.int().min(1).max(65_535)
/** `latencyMaxMs`: a good answer that took longer is bad, `slow`; absent means that only the timeout counts. */
const probeBase = { name, periodMs: ms.min(100), timeoutMs: ms.min(50), latencyMaxMs: ms.optional() }

/** How the wanted answers of a DNS probe compare with those that came. */
export const ANSWER_MATCHES = ['any', 'exact'] as const

/** A probe with every default filled in. Times are world time. */
export const compiledProbeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...probeBase,
    kind: z.literal('http'),
    url: z.string(),
    method: z.enum(['GET', 'HEAD']),
    /** Accepted status codes. */
    status: z.array(z.int().min(100).max(599)).min(1),
    bodyIncludes: z.string().optional(),
    /** `kept`: one connection is used again and again, as clients with a pool do. Absent: a fresh one each time. */
    connection: z.literal('kept').optional(),
  }),
  z.strictObject({
    ...probeBase,
    kind: z.literal('tls'),
    host: z.string(),
    port,
    /** The name that is asked for and that the certificate must carry. Absent: the host. */
    serverName: z.string().optional(),
    /** Every certificate of the chain must be valid for at least this much longer. Absent: it must be valid now. */
    validForMs: ms.optional(),
  }),
  z.strictObject({
    ...probeBase,
    kind: z.literal('dns'),
    /** The name that is asked for, without trailing dot. */
    host: z.string(),
    recordType: z.enum(['A', 'AAAA', 'CNAME', 'TXT']),
    /** When given, at least one answer must be among these, or with `match: exact` the answers must be these and no others. */
    answers: z.array(z.string()).optional(),
    match: z.literal('exact').optional(),
    /** `host:port` of the resolvers or name servers that are asked, every one of them. Absent: the resolver of the vantage. */
    servers: z.array(z.string()).min(1).optional(),
    /** The servers of the zone itself are asked, without recursion, and must answer with authority. */
    authoritative: z.literal(true).optional(),
    /** An answer that may be cached for longer than this is bad. Seconds, as DNS counts. */
    ttlMaxSeconds: z.int().min(0).optional(),
  }),
  z.strictObject({
    ...probeBase,
    kind: z.literal('tcp'),
    host: z.string(),
    port,
  }),
  z.strictObject({ ...probeBase, kind: z.literal('ping'), host: z.string() }),
])
export type CompiledProbe = z.infer<typeof compiledProbeSchema>

/** Which resources of one kind a fault aims at. Resolved once, at planning, with the run's recorded seed. */
export const compiledSelectorSchema = z.strictObject({
  /** Name of a Region in the environment (`primary`), never an AWS code. */
  region: name,
  tags: z.record(z.string(), z.string()),
  /** Name of the Auto Scaling group whose members are meant; absent means members of any, and of none. */
  group: z.string().optional(),
  /** Availability Zone names or ids; empty means any. */
  zones: z.array(z.string()),
  choose: z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('all') }),
    z.strictObject({ mode: z.literal('count'), count: z.int().min(1) }),
    z.strictObject({ mode: z.literal('percent'), percent: z.number().gt(0).max(100) }),
    /** So many of every group that matches. */
    z.strictObject({ mode: z.literal('per-group'), count: z.int().min(1) }),
  ]),
  /** Cap: more than this many matches is a refusal. */
  max: z.int().min(1),
  /** For DNS records: the hosted zone's name in the environment, the record's full name, and its types; empty types means all variants. */
  zone: name.optional(),
  record: z.string().optional(),
  recordTypes: z.array(z.string()).optional(),
  /** The one variant of the name with this set identifier; absent means every variant. */
  recordSet: z.string().optional(),
})
export type CompiledSelector = z.infer<typeof compiledSelectorSchema>

/** What becomes of a run when a step does not take effect. */
export const FAILURE_ANSWERS = ['recover', 'ask'] as const
export type FailureAnswer = (typeof FAILURE_ANSWERS)[number]

/** One step of a scenario. `after` names steps that must be done before it starts; none means the start. */
export const compiledStepSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('inject'),
    name,
    after: z.array(name),
    /** Name in the fault catalogue, e.g. `ec2-stop-instances`. */
    fault: name,
    targets: compiledSelectorSchema,
    /** How long the fault may last in world time: its expiry counts from the request. */
    durationMs: ms.min(1000),
    parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    /**
     * Absent: it breaks something. `response`: the platform does it in answer to what broke, or unprovoked, and undoes it in the
     * failback, which comes after every fault is out.
     */
    part: z.literal('response').optional(),
    /** When it does not take effect: take everything out (absent), or hold the run for a person. */
    onFailure: z.enum(FAILURE_ANSWERS).optional(),
  }),
  z.strictObject({ kind: z.literal('wait'), name, after: z.array(name), durationMs: ms }),
])
export type CompiledStep = z.infer<typeof compiledStepSchema>
export type InjectStep = Extract<CompiledStep, { kind: 'inject' }>

const sustained = z.strictObject({
  /** Good probes in a row that begin a recovery. */
  goodInARow: z.int().min(1),
  /** No new failure for this long, or the outage goes on. */
  holdMs: ms,
})

/** A limit that the run is judged by. `maxMs` is the objective. */
export const compiledObjectiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('recovery-time'),
    name,
    maxMs: ms,
    /** `probe`: name of a probe; `metric`: an availability metric in CloudWatch; `series`: one that is imported into the run. */
    source: z.discriminatedUnion('from', [
      z.strictObject({ from: z.literal('probe'), probe: name }),
      z.strictObject({
        from: z.literal('metric'),
        region: name,
        namespace: z.string(),
        metric: z.string(),
        dimensions: z.record(z.string(), z.string()),
        statistic: z.enum(['Average', 'Minimum', 'Maximum', 'Sum']),
        periodSeconds: z.int().min(1),
        /** A bucket is good when its value is at least this. */
        goodAtLeast: z.number(),
      }),
      z.strictObject({
        from: z.literal('series'),
        /** The name under which it is imported. */
        series: name,
        periodSeconds: z.int().min(1),
        goodAtLeast: z.number(),
        /** So much its clock may be off, to either side. */
        clockErrorMs: ms,
      }),
    ]),
    sustained,
  }),
  z.strictObject({
    kind: z.literal('detection-time'),
    name,
    maxMs: ms,
    probe: name,
    alarm: z.strictObject({ region: name, name: z.string() }),
  }),
  z.strictObject({ kind: z.literal('data-loss'), name, maxMs: ms, marker: name }),
])
export type CompiledObjective = z.infer<typeof compiledObjectiveSchema>

/** What halts a run at once. A dead source counts as breached unless `whenDead` says otherwise. */
export const compiledStopConditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('alarm'),
    name,
    region: name,
    alarm: z.string(),
    whenDead: z.enum(['breached', 'ignore']),
  }),
])
export type CompiledStopCondition = z.infer<typeof compiledStopConditionSchema>

/** A scenario with `extends`, parameters and defaults resolved; its canonical JSON is what gets hashed and pinned. Durations are world time. */
export const compiledScenarioSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Scenario'),
  name,
  title: z.string().min(1).max(120),
  description: z.string(),
  hypothesis: z.string().min(1),
  labels: z.record(z.string(), z.string()),
  response: z.enum(RESPONSES),
  runbook: name.optional(),
  acceptIrreversible: z.boolean(),
  blastRadius: z.strictObject({ targetsMax: z.int().min(1), percentMax: z.number().gt(0).max(100) }),
  probes: z.array(compiledProbeSchema).min(1),
  /** Numbered writes that data loss is measured by; absent means none. */
  markers: z.array(compiledMarkerSchema).optional(),
  steadyState: z.strictObject({
    forMs: ms,
    probes: z.array(name).min(1),
    successRatioMin: z.number().min(0).max(1),
  }),
  steps: z.array(compiledStepSchema).min(1),
  objectives: z.array(compiledObjectiveSchema).min(1),
  stopConditions: z.array(compiledStopConditionSchema),
  timing: z.strictObject({
    /** Longest wait for the response after the last fault is in, before the faults are taken out. */
    observeMaxMs: ms,
    /** Time allowed for undo to be verified before a person is called. */
    recoverWithinMs: ms,
    /** Wait after restoration before metrics are read for good. */
    settleMs: ms,
  }),
})
export type CompiledScenario = z.infer<typeof compiledScenarioSchema>

/** True for what the platform does in response, and undoes last: captured, verified and undone like any fault. */
export function isResponseStep(step: CompiledStep): boolean {
  return step.kind === 'inject' && step.part === 'response'
}

/** The inject steps in file order, those of the response included. */
export function injectSteps(scenario: CompiledScenario): readonly InjectStep[] {
  return scenario.steps.filter((step): step is InjectStep => step.kind === 'inject')
}
