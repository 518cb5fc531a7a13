import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundleSchema, EXIT, formatInterval, type BundleView } from '@firedrill/contracts'
import {
  decodeSamples,
  type CompiledScenario,
  type ImportedSeries,
  type JournalEvent,
  type Measurement,
} from '@firedrill/core'
import { recompute as computeAgain, type Recomputed } from '@firedrill/engine'
import { sha256, sha256Bytes } from '@firedrill/runtime'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { openSeries } from '../files/series-file.ts'
import { print, table } from '../output/print.ts'
import { findRunId } from './find-run.ts'

/** Options of `firedrill recompute`. */
export type RecomputeOptions = CommonOptions & Readonly<{ save?: string; series?: readonly string[] }>

const BUNDLE_FILE = 'bundle.json'
const EVIDENCE_DIR = 'evidence'
/** Not read again: the evidence is. */
const SAMPLES_FILE = 'samples.csv'

type Source = Readonly<{ view: BundleView; bytesOf: (hash: string) => Promise<Uint8Array | undefined> }>

/**
 * Computes the figures of a run again, here, with the code of this command line, from its journal and evidence: from the
 * API, or from a directory that `--save` has written. Every byte is verified first. Exits 1 when one was changed or is
 * missing, 6 when the figures differ. With `--series` they may differ: what these say is shown beside what was stored.
 */
export async function recompute(cli: Cli, subject: string, options: RecomputeOptions): Promise<number> {
  const directory = resolve(cli.cwd, subject)
  const isSaved = existsSync(join(directory, BUNDLE_FILE))
  const source = isSaved ? fromDirectory(directory) : await fromApi(cli, subject, options)
  if (options.save !== undefined) await save(source, resolve(cli.cwd, options.save))
  const { view, bytesOf } = source
  const bundle = {
    run: view.run,
    // As they came: what was changed in them does not have their hash any more.
    events: view.events as unknown as readonly JournalEvent[],
    scenario: view.scenario as unknown as CompiledScenario,
    evidence: view.evidence,
  }
  const further = (options.series ?? []).map((given) => furtherSeries(cli, given))
  const found = await computeAgain(bundle, { bytesOf, sha256, sha256Bytes, further })
  const answer = { ...found, faults: [...found.faults], differences: [...found.differences] }
  print(cli, options, 'recompute', answer, () => inWords(found, view.events.length))
  if (found.recomputed === null) return EXIT.toolError
  return found.isEqual || further.length > 0 ? EXIT.held : EXIT.inconclusive
}

/** `name=file` as a series that counts over whatever was imported under that name. */
function furtherSeries(cli: Cli, given: string): ImportedSeries {
  const [, series, path] = /^([a-z][a-z0-9-]{0,62})=(.+)$/.exec(given) ?? []
  if (series === undefined || path === undefined)
    throw new CliError(EXIT.usage, `"${given}" is no name=file, such as real-users=users.csv.`)
  const { file, points } = openSeries(cli.cwd, path)
  return { series, importedAt: Number.MAX_SAFE_INTEGER, by: 'recompute', file, points: [...points] }
}

async function fromApi(cli: Cli, subject: string, options: RecomputeOptions): Promise<Source> {
  const client = connect(cli, options)
  const id = await findRunId(client, subject)
  return {
    view: await client.runs.bundle(id),
    bytesOf: (hash) => client.runs.evidenceBytes(id, hash),
  }
}

function fromDirectory(directory: string): Source {
  const parsed = bundleSchema.safeParse(JSON.parse(readFileSync(join(directory, BUNDLE_FILE), 'utf8')))
  if (!parsed.success)
    throw new CliError(EXIT.usage, `${join(directory, BUNDLE_FILE)} is no bundle of a run.`)
  return {
    view: parsed.data,
    bytesOf: async (hash) => {
      const path = join(directory, EVIDENCE_DIR, hash)
      return isHash(hash) && existsSync(path) ? readFileSync(path) : undefined
    },
  }
}

async function save({ view, bytesOf }: Source, directory: string): Promise<void> {
  mkdirSync(join(directory, EVIDENCE_DIR), { recursive: true })
  for (const { hash, kind } of view.evidence) {
    const bytes = isHash(hash) ? await bytesOf(hash) : undefined
    if (bytes === undefined) continue
    writeFileSync(join(directory, EVIDENCE_DIR, hash), bytes)
    if (kind === 'samples') writeFileSync(join(directory, SAMPLES_FILE), samplesInLines(bytes))
  }
  writeFileSync(join(directory, BUNDLE_FILE), `${JSON.stringify(view)}\n`)
}

/** What is kept packed, for who reads it by eye: instants in microseconds of world time, as they were stored. */
function samplesInLines(bytes: Uint8Array): string {
  const lines = decodeSamples(bytes).map(({ probe, vantage, start, end, outcome, detail = '' }) =>
    [probe, vantage, start, end, outcome, `"${detail.replaceAll('"', '""')}"`].join(','),
  )
  return ['probe,vantage,start,end,outcome,detail', ...lines, ''].join('\n')
}

/** Hashes become names of files, so that nothing else may pass for one. */
function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

function inWords(found: Recomputed, events: number): string {
  const { stored, recomputed, faults } = found
  if (faults.length > 0) return faults.map(({ what, problem }) => `CHANGED  ${what} ${problem}`).join('\n')
  const head = `${found.verified} pieces of evidence and ${events} events of the journal are as they were written.`
  if (stored === null || recomputed === null) return `${head}\nNothing was computed: ${found.why ?? ''}.`
  const rows = [
    ['', 'STORED', 'COMPUTED AGAIN'],
    ['verdict', stored.verdict, recomputed.verdict],
    ...stored.objectives.map(({ objective }) => [
      objective,
      figureOf(stored, objective),
      figureOf(recomputed, objective),
    ]),
  ]
  const end = found.isEqual
    ? 'Equal in every member.'
    : `They differ in ${found.differences.length}: ${found.differences.slice(0, 10).join(', ')}`
  return `${head}\n\n${table(rows)}\n\n${end}`
}

function figureOf({ objectives }: Measurement, name: string): string {
  const found = objectives.find(({ objective }) => objective === name)
  if (found === undefined) return '-'
  const { verdict, observed } = found
  return observed === undefined ? `${verdict} (not observed)` : `${verdict} (${formatInterval(observed)})`
}
