import type { ProblemAnswer } from '@firedrill/contracts'
import {
  AppError,
  type DefinitionKind,
  type DefinitionStore,
  type DefinitionVersion,
  type Problem,
} from '@firedrill/core'

/** The newest version of a definition, or the one with a hash. @throws AppError `not-found`. */
export async function findVersion<K extends DefinitionKind>(
  definitions: Pick<DefinitionStore, 'latest' | 'byHash'>,
  teamId: string,
  kind: K,
  name: string,
  hash?: string,
): Promise<DefinitionVersion<K>> {
  const found =
    hash === undefined
      ? await definitions.latest(teamId, kind, name)
      : await definitions.byHash(teamId, kind, hash)
  if (found === undefined || found.name !== name)
    throw new AppError(
      'not-found',
      `There is no ${kind} named ${name}${hash === undefined ? '' : ' with that hash'}.`,
    )
  return found
}

/** A file is stored under the name it gives itself. @throws AppError `definition-invalid`. */
export function requireName(path: string, file: string): void {
  if (path === file) return
  const problem = { path: '$.metadata.name', message: `is ${file}, but the address says ${path}` }
  throw new AppError('definition-invalid', `The file is named ${file}, the address says ${path}.`, {
    problems: [problem],
  })
}

/** Warnings as an answer carries them. */
export function warningsOf(warnings: readonly Problem[]): ProblemAnswer['problems'] {
  return warnings.map((warning) => ({ ...warning }))
}
