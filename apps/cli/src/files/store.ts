import { ApiError, type Client } from '@firedrill/contracts'
import { CliError } from '../cli.ts'
import { explain } from '../exit.ts'
import type { CompiledFile } from './definition-files.ts'
import type { Definition } from './subject.ts'

/** What the API keeps of a file. */
export type Stored = Readonly<{ name: string; version: number; hash: string; isNew: boolean }>

/** Stores a valid file as the newest version. @throws CliError when the API finds problems, with their places. */
export async function storeFile(
  client: Client,
  file: CompiledFile,
  origin: 'file' | 'ci' = 'file',
): Promise<Stored> {
  const { path, text, name, compilation } = file
  const put = { source: text, origin } as const
  return placed(path, async () => {
    if (compilation.kind === 'Scenario') {
      const { scenario, isNew } = await client.scenarios.put(name ?? '', put)
      return { name: scenario.name, version: scenario.version, hash: scenario.hash, isNew }
    }
    if (compilation.kind === 'Runbook') {
      const { runbook, isNew } = await client.runbooks.put(name ?? '', put)
      return { name: runbook.name, version: runbook.version, hash: runbook.hash, isNew }
    }
    const { environment, isNew } = await client.environments.put(name ?? '', put)
    return { name: environment.name, version: environment.version, hash: environment.hash, isNew }
  })
}

/** Puts the file's name before the places of the problems that the API finds in it. */
export async function placed<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError) || (error.problem?.problems ?? []).length === 0) throw error
    const { text, exitCode } = explain(error, path)
    throw new CliError(exitCode, text)
  }
}

/** The hash of the newest stored version, or null when nothing has that name. */
export async function storedHash(client: Client, name: string): Promise<string | null> {
  try {
    return (await client.scenarios.get(name)).hash
  } catch (error) {
    if (error instanceof ApiError && error.problem?.code === 'not-found') return null
    throw error
  }
}

/** A definition as a request for a plan names it. */
export function planRef(definition: Definition): { name: string } | { source: string } {
  return definition.from === 'file' ? { source: definition.file.text } : { name: definition.name }
}
