import { canonicalJson } from '@firedrill/core'
import type { z } from 'zod'
import type { Problems, PlacedProblem } from '../problem/problems.ts'
import { START } from '../yaml/located.ts'

/**
 * What compiling a file answers. `canonical` is the RFC 8785 text of `compiled`; the definition's hash is the SHA-256 of
 * it. Warnings do not stop a file from being used. Problems are all there are, in reading order.
 */
export type Compilation<T> = Readonly<
  | { ok: true; compiled: T; canonical: string; warnings: readonly PlacedProblem[] }
  | { ok: false; problems: readonly PlacedProblem[]; warnings: readonly PlacedProblem[] }
>

/** Ends a compilation with what was found. */
export function refused(problems: Problems, warnings: readonly PlacedProblem[] = []): Compilation<never> {
  return { ok: false, problems: problems.list(), warnings }
}

/**
 * Ends a compilation with its compiled form, after core has looked at it as well: a file that passed every check here
 * and is still not what core takes is a problem of the file, never an exception.
 */
export function finish<T>(
  schema: z.ZodType<T>,
  filled: unknown,
  problems: Problems,
  warnings: readonly PlacedProblem[] = [],
): Compilation<T> {
  const parsed = schema.safeParse(filled)
  if (parsed.success)
    return { ok: true, compiled: parsed.data, canonical: canonicalJson(parsed.data), warnings }
  for (const issue of parsed.error.issues)
    problems.add(issue.path as (string | number)[], START, `compiled form: ${issue.message}`)
  return refused(problems, warnings)
}
