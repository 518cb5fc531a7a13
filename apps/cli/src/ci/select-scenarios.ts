import { relative, resolve } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import { CliError, type Cli } from '../cli.ts'
import {
  compileDefinitions,
  readDefinitions,
  requireValid,
  type CompiledFile,
} from '../files/definition-files.ts'
import { isPath, NAME } from '../files/subject.ts'

/** A scenario to run: a stored one, or a file. */
export type Selected = Readonly<{ name: string; file?: CompiledFile }>

/** What the caller named: stored scenarios, files, and all scenarios below directories. @throws CliError with every problem. */
export function selectScenarios(cli: Cli, names: readonly string[]): readonly Selected[] {
  const paths = names.filter((name) => isPath(cli, name))
  const stored = names.filter((name) => !paths.includes(name))
  for (const name of stored)
    if (!NAME.test(name))
      throw new CliError(EXIT.usage, `${name}: there is no such file, and no scenario can have that name.`)
  const files = compileDefinitions(cli, readDefinitions(cli, paths)).filter(
    ({ path, compilation }) => compilation.kind === 'Scenario' || names.includes(path),
  )
  requireValid(cli, files)
  const selected = [
    ...stored.map((name) => ({ name })),
    ...files.map((file): Selected => {
      if (file.compilation.kind !== 'Scenario' || file.name === undefined)
        throw new CliError(
          EXIT.usage,
          `${file.path}:1:1: this is no Scenario but a ${file.compilation.kind ?? '?'}.`,
        )
      return { name: file.name, file }
    }),
  ]
  const twice = selected.find(({ name }, i) => selected.findIndex((other) => other.name === name) !== i)
  if (twice !== undefined)
    throw new CliError(
      EXIT.usage,
      `Scenario ${twice.name} is named twice; its results could not be told apart.`,
    )
  return selected
}

/** Of these scenarios those whose file, or a file they extend, changed. Stored ones have none and are left out. */
export function changedOnly(
  cli: Cli,
  scenarios: readonly Selected[],
  changed: ReadonlySet<string>,
): readonly Selected[] {
  return scenarios.filter(
    ({ file }) =>
      file !== undefined &&
      [file.path, ...file.parentFiles.map((parent) => parent.file)].some((path) =>
        changed.has(resolve(cli.cwd, path)),
      ),
  )
}

/**
 * The files that differ from where this branch left `ref`, as absolute paths: committed, not yet committed, and new ones.
 * @throws CliError when git cannot say.
 */
export async function changedSince(cli: Cli, ref: string): Promise<ReadonlySet<string>> {
  const git = async (...args: string[]) => {
    const { exitCode, out, err } = await cli.git(args)
    if (exitCode !== 0)
      throw new CliError(
        EXIT.usage,
        `git cannot say what changed since ${ref}: ${err.trim()}\nA shallow checkout has too little history; fetch-depth: 0 gets all of it.`,
      )
    return out
  }
  const top = (await git('rev-parse', '--show-toplevel')).trim()
  const base = (await git('merge-base', '--end-of-options', ref, 'HEAD')).trim()
  const tracked = await git('diff', '--name-only', '-z', '--no-renames', base)
  const fresh = await git('ls-files', '--others', '--exclude-standard', '--full-name', '-z', ':/')
  return new Set(
    [...tracked.split('\0'), ...fresh.split('\0')].flatMap((path) =>
      path === '' ? [] : [resolve(top, path)],
    ),
  )
}

/** A path as the root of the checkout sees it, which is how annotations name files. */
export function fromRoot(cli: Cli, path: string): string {
  const root = cli.env['GITHUB_WORKSPACE']
  return relative(root === undefined || root === '' ? cli.cwd : root, resolve(cli.cwd, path))
}
