import { AwsFault } from '../../wire/aws-fault.ts'
import type { InputReader } from '../../wire/input-reader.ts'

/** One page and the token of the next, if there is one. */
export type Page<T> = { readonly items: readonly T[]; readonly nextToken: string | undefined }

/**
 * Cuts one page out of a list that is sorted by key. The token names the last key of the page before, so items that
 * come and go between two pages neither repeat nor shift the others.
 */
export function pageOf<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  input: InputReader,
  low: number,
): Page<T> {
  const size = input.integer('MaxResults')
  if (size !== undefined && size < low) {
    throw new AwsFault({
      code: 'InvalidParameterValue',
      message: `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value greater than ${low}.`,
    })
  }
  const after = readToken(input.text('NextToken'))
  const rest = after === undefined ? all : all.filter((item) => keyOf(item) > after)
  const items = rest.slice(0, Math.min(size ?? 1_000, 1_000))
  const last = items.at(-1)
  const nextToken = last !== undefined && rest.length > items.length ? writeToken(keyOf(last)) : undefined
  return { items, nextToken }
}

function writeToken(key: string): string {
  return Buffer.from(`after:${key}`).toString('base64')
}

function readToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined
  const text = Buffer.from(token, 'base64').toString('utf8')
  if (!text.startsWith('after:')) {
    throw new AwsFault({
      code: 'InvalidPaginationToken',
      message: 'The specified pagination token is not valid or is expired.',
    })
  }
  return text.slice('after:'.length)
}
