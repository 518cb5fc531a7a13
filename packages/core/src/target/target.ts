import { z } from 'zod'

/**
 * Somebody else's change, found when a fault was to be taken out, side by side: how the target was captured, how our
 * fault leaves it, and how it was found. A question for a person, never overwritten.
 */
export const foreignChangeSchema = z.strictObject({
  captured: z.string(),
  ours: z.string(),
  now: z.string(),
})
export type ForeignChange = z.infer<typeof foreignChangeSchema>

/** One resource, frozen at planning. */
export const frozenTargetSchema = z.strictObject({
  /** Stable within the environment: an ARN, or `route53:ZONE/NAME/TYPE[/SET]` for a record set. */
  id: z.string(),
  /** What people call it. */
  label: z.string(),
  region: z.string(),
  zone: z.string().optional(),
})
export type FrozenTarget = z.infer<typeof frozenTargetSchema>
