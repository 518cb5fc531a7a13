import { EXIT, type Client } from '@firedrill/contracts'
import { compileFile, setParameters } from '@firedrill/scenario-file'
import { CliError, type Cli } from '../cli.ts'
import { compileDefinitions, requireValid } from './definition-files.ts'
import type { Definition } from './subject.ts'

/**
 * The scenario with other values of its parameters, as a scenario of its own whose name tells them; without values the one that
 * was given. @throws CliError when a value is none, or the scenario has no such parameter.
 */
export async function withValues(
  cli: Cli,
  client: Client,
  definition: Definition,
  pairs: readonly string[],
): Promise<Definition> {
  if (pairs.length === 0) return definition
  const isFile = definition.from === 'file'
  const path = isFile ? definition.file.path : definition.name
  const text = isFile ? definition.file.text : (await client.scenarios.get(definition.name)).source
  const made = setParameters(text, Object.fromEntries(pairs.map(pairOf)))
  if (!made.ok) throw new CliError(EXIT.usage, `--set: ${made.problem}.`)
  if (!isFile) {
    // Only the platform knows what a stored scenario extends; it says whether the values fit.
    const compilation = compileFile(made.text)
    const file = { path, text: made.text, name: made.name, compilation, parents: [], parentFiles: [] }
    return { from: 'file', name: made.name, file }
  }
  const files = compileDefinitions(cli, [{ path, text: made.text }])
  requireValid(cli, files)
  const [file] = files
  if (file === undefined) throw new CliError(EXIT.usage, `${path}: nothing was compiled.`)
  return { from: 'file', name: made.name, file }
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new CliError(EXIT.usage, `--set ${text}: write NAME=VALUE.`)
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
