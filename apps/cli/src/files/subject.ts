import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import type { FileKind } from '@firedrill/scenario-file'
import { CliError, type Cli } from '../cli.ts'
import { compileDefinitions, requireValid, type CompiledFile } from './definition-files.ts'
import { parsePlanFile, type PlanFile } from './plan-file.ts'

/** A definition that a person named: one that is stored, or a file. */
export type Definition = Readonly<
  { from: 'store'; name: string } | { from: 'file'; name: string; file: CompiledFile }
>
/** What is to be run. */
export type Subject = Definition | Readonly<{ from: 'plan'; path: string; plan: PlanFile }>

/** What a stored definition may be called. */
export const NAME = /^[a-z][a-z0-9-]{0,62}$/

/** Reads a scenario's name, its file, or a saved plan. @throws CliError */
export function readSubject(cli: Cli, text: string): Subject {
  const file = fileText(cli, text)
  if (file !== undefined && text.endsWith('.json'))
    return { from: 'plan', path: text, plan: parsePlanFile(file, text) }
  return definition(cli, text, file, 'Scenario')
}

/** Reads a scenario's or environment's name or file. @throws CliError with every problem of the file. */
export function readDefinition(cli: Cli, text: string, kind: 'Scenario' | 'Environment'): Definition {
  return definition(cli, text, fileText(cli, text), kind)
}

function definition(cli: Cli, path: string, text: string | undefined, kind: FileKind): Definition {
  if (text === undefined) {
    if (NAME.test(path)) return { from: 'store', name: path }
    throw new CliError(EXIT.usage, `${path}: there is no such file, and no ${kind} can have that name.`)
  }
  const files = compileDefinitions(cli, [{ path, text }])
  requireValid(cli, files)
  const [file] = files
  if (file?.compilation.kind !== kind || file.name === undefined)
    throw new CliError(EXIT.usage, `${path}:1:1: this is no ${kind} but a ${file?.compilation.kind ?? '?'}.`)
  return { from: 'file', name: file.name, file }
}

/** Whether the text names something on disk. */
export function isPath(cli: Cli, text: string): boolean {
  return statSync(resolve(cli.cwd, text), { throwIfNoEntry: false }) !== undefined
}

function fileText(cli: Cli, path: string): string | undefined {
  const place = resolve(cli.cwd, path)
  return statSync(place, { throwIfNoEntry: false })?.isFile() === true
    ? readFileSync(place, 'utf8')
    : undefined
}
