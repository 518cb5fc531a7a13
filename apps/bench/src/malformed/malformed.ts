import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem, Random } from '@firedrill/core'
import { compileEnvironment, compileRunbook, compileScenario } from '@firedrill/scenario-file'
import { parseWorld, WorldFileError } from '@firedrill/sim'
import { seededRandom } from '@firedrill/testkit'
import type { Bench } from '../figures/figure.ts'
import { ROOT } from '../sandbox/start-sandbox.ts'
import { handPicked, mangleBytes, mangleGrammar } from './mangle.ts'

const EACH = { default: 2_600, full: 26_000 } as const
const SEED = 1

type Place = Readonly<{ line?: number; column?: number; message: string; suggestion?: string }>
/** Reads a file: what is wrong with it, nothing when it is good. Throws only when it crashes. */
type Read = (text: string) => readonly Place[]

type Kind = Readonly<{ name: string; read: Read; files: readonly string[] }>

const KINDS: readonly Kind[] = [
  {
    name: 'Scenario',
    read: (text) => problemsOf(compileScenario(text)),
    files: below('scenarios', 'scenario.yaml'),
  },
  {
    name: 'Environment',
    read: (text) => problemsOf(compileEnvironment(text)),
    files: below('scenarios/environments', '.yaml'),
  },
  {
    name: 'Runbook',
    read: (text) => problemsOf(compileRunbook(text)),
    files: below('scenarios', 'runbook.md'),
  },
  { name: 'World', read: readWorld, files: below('packages/sim/worlds', '.yaml') },
]

/** Broken files of every kind: no crash, none over a second of processor time, and every problem with its place. */
export const malformed: Bench = {
  name: 'malformed',
  about:
    'more than 10,000 broken scenario, environment, runbook and world files: crashes, time, and what is said',
  async *run({ size, seed = SEED, say }) {
    const tally = { files: 0, refused: 0, crashes: 0, slow: 0, placeless: 0, mute: 0, longestMs: 0 }
    for (const kind of KINDS) {
      const random = seededRandom(seed)
      for (let n = 0; n < EACH[size]; n++)
        judge(kind, mangled(kind, n, random), `${kind.name} ${seed}/${n}`, tally, say)
      for (const [n, text] of handPicked(kind.name).entries())
        judge(kind, text, `${kind.name} by hand ${n}`, tally, say)
    }
    const about = { bench: 'malformed', unit: 'count', better: 'lower', backend: null, seed } as const
    yield {
      ...about,
      figure: 'files',
      value: tally.files,
      better: 'higher',
      goal: size === 'default' ? 10_000 : 100_000,
    }
    yield { ...about, figure: 'refused', value: tally.refused, goal: null }
    yield { ...about, figure: 'crashes', value: tally.crashes, goal: 0 }
    yield { ...about, figure: 'over a second of processor time', value: tally.slow, goal: 0 }
    yield { ...about, figure: 'the longest', value: Math.round(tally.longestMs), unit: 'ms', goal: 1000 }
    yield { ...about, figure: 'problems without line and column', value: tally.placeless, goal: 0 }
    // Many messages say themselves what is wanted: "expected a number, found a list".
    yield { ...about, figure: 'refused with a message alone somewhere', value: tally.mute, goal: null }
  },
}

type Tally = Record<'files' | 'refused' | 'crashes' | 'slow' | 'placeless' | 'mute' | 'longestMs', number>

function mangled({ files }: Kind, n: number, random: Random): string {
  const text = files[n % files.length] ?? ''
  return n % 2 === 0 ? mangleBytes(text, random) : mangleGrammar(text, random)
}

function judge({ read }: Kind, text: string, name: string, tally: Tally, say: (line: string) => void): void {
  tally.files += 1
  // Processor time, because on a busy machine the clock on the wall says little about a reader.
  const before = process.cpuUsage()
  try {
    const problems = read(text)
    if (problems.length > 0) tally.refused += 1
    const placeless = problems.filter(({ line, column }) => !((line ?? 0) >= 1 && (column ?? 0) >= 1))
    tally.placeless += placeless.length
    if (placeless.length > 0) say(`${name}: no place: ${placeless[0]?.message ?? ''}`)
    if (problems.some(({ suggestion }) => suggestion === undefined)) tally.mute += 1
  } catch (error) {
    tally.crashes += 1
    say(`${name}: crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
  const { user, system } = process.cpuUsage(before)
  const ms = (user + system) / 1000
  tally.longestMs = Math.max(tally.longestMs, ms)
  if (ms <= 1000) return
  tally.slow += 1
  say(`${name}: ${Math.round(ms)} ms`)
}

function problemsOf(
  compilation: Readonly<{ ok: true } | { ok: false; problems: readonly Problem[] }>,
): readonly Place[] {
  return compilation.ok ? [] : compilation.problems
}

function readWorld(text: string): readonly Place[] {
  try {
    parseWorld(text, 'world.yaml')
    return []
  } catch (error) {
    if (!(error instanceof WorldFileError)) throw error
    return error.problems.map(({ remedy, ...problem }) => ({ ...problem, suggestion: remedy }))
  }
}

function below(directory: string, ending: string): readonly string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && statSync(join(ROOT, directory, path)).isFile())
    .toSorted()
    .map((path) => readFileSync(join(ROOT, directory, path), 'utf8'))
}
