import { invalidNextToken } from './cloudwatch-faults.ts'

/** One page of a list, by position. */
export function pageOf<T>(
  all: readonly T[],
  token: string | undefined,
  size: number,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const start = readToken(token)
  const end = start + size
  return {
    items: all.slice(start, end),
    nextToken: end < all.length ? Buffer.from(`from:${end}`).toString('base64') : undefined,
  }
}

function readToken(token: string | undefined): number {
  if (token === undefined) return 0
  const match = /^from:(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8'))
  if (match === null) throw invalidNextToken()
  return Number(match[1])
}
