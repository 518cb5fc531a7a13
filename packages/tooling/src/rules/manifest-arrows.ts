import type { Finding } from '../finding.ts'
import { IMPORT_MATRIX, LIBRARY_HOMES } from '../import-matrix.ts'
import { SCOPE } from '../repository.ts'
import type { Repository, Room } from '../repository.ts'

const RULE = 'manifest-arrows'

/**
 * Every package.json declares only what the import matrix allows its room, tests' needs among the development
 * dependencies; and every room is in the matrix.
 */
export function manifestArrows({ rooms }: Repository): Finding[] {
  return rooms.flatMap((room) => {
    const at = `${room.dir}/package.json`
    const arrows = IMPORT_MATRIX[room.name]
    if (arrows === undefined) {
      return [
        {
          rule: RULE,
          at,
          message: `the room ${room.name} is not in the import matrix: say what it may import`,
        },
      ]
    }
    const ours = (names: readonly string[]) =>
      names.flatMap((name) => (name.startsWith(SCOPE) ? [name.slice(SCOPE.length)] : []))
    const forbidden = ours([...room.dependencies, ...room.devDependencies])
      .filter((name) => arrows[name] === undefined)
      .map((name) => ({ rule: RULE, at, message: `${room.name} may not depend on ${name}` }))
    const promoted = ours(room.dependencies)
      .filter((name) => arrows[name] === 'dev')
      .map((name) => ({
        rule: RULE,
        at,
        message: `${name} is for the tests of ${room.name}: a devDependency`,
      }))
    return [...forbidden, ...promoted, ...foreignLibraries(room, at)]
  })
}

function foreignLibraries(room: Room, at: string): Finding[] {
  return room.dependencies.flatMap((library) =>
    Object.entries(LIBRARY_HOMES)
      .filter(([prefix]) => (prefix.endsWith('/') ? library.startsWith(prefix) : library === prefix))
      .filter(([, homes]) => !homes.includes(room.name))
      .map(([, homes]) => ({
        rule: RULE,
        at,
        message: `${library} belongs to ${homes.join(', ')}, not to ${room.name}`,
      })),
  )
}
