import { POINT_WORDS, type PointName } from '../../vocabulary/measured.ts'
import type { RunSearch } from './run-search.ts'
import type { Selection } from './timeline/board.tsx'

/** What an address selects; a name that is no point selects nothing. */
export function selectionOf({ event, point }: RunSearch): Selection {
  if (event !== undefined) return { event }
  return point !== undefined && isPoint(point) ? { point } : {}
}

function isPoint(name: string): name is PointName {
  return Object.hasOwn(POINT_WORDS, name)
}
