import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import {
  compileFile,
  formatProblems,
  identify,
  type FileCompilation,
  type ParentFile,
  type PlacedProblem,
} from '@firedrill/scenario-file'
import { CliError, type Cli } from '../cli.ts'

/** A definition on disk. `path` is as the person wrote it. */
export type DefinitionFile = Readonly<{ path: string; text: string }>
/**
 * A definition and what compiling it said. `parents` are the scenarios it extends, the nearest first, and `parentFiles`
 * those of them that were found.
 */
export type CompiledFile = DefinitionFile &
  Readonly<{
    name: string | undefined
    compilation: FileCompilation
    parents: readonly string[]
    parentFiles: readonly (ParentFile & Readonly<{ name: string }>)[]
  }>

/** What marks a YAML file as ours, even when the rest of it is wrong. */
const OURS = /^apiVersion:[ \t]*['"]?firedrill\.dev\//m
const SKIPPED_DIRECTORY = /^\.|^node_modules$/

/** Reads files, and of directories every definition below them. @throws CliError when a path is missing. */
export function readDefinitions(cli: Cli, paths: readonly string[]): readonly DefinitionFile[] {
  return paths.flatMap((path) => {
    const place = resolve(cli.cwd, path)
    const stat = statSync(place, { throwIfNoEntry: false })
    if (stat === undefined) throw new CliError(EXIT.usage, `${path}: there is no such file or directory.`)
    if (!stat.isDirectory()) return [{ path, text: readFileSync(place, 'utf8') }]
    const found = definitionsBelow(place, path)
    if (found.length === 0)
      throw new CliError(EXIT.usage, `${path}: no file below it has an apiVersion of firedrill.dev.`)
    return found
  })
}

function definitionsBelow(place: string, shown: string): readonly DefinitionFile[] {
  const entries = readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(shown, entry.name)
    const inside = join(place, entry.name)
    if (entry.isDirectory()) return SKIPPED_DIRECTORY.test(entry.name) ? [] : definitionsBelow(inside, path)
    if (!/\.ya?ml$/.test(entry.name)) return []
    const text = readFileSync(inside, 'utf8')
    // Worlds belong to the simulator. Named alone they are reported; among others they are no mistake.
    return OURS.test(text) && identify(text).kind !== 'World' ? [{ path, text }] : []
  })
}

/** Compiles files together: a scenario may extend one of them, or one that lies beside it. */
export function compileDefinitions(cli: Cli, files: readonly DefinitionFile[]): readonly CompiledFile[] {
  const given = scenariosByName(files)
  return files.map((file) => {
    const parents: string[] = []
    const parentFiles: (ParentFile & Readonly<{ name: string }>)[] = []
    let beside: ReadonlyMap<string, ParentFile> | undefined
    const compilation = compileFile(file.text, {
      resolve: (name) => {
        parents.push(name)
        beside ??= scenariosByName(neighbours(resolve(cli.cwd, file.path)))
        const parent = given.get(name) ?? beside.get(name)
        if (parent !== undefined) parentFiles.push({ ...parent, name })
        return parent
      },
    })
    return { ...file, name: identify(file.text).name, compilation, parents, parentFiles }
  })
}

function scenariosByName(files: readonly DefinitionFile[]): ReadonlyMap<string, ParentFile> {
  return new Map(
    files.flatMap(({ path, text }) => {
      const { kind, name } = identify(text)
      return kind === 'Scenario' && name !== undefined ? [[name, { file: path, text }]] : []
    }),
  )
}

/** Definitions in the same directory, and in a library of `NAME/scenario.yaml` the other scenarios of it. */
function neighbours(place: string): readonly DefinitionFile[] {
  const dir = dirname(place)
  const isLibrary = basename(place) === 'scenario.yaml'
  const places = [
    ...readdirSync(dir).flatMap((name) => (/\.ya?ml$/.test(name) ? [join(dir, name)] : [])),
    ...(isLibrary ? readdirSync(dirname(dir)).map((name) => join(dirname(dir), name, 'scenario.yaml')) : []),
  ]
  return places.flatMap((path) =>
    statSync(path, { throwIfNoEntry: false })?.isFile() === true
      ? [{ path, text: readFileSync(path, 'utf8') }]
      : [],
  )
}

/** The problems of files as compilers print them; empty when there are none. */
export function formatFileProblems(files: readonly CompiledFile[]): string {
  return files
    .flatMap(({ path, compilation: { result } }) => [
      ...(result.ok ? [] : [formatProblems(result.problems, path)]),
      ...(result.warnings.length === 0 ? [] : [formatProblems(asWarnings(result.warnings), path)]),
    ])
    .join('\n')
}

function asWarnings(warnings: readonly PlacedProblem[]): readonly PlacedProblem[] {
  return warnings.map((warning) => ({ ...warning, message: `warning: ${warning.message}` }))
}

/** Says warnings, and refuses when any file has a problem. @throws CliError with every problem of every file. */
export function requireValid(cli: Cli, files: readonly CompiledFile[]): void {
  const text = formatFileProblems(files)
  if (files.some(({ compilation }) => !compilation.result.ok)) throw new CliError(EXIT.usage, text)
  if (text !== '') cli.terminal.err(`${text}\n`)
}
