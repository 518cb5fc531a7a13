import { z } from 'zod'

/** Every guardrail, in the order in which it is asked. Each has a file in `checks` and a page in docs/guardrails. */
export const GUARDRAILS = [
  'halt',
  'environment-enabled',
  'credentials',
  'caller-identity',
  'region',
  'rate',
  'safety-lever',
  'window',
  'freeze',
  'known-faults',
  'response',
  'selector',
  'approval',
  'drift',
  'tags',
  'protected-tags',
  'protected-zones',
  'protected-records',
  'blast-radius',
  'lock',
  'irreversible',
  'markers',
  'dead-man',
  'stop-conditions',
  'quotas',
  'fault-duration',
  'platform-apart',
  'survivors',
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
