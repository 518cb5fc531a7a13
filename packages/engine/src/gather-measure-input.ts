import {
  canonicalJson,
  encodeSamples,
  injectSteps,
  PROBE_METRICS,
  worldInstant,
  type AlarmTransition,
  type MarkerRecord,
  type MeasureInput,
  type MetricBucket,
  type Outcome,
  type RunState,
  type WorldInstant,
} from '@firedrill/core'
import { askPatiently } from './call-out.ts'
import type { EnginePorts } from './ports.ts'
import type { Tenure } from './tenure.ts'

type Ports = Pick<EnginePorts, 'samples' | 'markers' | 'metrics' | 'evidence' | 'calls' | 'faults'>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Time for one question to the metrics service. */
const METRIC_TIMEOUT_MS = 10_000

/**
 * What of the cloud to read besides the samples: nothing, the metrics that objectives name, or also alarm history and
 * the published probe results, with everything that was read kept as evidence.
 */
export type CloudReading = 'nothing' | 'objective-metrics' | 'everything'
export type GatherOptions = Readonly<{ provisional: boolean; cloud: CloudReading }>

/** Collects all that a measurement is computed from: samples, the journal's instants, and what the cloud recorded. */
export async function gatherMeasureInput(
  tenure: Tenure,
  options: GatherOptions,
  ports: Ports,
  signal: AbortSignal,
): Promise<MeasureInput> {
  const { state, scenario, environment } = tenure
  const samples = await ports.samples.read(tenure.id)
  const markers = await markersOf(tenure, ports)
  const input: Mutable<MeasureInput> = {
    scenario,
    vantages: environment.probes.vantages.map(({ name }) => name),
    samples,
    markers,
    faultsConfirmed: isConfirmed(tenure),
    faultsGone: Object.values(state.steps).flatMap((step) => step.recovery?.gone ?? []),
    skipped: skippedFaults(tenure),
    left: leftTargets(state),
    injected: injectedBounds(state),
    undoIssuedAt: undoIssuedAt(state, tenure.worldNow()),
    nativeExpiryAt: nativeExpiryAt(tenure, ports),
    restored: restoredBounds(state),
    aborted: state.abort?.reason,
    refused: state.refusal,
    provisional: options.provisional,
    observedTo: tenure.worldNow(),
    evidence: [],
  }
  if (options.cloud === 'nothing') return input
  const from = worldInstant(state.entered.baseline ?? state.entered.booked ?? tenure.worldNow())
  const isWhole = options.cloud === 'everything'
  const cloud = await readCloud(tenure, { from, to: input.observedTo }, isWhole, ports, signal)
  input.metrics = cloud.metrics
  if (!isWhole) return input
  input.alarms = cloud.alarms
  input.probeMetrics = cloud.probeMetrics
  input.evidence = [
    await ports.evidence.put(tenure.id, 'samples', encodeSamples(samples)),
    ...(markers === undefined ? [] : [await keep(ports, tenure, 'markers', markers)]),
    await keep(ports, tenure, 'cloudwatch', {
      metrics: cloud.metrics,
      alarms: cloud.alarms,
      probeMetrics: cloud.probeMetrics,
      unread: cloud.unread,
    }),
  ]
  return input
}

function skippedFaults({ scenario, state }: Tenure): readonly string[] {
  return injectSteps(scenario).flatMap(({ name }) => {
    const skipped = state.skipped?.[name]
    return skipped === undefined ? [] : [`step ${name} (${skipped.by}: ${skipped.reason})`]
  })
}

function leftTargets(state: RunState): readonly string[] {
  return Object.values(state.steps).flatMap(({ targets }) =>
    Object.entries(targets).flatMap(([id, { injection, decision }]) =>
      injection === 'left' ? [`${id}, ${decision?.by ?? 'a person'}: ${decision?.reason ?? ''}`] : [],
    ),
  )
}

/** What the marker writers have on record, by name; undefined when the scenario has none. */
async function markersOf(
  { id, scenario }: Tenure,
  ports: Pick<Ports, 'markers'>,
): Promise<MeasureInput['markers']> {
  if (scenario.markers === undefined) return undefined
  const records = await ports.markers.read(id)
  return Object.fromEntries(
    scenario.markers.flatMap(({ name, order, periodMs }) => {
      const found = records.find(({ marker }) => marker === name)
      return found === undefined ? [] : [[name, { order, periodMs, ...withoutName(found) }]]
    }),
  )
}

function withoutName({ writes, readings, cleanUp }: MarkerRecord) {
  return { writes, readings, ...(cleanUp === undefined ? {} : { cleanUp }) }
}

function isConfirmed(tenure: Tenure): boolean {
  return injectSteps(tenure.scenario).every((step) => tenure.state.steps[step.name]?.injected !== undefined)
}

/** When the first fault took effect. The cloud's own stamp only narrows what describing showed, by its assumed ±1 s. */
function injectedBounds(state: RunState): Readonly<{ lo: WorldInstant; hi: WorldInstant }> | undefined {
  const bounds = Object.values(state.steps).flatMap(({ injected }) => {
    if (injected === undefined) return []
    const { lo, hi, actedAt } = injected
    const acted = actedAt === undefined ? lo : Math.max(lo, actedAt - STAMP_ERROR_MICROS)
    return [{ lo: worldInstant(Math.min(acted, hi)), hi: worldInstant(hi) }]
  })
  return bounds.toSorted((a, b) => a.lo - b.lo)[0]
}

