import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Client, RunSummary } from '@firedrill/contracts'

/** A scenario on disk. */
export type ScenarioFile = Readonly<{ name: string; source: string; path: string }>

/** Finds a scenario by its folder in scenarios/, or reads a file. @throws Error that lists what there is. */
export function findScenario(wanted: string, root: string): ScenarioFile {
  const library = join(root, 'scenarios')
  const inLibrary = join(library, wanted, 'scenario.yaml')
  const path = existsSync(inLibrary) ? inLibrary : resolve(process.env['INIT_CWD'] ?? process.cwd(), wanted)
  if (!existsSync(path) || !statSync(path).isFile()) {
    const names = libraryNames(library)
    throw new Error(
      `There is no scenario "${wanted}": neither a file nor one of ${names.join(', ')} in scenarios/.`,
    )
  }
  const source = readFileSync(path, 'utf8')
  const name = nameIn(source)
  return { name: name ?? basename(path).replace(/\.ya?ml$/, ''), source, path }
}

/** Every scenario of the library, so that the dashboard's catalogue is not empty. */
export function libraryScenarios(root: string): readonly ScenarioFile[] {
  return libraryNames(join(root, 'scenarios')).map((name) => findScenario(name, root))
}

function libraryNames(library: string): readonly string[] {
  return readdirSync(library, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(library, entry.name, 'scenario.yaml')))
    .map((entry) => entry.name)
}

/** A runbook on disk. */
export type RunbookFile = Readonly<{ name: string; source: string }>

/** Every runbook that lies beside a scenario: those of the library, and those beside `path`. */
export function runbooksBeside(root: string, path: string): readonly RunbookFile[] {
  const library = join(root, 'scenarios')
  const folders = new Set([...libraryNames(library).map((name) => join(library, name)), dirname(path)])
  return [...folders]
    .map((folder) => join(folder, 'runbook.md'))
    .filter((file) => existsSync(file))
    .map((file) => {
      const source = readFileSync(file, 'utf8')
      return { name: nameIn(source) ?? basename(dirname(file)), source }
    })
}

function nameIn(source: string): string | undefined {
  return /^metadata:\s*\n(?:[ \t]+.*\n)*?[ \t]+name:[ \t]*['"]?([a-z0-9-]+)/m.exec(source)?.[1]
}

/** An environment as text. */
export type EnvironmentFile = Readonly<{ name: string; yaml: string }>

/** Stores the environment, the runbooks and the scenarios, so that CLI and dashboard find them. */
export async function storeDefinitions(
  client: Client,
  environment: EnvironmentFile,
  { runbooks, scenarios }: Readonly<{ runbooks: readonly RunbookFile[]; scenarios: readonly ScenarioFile[] }>,
): Promise<void> {
  await client.environments.put(environment.name, { source: environment.yaml, origin: 'file' })
  for (const { name, source } of runbooks) await client.runbooks.put(name, { source, origin: 'file' })
  for (const { name, source } of parentsFirst(scenarios))
    await client.scenarios.put(name, { source, origin: 'file' })
}

/** The API resolves `extends` among what it has, so a scenario goes in after the one it extends. */
export function parentsFirst(scenarios: readonly ScenarioFile[]): readonly ScenarioFile[] {
  const parents = new Map(
    scenarios.map(({ name, source }) => [name, /^[ \t]+extends:[ \t]*['"]?([a-z0-9-]+)/m.exec(source)?.[1]]),
  )
  const depthOf = (name: string): number => {
    const seen = new Set<string>()
    for (let at: string | undefined = name; at !== undefined && !seen.has(at); at = parents.get(at))
      seen.add(at)
    return seen.size
  }
  return scenarios.toSorted((a, b) => depthOf(a.name) - depthOf(b.name))
}

/** Books the drill, unless it is booked already, and starts a run, through the API. */
export async function bookAndStart(
  client: Client,
  input: Readonly<{ environment: string; scenario: string; seed: number }>,
): Promise<RunSummary> {
  const { environment, scenario, seed } = input
  const drill = await client.drills.book({ scenario, environment })
  return client.runs.start({ drillId: drill.id, seed })
}

/** A run that an earlier start left unfinished, newest first. */
export async function unfinishedRun(client: Client): Promise<RunSummary | undefined> {
  return (await client.runs.list({ limit: 50 })).find((run) => !run.isOver)
}
