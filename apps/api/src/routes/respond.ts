import { problemSchema } from '@firedrill/contracts'
import type { z } from 'zod'

/** The answers of a route for the OpenAPI document and the serializer: its successes, and a problem for everything else. */
export function answers<const S extends Readonly<Record<number, z.ZodType>>>(successes: S) {
  return { ...successes, '4xx': problemSchema, '5xx': problemSchema } as const
}
