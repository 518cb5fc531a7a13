import { z } from 'zod'
import { API_VERSION } from '../scenario/scenario.ts'

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, starting with a letter')

/** A runbook: what people do, in order, by role. Durations are world time. */
export const compiledRunbookSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Runbook'),
  name,
  title: z.string(),
  steps: z.array(
    z.strictObject({
      name,
      title: z.string(),
      role: z.string(),
      expectedMs: z.int().nonnegative(),
      /** Markdown. */
      instructions: z.string(),
    }),
  ),
})
export type CompiledRunbook = z.infer<typeof compiledRunbookSchema>
