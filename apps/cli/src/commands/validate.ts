import { EXIT } from '@firedrill/contracts'
import type { Cli, CommonOptions } from '../cli.ts'
import { compileDefinitions, formatFileProblems, readDefinitions } from '../files/definition-files.ts'
import { print } from '../output/print.ts'

/** Checks files without an API. Every problem of every file is said, with its place. */
export async function validate(
  cli: Cli,
  paths: readonly string[],
  options: Pick<CommonOptions, 'output'>,
): Promise<number> {
  const files = compileDefinitions(cli, readDefinitions(cli, paths))
  const wrong = files.filter(({ compilation }) => !compilation.result.ok)
  const answer = files.map(({ path, name, compilation: { kind, result } }) => ({
    file: path,
    kind: kind ?? null,
    name: name ?? null,
    valid: result.ok,
    problems: result.ok ? [] : [...result.problems],
    warnings: [...result.warnings],
  }))
  print(cli, options, 'validate', answer, () => formatFileProblems(files))
  cli.terminal.err(
    `${files.length} checked, ${wrong.length === 0 ? 'all valid' : `${wrong.length} not valid`}\n`,
  )
  return wrong.length === 0 ? EXIT.held : EXIT.usage
}
