import { posix } from 'node:path'
import type { Finding } from '../finding.ts'
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

/** A package offers `.` and nothing else; an app offers nothing. */
export function oneDoor({ rooms }: Repository): Finding[] {
  return rooms.flatMap(({ dir, exportPaths }) => {
    const at = `${dir}/package.json`
    if (!dir.startsWith('packages/')) {
      return exportPaths === null
        ? []
        : [{ rule: 'one-door', at, message: 'nobody imports an app: no exports' }]
    }
    const isOneDoor = exportPaths?.length === 1 && exportPaths[0] === '.'
    return isOneDoor ? [] : [{ rule: 'one-door', at, message: "exports is { '.': … } and nothing else" }]
  })
}
