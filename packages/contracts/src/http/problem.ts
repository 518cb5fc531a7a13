import { ERRORS, type ErrorCode } from '@firedrill/core'
import { z } from 'zod'

/** One wrong place in a file or request. Lines and columns count from 1. */
export const problemEntrySchema = z.object({
  path: z.string(),
  message: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
  suggestion: z.string().optional(),
})

/** RFC 9457. `type` is the address of the code's page, which says what may still be broken and what to do now. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    problems: z.array(problemEntrySchema),
  })
  .meta({ id: 'Problem' })
/** An error answer; identify it by `code`. */
export type ProblemAnswer = z.infer<typeof problemSchema>
