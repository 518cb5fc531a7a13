import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import { parseDuration } from '@firedrill/core'
import { formatProblems, importExperiment } from '@firedrill/scenario-file'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { print } from '../output/print.ts'

/** Options of `firedrill import`. */
export type ImportExperimentOptions = Pick<CommonOptions, 'output'> &
  Readonly<{
    name?: string
    address?: string
    objective?: string
    max: number
    without: readonly string[]
    dir: string
    force?: boolean
  }>

const NAME = /^[a-z][a-z0-9-]{0,62}$/

/**
 * Writes the scenario that an experiment of another tool comes to, and says what of it is not in there. Exit 2 with the line that
 * stands in the way, and then nothing is written.
 */
export function importFile(cli: Cli, path: string, options: ImportExperimentOptions): number {
  const source = resolve(cli.cwd, path)
  if (!existsSync(source)) throw new CliError(EXIT.usage, `There is no file ${path}.`)
  const name = options.name ?? nameOf(path)
  if (!NAME.test(name))
    throw new CliError(EXIT.usage, `--name: lower-case letters, digits and hyphens, starting with a letter`)
  const length = options.objective === undefined ? undefined : parseDuration(options.objective)
  if (length?.ok === false) throw new CliError(EXIT.usage, `--objective: ${length.problem}`)
  const { address, objective, max, without } = options
  const imported = importExperiment(readFileSync(source, 'utf8'), {
    name,
    max,
    without,
    ...(address === undefined ? {} : { address }),
    ...(objective === undefined ? {} : { objective }),
  })
  if (!imported.ok) throw new CliError(EXIT.usage, formatProblems(imported.problems, path))
  const written = join(options.dir, name, 'scenario.yaml')
  const file = resolve(cli.cwd, written)
  if (existsSync(file) && options.force !== true)
    throw new CliError(EXIT.usage, `${written} is there already; --force replaces it.`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, imported.text)
  const notCarried = imported.notCarried.map(({ line, what }) => ({ line, what }))
  print(cli, options, 'import', { file: written, name, notCarried }, () => written)
  for (const { line, what } of notCarried) cli.terminal.err(`${path}:${line}: not carried over: ${what}\n`)
  cli.terminal.err(`Next: read it, then firedrill plan ${written} -e ENV shows what it would hit.\n`)
  return EXIT.held
}

function nameOf(path: string): string {
  return basename(path)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
}
