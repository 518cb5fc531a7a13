import { EXIT } from '@firedrill/contracts'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import {
  compileDefinitions,
  readDefinitions,
  requireValid,
  type CompiledFile,
} from '../files/definition-files.ts'
import { storeFile } from '../files/store.ts'
import { print, table } from '../output/print.ts'
import type { Shape } from '../output/shapes.ts'

/** Stores files through the API. When one has a problem, none is stored. */
export async function apply(cli: Cli, paths: readonly string[], options: CommonOptions): Promise<number> {
  const files = compileDefinitions(cli, readDefinitions(cli, paths))
  requireValid(cli, files)
  const client = connect(cli, options)
  const applied: Shape<'apply'> = []
  for (const file of parentsFirst(files)) {
    const kind = file.compilation.kind ?? 'Scenario'
    applied.push({ file: file.path, kind, ...(await storeFile(client, file)) })
  }
  print(cli, options, 'apply', applied, () =>
    table(
      applied.map(({ file, kind, name, version, isNew }) => [
        kind.toLowerCase(),
        name,
        `version ${version}`,
        isNew ? 'stored' : 'unchanged',
        file,
      ]),
    ),
  )
  return EXIT.held
}

/** Environments and runbooks, then scenarios after those they extend: the API resolves `extends` from what it has. */
function parentsFirst(files: readonly CompiledFile[]): readonly CompiledFile[] {
  const rank = (file: CompiledFile) => (file.compilation.kind === 'Scenario' ? file.parents.length : -1)
  return files.toSorted((a, b) => rank(a) - rank(b))
}
