import { InputReader } from '../../wire/input-reader.ts'
import type { WireInput } from '../../wire/wire-value.ts'
import { FIS_INPUT_FAULTS, validation } from './fis-faults.ts'

const DEFAULT_PAGE = 100

/** One page of a list, by `maxResults` (1–100) and `nextToken`. */
export function pageOf<T>(
  all: readonly T[],
  input: WireInput,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const reader = new InputReader(input, FIS_INPUT_FAULTS)
  const size = reader.integer('maxResults', 1, 100) ?? DEFAULT_PAGE
  const start = readToken(reader.text('nextToken'))
  const end = start + size
  return {
    items: all.slice(start, end),
    nextToken: end < all.length ? Buffer.from(`from:${end}`).toString('base64') : undefined,
  }
}

function readToken(token: string | undefined): number {
  if (token === undefined) return 0
  const match = /^from:(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8'))
  if (match === null) throw validation('The next token is not valid.')
  return Number(match[1])
}
