import type { CompiledEnvironment, CompiledRunbook, CompiledScenario } from '@firedrill/core'
import { compileEnvironment, type EnvironmentOptions } from './environment/compile-environment.ts'
import { Problems, type PlacedProblem } from './problem/problems.ts'
import { suggest } from './problem/did-you-mean.ts'
import { compileRunbook, splitFrontMatter } from './runbook/compile-runbook.ts'
import { compileScenario, type ScenarioOptions } from './scenario/compile-scenario.ts'
import type { Compilation } from './schema/finish.ts'
import { FILE_KINDS, kindOfTree, type FileKind } from './schema/header.ts'
import { nodeAt, START } from './yaml/located.ts'
import { readYaml } from './yaml/read-yaml.ts'

/** What a file is and who it is, before it is compiled; enough to build an index for `extends`. */
export type Identity = Readonly<{ kind: FileKind | undefined; name: string | undefined }>

/** Reads kind and name of a file, as far as it says them. Never throws. */
export function identify(text: string): Identity {
  const head = splitFrontMatter(text)?.head ?? text
  const root = readYaml(head, new Problems())
  if (root === undefined) return { kind: undefined, name: undefined }
  const name = nodeAt(root, ['metadata', 'name'])
  return {
    kind: kindOfTree(root),
    name: name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : undefined,
  }
}

/** A compiled file of any kind that the platform keeps. */
export type FileCompilation =
  | Readonly<{ kind: 'Scenario'; result: Compilation<CompiledScenario> }>
  | Readonly<{ kind: 'Environment'; result: Compilation<CompiledEnvironment> }>
  | Readonly<{ kind: 'Runbook'; result: Compilation<CompiledRunbook> }>
  | Readonly<{
      kind: undefined
      result: Readonly<{ ok: false; problems: readonly PlacedProblem[]; warnings: readonly PlacedProblem[] }>
    }>

/** Compiles a file by what it says it is. */
export function compileFile(
  text: string,
  options: ScenarioOptions & EnvironmentOptions = {},
): FileCompilation {
  const { kind } = identify(text)
  switch (kind) {
    case 'Scenario':
      return { kind, result: compileScenario(text, options) }
    case 'Environment':
      return { kind, result: compileEnvironment(text, options) }
    case 'Runbook':
      return { kind, result: compileRunbook(text) }
    case 'World':
    case undefined:
      return { kind: undefined, result: { ok: false, problems: unknownKind(text, kind), warnings: [] } }
  }
}

function unknownKind(text: string, kind: 'World' | undefined): readonly PlacedProblem[] {
  const problems = new Problems()
  const root = readYaml(splitFrontMatter(text)?.head ?? text, problems)
  if (problems.size > 0) return problems.list()
  const at = (root === undefined ? undefined : nodeAt(root, ['kind'])?.at) ?? START
  if (kind === 'World') problems.add(['kind'], at, 'a World belongs to the simulator and is not compiled')
  else {
    const kinds = FILE_KINDS.filter((known) => known !== 'World')
    const word = root === undefined ? undefined : nodeAt(root, ['kind'])
    const said = word?.kind === 'scalar' && typeof word.value === 'string' ? word.value : ''
    problems.add(['kind'], at, 'kind is missing or unknown', suggest(said, kinds))
  }
  return problems.list()
}