/** Assumed error of a service's own time stamps. */
const STAMP_ERROR_MICROS = 1_000_000

/**
 * When the first undo may have been issued. From its expiry on the dead man takes a fault out by itself, and what it does
 * while the database is away is journaled only later: no undo counts as later than that.
 */
function undoIssuedAt(state: RunState, now: WorldInstant): WorldInstant | undefined {
  const times = Object.values(state.steps).flatMap(({ requestedAt, expiresAt, recovery }) => [
    ...(recovery === undefined ? [] : [recovery.requestedAt]),
    ...(requestedAt !== undefined && expiresAt !== undefined && expiresAt <= now ? [expiresAt] : []),
  ])
  return times.length === 0 ? undefined : worldInstant(Math.min(...times))
}

function nativeExpiryAt(tenure: Tenure, { faults }: Pick<Ports, 'faults'>): WorldInstant | undefined {
  const ends = injectSteps(tenure.scenario).flatMap((step) => {
    const current = tenure.state.steps[step.name]
    if (faults.get(step.fault)?.expiry !== 'native' || current?.requestedAt === undefined) return []
    // The earliest at which the cloud may have begun to count; its own stamp only narrows that, by its assumed error.
    const stamped = (current.injected?.actedAt ?? 0) - STAMP_ERROR_MICROS
    return [Math.max(current.requestedAt, stamped) + step.durationMs * 1000]
  })
  return ends.length === 0 ? undefined : worldInstant(Math.min(...ends))
}

function restoredBounds(state: RunState): Readonly<{ lo: WorldInstant; hi: WorldInstant }> | undefined {
  const touched = Object.values(state.steps).filter((step) => step.requestedAt !== undefined)
  const seen = touched.flatMap(({ recovery }) =>
    recovery?.verifiedAt === undefined ? [] : [{ lo: recovery.requestedAt, hi: recovery.verifiedAt }],
  )
  if (seen.length === 0 || seen.length < touched.length) return undefined
  return {
    lo: worldInstant(Math.max(...seen.map(({ lo }) => lo))),
    hi: worldInstant(Math.max(...seen.map(({ hi }) => hi))),
  }
}

type Range = Readonly<{ from: WorldInstant; to: WorldInstant }>
type Cloud = Readonly<{
  metrics: Record<string, readonly MetricBucket[]>
  alarms: Record<string, Readonly<{ transitions: readonly AlarmTransition[]; readTo: WorldInstant }>>
  probeMetrics: Readonly<{ probe: string; vantage: string; buckets: readonly MetricBucket[] }>[]
  /** What could not be read, and why: absence of evidence is itself recorded. */
  unread: string[]
}>

async function readCloud(
  tenure: Tenure,
  { from, to }: Range,
  isWhole: boolean,
  ports: Ports,
  signal: AbortSignal,
): Promise<Cloud> {
  const { scenario, environment } = tenure
  const cloud: Cloud = { metrics: {}, alarms: {}, probeMetrics: [], unread: [] }
  const ask = async <T>(
    what: string,
    question: (ends: AbortSignal) => Promise<Outcome<T>>,
  ): Promise<T | undefined> => {
    const outcome = await askPatiently(ports.calls, what, METRIC_TIMEOUT_MS, signal, question)
    if (outcome.ok) return outcome.value
    cloud.unread.push(`${what}: ${outcome.failure.code} ${outcome.failure.message}`)
    return undefined
  }
  for (const objective of scenario.objectives) {
    if (objective.kind === 'recovery-time' && objective.source.from === 'metric') {
      const { source } = objective
      const buckets = await ask(objective.name, (ends) =>
        ports.metrics.buckets(environment, source, from, to, ends),
      )
      if (buckets !== undefined) cloud.metrics[objective.name] = buckets
    }
    if (isWhole && objective.kind === 'detection-time') {
      const transitions = await ask(objective.name, (ends) =>
        ports.metrics.alarmHistory(environment, objective.alarm, from, to, ends),
      )
      if (transitions !== undefined) cloud.alarms[objective.name] = { transitions, readTo: to }
    }
  }
  for (const probe of isWhole ? scenario.probes : []) {
    for (const { name: vantage } of environment.probes.vantages) {
      const metric = {
        region: environment.homeRegion,
        namespace: PROBE_METRICS.namespace,
        metric: PROBE_METRICS.availability,
        dimensions: { Run: tenure.id, Probe: probe.name, Vantage: vantage },
        statistic: 'Minimum' as const,
        periodSeconds: 1,
      }
      const buckets = await ask(`${probe.name} from ${vantage}`, (ends) =>
        ports.metrics.buckets(environment, metric, from, to, ends),
      )
      if (buckets !== undefined) cloud.probeMetrics.push({ probe: probe.name, vantage, buckets })
    }
  }
  return cloud
}

async function keep(
  ports: Pick<Ports, 'evidence'>,
  tenure: Tenure,
  kind: string,
  value: unknown,
): Promise<string> {
  return ports.evidence.put(tenure.id, kind, new TextEncoder().encode(canonicalJson(value)))
}
