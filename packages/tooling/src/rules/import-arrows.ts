import { posix } from 'node:path'
import type { Finding } from '../finding.ts'
import { IMPORT_MATRIX } from '../import-matrix.ts'
import { SCOPE } from '../repository.ts'
import type { Repository, Room } from '../repository.ts'
import type { Import, SourceFile } from '../source-file.ts'

const RULE = 'import-arrows'

/**
 * Every import stays within the import matrix: adapters only in the composition root, what is for tests only in tests,
 * other rooms by their name alone and never by a path.
 */
export function importArrows({ rooms }: Repository): Finding[] {
  return rooms.flatMap((room) =>
    room.files.flatMap((file) =>
      file.imports.flatMap((imported) => {
        const message = complaint(room, file, imported)
        return message === null ? [] : [{ rule: RULE, at: `${file.path}:${imported.line}`, message }]
      }),
    ),
  )
}

function complaint(room: Room, file: SourceFile, { specifier }: Import): string | null {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file.path), specifier)
    return target.startsWith(`${room.dir}/`)
      ? null
      : `${specifier} leaves the room: import the other one by its name`
  }
  if (!specifier.startsWith(SCOPE)) return null
  const [name = '', ...rest] = specifier.slice(SCOPE.length).split('/')
  if (rest.length > 0)
    return `${specifier} reaches into ${name}: import ${SCOPE}${name}, which exports what others may use`
  if (name === room.name) return `${specifier} is this room: import the file`
  const arrow = IMPORT_MATRIX[room.name]?.[name]
  switch (arrow) {
    case undefined:
      return `${room.name} may not import ${name}`
    case 'dev':
      return file.isTest ? null : `${room.name} may import ${name} in tests only`
    case 'main':
      return file.isTest || file.isMain ? null : `${room.name} may import ${name} in its main.ts only`
    case 'free':
      return null
  }
}
