import {
  canonicalJson,
  decodeSamples,
  evolve,
  importedSeriesSchema,
  journalProblem,
  measure,
  SERIES_EVIDENCE,
  seriesOf,
  type CompiledScenario,
  type ImportedSeries,
  type JournalEvent,
  type MeasureInput,
  type Measurement,
  type RunState,
  type Sha256,
  type WorldInstant,
} from '@firedrill/core'
import { mergedReadings, readingOf } from './cloud-readings.ts'
import { fitted } from './fit-events.ts'
import { journalFacts } from './journal-facts.ts'

/** What a measurement rests on besides samples, markers, the cloud's readings and the journal. Kept as evidence. */
export type Reading = Readonly<{
  /** The journal was read up to here. */
  seq: number
  observedTo: WorldInstant
  provisional: boolean
  vantages: readonly string[]
  /** Faults of the scenario that the cloud ends by itself. */
  nativeFaults: readonly string[]
}>

/** The kind of evidence that holds how the clocks of a run compared. */
export const CLOCK_EVIDENCE = 'clocks'

/** A piece of evidence as a run lists it. */
export type EvidenceEntry = Readonly<{ hash: string; kind: string; size: number }>

/** Everything that figures can be computed from again, without a platform or a cloud. */
export type Bundle = Readonly<{
  run: string
  events: readonly JournalEvent[]
  scenario: CompiledScenario
  evidence: readonly EvidenceEntry[]
}>

/** How to reach a bundle's bytes, and how to hash. */
export type BundleReader = Readonly<{
  bytesOf: (hash: string) => Promise<Uint8Array | undefined>
  sha256: Sha256
  sha256Bytes: (bytes: Uint8Array) => string
  /** Series that were not imported into the run: its figures are computed as if they had been. */
  further?: readonly ImportedSeries[]
}>

/** What is not as it was written. */
export type EvidenceFault = Readonly<{ what: string; problem: string }>

/** A measurement beside the one that the journal holds. */
export type Recomputed = Readonly<{
  run: string
  /** Evidence, journal or scenario that was changed or is missing: then nothing is computed. */
  faults: readonly EvidenceFault[]
  /** Pieces of evidence whose bytes have their hash. */
  verified: number
  /** Sequence of the event that holds the stored measurement. */
  seq: number | null
  stored: Measurement | null
  recomputed: Measurement | null
  isEqual: boolean
  /** Members in which the two differ, as paths. */
  differences: readonly string[]
  /** Why nothing was computed. */
  why: string | null
}>

/**
 * Verifies every byte of a bundle, and computes its measurement again with the code of today. Never throws for what a
 * bundle holds: what is wrong with it is its answer.
 */
export async function recompute(bundle: Bundle, reader: BundleReader): Promise<Recomputed> {
  const { faults, contents } = await verified(bundle, reader)
  const event = bundle.events.findLast((one) => one.type === 'measured')
  const stored = event === undefined ? null : (event as JournalEvent<'measured'>).data.measurement
  const none = {
    run: bundle.run,
    faults,
    verified: contents.size,
    seq: event?.seq ?? null,
    stored,
    recomputed: null,
    isEqual: false,
    differences: [],
  }
  if (stored === null) return { ...none, why: 'the journal holds no measurement' }
  if (faults.length > 0) return { ...none, why: 'the evidence is not as it was written' }
  const found = inputOf(bundle, stored, contents, reader.further ?? [])
  if ('why' in found) return { ...none, why: found.why }
  const recomputed = asStored(measure(found.input))
  const differences = differencesOf(stored, recomputed, '')
  return { ...none, recomputed, isEqual: differences.length === 0, differences, why: null }
}

