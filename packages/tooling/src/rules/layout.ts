import { posix } from 'node:path'
import type { Finding } from '../finding.ts'
import { IMPORT_MATRIX } from '../import-matrix.ts'
import type { Repository } from '../repository.ts'

const NAMES_OF_NOTHING = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'types'])
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Files are kebab-case and named for what is in them; `utils.ts` and its kin say nothing. */
export function fileNames({ rooms }: Repository): Finding[] {
  return rooms.flatMap(({ files }) =>
    files.flatMap(({ path }) => {
      const stem = posix.basename(path).replace(/(\.(test|config|d))?\.tsx?$/, '')
      if (NAMES_OF_NOTHING.has(stem)) {
        return [
          { rule: 'file-names', at: path, message: `${stem} says nothing: name the file for what is in it` },
        ]
      }
      return KEBAB.test(stem) ? [] : [{ rule: 'file-names', at: path, message: 'file names are kebab-case' }]
    }),
  )
}

/** A package offers `.` and nothing else, and so does an app that the matrix lets somebody import; any other offers nothing. */
export function oneDoor({ rooms }: Repository): Finding[] {
  const isImported = (name: string) =>
    Object.values(IMPORT_MATRIX).some((arrows) => arrows[name] !== undefined)
  return rooms.flatMap(({ dir, name, exportPaths }) => {
    const at = `${dir}/package.json`
    const isOneDoor = exportPaths?.length === 1 && exportPaths[0] === '.'
    if (!dir.startsWith('packages/')) {
      return exportPaths === null || (isOneDoor && isImported(name))
        ? []
        : [{ rule: 'one-door', at, message: 'nobody imports an app: no exports' }]
    }
    return isOneDoor ? [] : [{ rule: 'one-door', at, message: "exports is { '.': … } and nothing else" }]
  })
}
