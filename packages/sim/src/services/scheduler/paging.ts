import { z } from 'zod'
import type { WireInput } from '../../wire/wire-value.ts'
import { read } from './schedule-input.ts'
import { validation } from './scheduler-faults.ts'

const PAGE_MAX = 100
const page = z.object({
  MaxResults: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_MAX),
  NextToken: z.string().optional(),
})

/** One page of a list, by `MaxResults` (1–100) and `NextToken`. */
export function pageOf<T>(
  all: readonly T[],
  input: WireInput,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const { MaxResults: size, NextToken: token } = read(page, input)
  const start = token === undefined ? 0 : Number(/^after-(\d+)$/.exec(token)?.[1] ?? Number.NaN)
  if (Number.isNaN(start)) throw validation('Invalid token')
  const end = start + size
  return { items: all.slice(start, end), nextToken: end < all.length ? `after-${end}` : undefined }
}
