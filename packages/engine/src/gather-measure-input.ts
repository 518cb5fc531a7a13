import {
  canonicalJson,
  encodeSamples,
  importedSeriesSchema,
  injectSteps,
  PROBE_METRICS,
  SERIES_EVIDENCE,
  seriesOf,
  worldInstant,
  type AlarmTransition,
  type ImportedSeries,
  type MarkerRecord,
  type MeasureInput,
  type MetricBucket,
  type Outcome,
  type RunId,
  type WorldInstant,
} from '@firedrill/core'
import { askPatiently } from './call-out.ts'
import { mergedReadings, readingOf, type CloudReadings } from './cloud-readings.ts'
import { journalFacts } from './journal-facts.ts'
import type { EnginePorts } from './ports.ts'
import { CLOCK_EVIDENCE, type Reading } from './recompute.ts'
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
  const observedTo = tenure.worldNow()
  const nativeFaults = nativeFaultsOf(tenure, ports)
  const vantages = environment.probes.vantages.map(({ name }) => name)
  const input: Mutable<MeasureInput> = {
    scenario,
    vantages,
    samples,
    markers,
    ...journalFacts(state, scenario, { now: observedTo, nativeFaults }),
    provisional: options.provisional,
    observedTo,
    evidence: [],
  }
  if (options.cloud === 'nothing') return input
  // A world that stands still between jumps has one clock.
  const clocks = tenure.clock.rate === 0 ? [] : await ports.samples.clocks(tenure.id)
  if (clocks.length > 0) input.clocks = clocks
  const from = worldInstant(state.entered.baseline ?? state.entered.booked ?? observedTo)
  const isWhole = options.cloud === 'everything'
  const cloud = await readCloud(tenure, { from, to: observedTo }, isWhole, ports, signal)
  input.metrics = cloud.metrics
  // What was called off half-read would pass for what the cloud did not record.
  if (!isWhole || signal.aborted) return input
  const earlier = await cloudReadings(tenure.id, ports)
  const latest = { hash: await keep(ports, tenure, 'cloudwatch', cloud), reading: cloud }
  const readings = [...earlier.filter(({ hash }) => hash !== latest.hash), latest]
  Object.assign(input, mergedReadings(readings.map(({ reading }) => reading)))
  const imports = await importsOf(tenure.id, ports)
  if (imports.length > 0) input.series = seriesOf(imports.map(({ series }) => series))
  const reading: Reading = {
    seq: tenure.foldedSeq,
    observedTo,
    provisional: options.provisional,
    vantages,
    nativeFaults,
  }
  input.evidence = [
    await ports.evidence.put(tenure.id, 'samples', encodeSamples(samples)),
    ...(markers === undefined ? [] : [await keep(ports, tenure, 'markers', markers)]),
    ...(clocks.length === 0 ? [] : [await keep(ports, tenure, CLOCK_EVIDENCE, clocks)]),
    ...readings.map(({ hash }) => hash),
    ...imports.map(({ hash }) => hash),
    await keep(ports, tenure, 'reading', reading),
  ]
  return input
}

/** Copies what the cloud holds by now, before it forgets: series of less than a minute live for three hours. */
export async function copyCloud(tenure: Tenure, ports: Ports, signal: AbortSignal): Promise<void> {
  const to = tenure.worldNow()
  const from = worldInstant(tenure.state.entered.baseline ?? to)
  const cloud = await readCloud(tenure, { from, to }, true, ports, signal)
  if (!signal.aborted) await keep(ports, tenure, 'cloudwatch', cloud)
}

function nativeFaultsOf({ scenario }: Tenure, { faults }: Pick<Ports, 'faults'>): readonly string[] {
  const named = new Set(injectSteps(scenario).map(({ fault }) => fault))
  return [...named].filter((fault) => faults.get(fault)?.expiry === 'native').toSorted()
}

/** Every reading of the cloud that the run has kept so far, the earliest first. */
async function cloudReadings(
  id: RunId,
  { evidence }: Pick<Ports, 'evidence'>,
): Promise<readonly Readonly<{ hash: string; reading: CloudReadings }>[]> {
  const kept = (await evidence.ofRun(id)).filter(({ kind }) => kind === 'cloudwatch')
  const found = await Promise.all(
    kept.map(async ({ hash }) => {
      const bytes = await evidence.get(hash)
      return bytes === undefined ? [] : [{ hash, reading: readingOf(bytes) }]
    }),
  )
  return found.flat().sort((a, b) => (a.reading.readTo ?? 0) - (b.reading.readTo ?? 0))
}

/** Time series that were imported into the run so far. @throws when one of them is not as it was kept. */
async function importsOf(
  id: RunId,
  { evidence }: Pick<Ports, 'evidence'>,
): Promise<readonly Readonly<{ hash: string; series: ImportedSeries }>[]> {
  const kept = (await evidence.ofRun(id)).filter(({ kind }) => kind === SERIES_EVIDENCE)
  return Promise.all(
    kept.map(async ({ hash }) => {
      const bytes = await evidence.get(hash)
      if (bytes === undefined) throw new Error(`the imported series ${hash} is missing`)
      return { hash, series: importedSeriesSchema.parse(JSON.parse(new TextDecoder().decode(bytes))) }
    }),
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

type Range = Readonly<{ from: WorldInstant; to: WorldInstant }>
type Cloud = Readonly<{
  readTo: WorldInstant
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
  const cloud: Cloud = { readTo: to, metrics: {}, alarms: {}, probeMetrics: [], unread: [] }
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
