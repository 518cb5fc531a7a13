import { z } from 'zod'

/** Every guardrail, in the order in which it is asked. */
export const GUARDRAILS = [
  'halt',
  'environment-enabled',
  'caller-identity',
  'region',
  'rate',
  'window',
  'response',
  'selector',
  'blast-radius',
  'tags',
  'protected-records',
  'approval',
  'lock',
  'drift',
  'irreversible',
  'stop-conditions',
  'steady-state',
] as const
export type GuardrailCode = (typeof GUARDRAILS)[number]

/** What a guardrail said. Not knowing is a refusal. */
export const guardrailAnswerSchema = z.strictObject({
  guardrail: z.enum(GUARDRAILS),
  allow: z.boolean(),
  reason: z.string(),
})
export type GuardrailAnswer = z.infer<typeof guardrailAnswerSchema>
