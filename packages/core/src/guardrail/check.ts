import type { GuardrailAnswer } from './answer.ts'
import type { GuardrailFacts } from './facts.ts'
import type { Guardrail } from './guardrail.ts'
import { ORDERED_GUARDRAILS } from './list.ts'

/**
 * Asks every guardrail, in order, and gives all answers: people want to see everything that is in the way at once. The
 * run may go on only when all allow.
 */
export function checkGuardrails(
  facts: GuardrailFacts,
  guardrails: readonly Guardrail[] = ORDERED_GUARDRAILS,
): readonly GuardrailAnswer[] {
  return guardrails.map(({ code, ask }) => ({ guardrail: code, ...ask(facts) }))
}