/** Every byte of evidence against its hash, the journal's chain, and the scenario against the hash in the journal. */
async function verified(
  bundle: Bundle,
  { bytesOf, sha256, sha256Bytes }: BundleReader,
): Promise<Readonly<{ faults: readonly EvidenceFault[]; contents: ReadonlyMap<string, Piece> }>> {
  const faults: EvidenceFault[] = []
  const contents = new Map<string, Piece>()
  const journal = journalProblem(bundle.events, sha256)
  if (journal !== undefined) faults.push({ what: 'journal', problem: journal })
  const pinned = bundle.events.find((event) => event.type === 'run-created') as
    | JournalEvent<'run-created'>
    | undefined
  if (sha256(canonicalJson(bundle.scenario)) !== pinned?.data.scenario.hash)
    faults.push({ what: 'scenario', problem: 'is not the one that the journal names' })
  const listed = new Set(bundle.evidence.map(({ hash }) => hash))
  for (const { hash, kind } of bundle.evidence) {
    const bytes = await bytesOf(hash)
    const what = `${kind} ${hash}`
    if (bytes === undefined) faults.push({ what, problem: 'is missing' })
    else if (sha256Bytes(bytes) !== hash)
      faults.push({ what, problem: `was changed: its bytes have the hash ${sha256Bytes(bytes)}` })
    else contents.set(hash, { kind, bytes })
  }
  for (const hash of namedEvidence(bundle.events))
    if (!listed.has(hash))
      faults.push({ what: hash, problem: 'is named by the journal and missing from the list' })
  return { faults, contents }
}

type Piece = Readonly<{ kind: string; bytes: Uint8Array }>

function namedEvidence(events: readonly JournalEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap((event) =>
      event.type === 'measured' ? (event as JournalEvent<'measured'>).data.measurement.evidence : [],
    ),
  )
}

/** What the measurement was computed from, put together again from the evidence it names and the journal before it. */
function inputOf(
  { events, scenario }: Bundle,
  stored: Measurement,
  contents: ReadonlyMap<string, Piece>,
  further: readonly ImportedSeries[],
): Readonly<{ input: MeasureInput }> | Readonly<{ why: string }> {
  const pieces = stored.evidence.flatMap((hash) => contents.get(hash) ?? [])
  const one = (kind: string) => pieces.find((piece) => piece.kind === kind)?.bytes
  const [samples, markers, kept] = [one('samples'), one('markers'), one('reading')]
  const clocks = one(CLOCK_EVIDENCE)
  if (samples === undefined || kept === undefined)
    return { why: 'the measurement was stored before everything was kept that it is computed from' }
  const reading = jsonOf(kept) as Reading
  const state = events
    .filter(({ seq }) => seq <= reading.seq)
    .reduce<RunState | undefined>((folded, event) => evolve(folded, event), undefined)
  if (state === undefined) return { why: 'the journal has no beginning' }
  const imports = pieces.flatMap(({ kind, bytes }) =>
    kind === SERIES_EVIDENCE ? [importedSeriesSchema.parse(jsonOf(bytes))] : [],
  )
  const series = [...imports, ...further]
  const cloud = pieces.filter(({ kind }) => kind === 'cloudwatch').map(({ bytes }) => readingOf(bytes))
  const { observedTo, provisional, vantages, nativeFaults } = reading
  return {
    input: {
      scenario,
      vantages,
      samples: decodeSamples(samples),
      markers: markers === undefined ? undefined : (jsonOf(markers) as MeasureInput['markers']),
      ...(clocks === undefined ? {} : { clocks: jsonOf(clocks) as MeasureInput['clocks'] }),
      ...journalFacts(state, scenario, { now: observedTo, nativeFaults }),
      ...mergedReadings(cloud),
      ...(series.length === 0 ? {} : { series: seriesOf(series) }),
      provisional,
      observedTo,
      evidence: stored.evidence,
    },
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes))
}

/** A measurement in the form in which the journal holds it. */
function asStored(measurement: Measurement): Measurement {
  const [body] = fitted([{ type: 'measured', data: { measurement } }])
  return body?.type === 'measured' ? body.data.measurement : measurement
}

/** Paths of what differs between two values, members that are undefined taken for absent. */
function differencesOf(a: unknown, b: unknown, path: string): readonly string[] {
  if (isNode(a) && isNode(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
    return keys.flatMap((key) => differencesOf(a[key], b[key], path === '' ? key : `${path}.${key}`))
  }
  return a === b ? [] : [path]
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
