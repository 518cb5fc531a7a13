import type { GuardrailAnswer } from './answer.ts'
import type { GuardrailFacts } from './facts.ts'
import { freeze } from './checks/freeze.ts'
import { window } from './checks/window.ts'
import type { CalendarFacts, Guardrail } from './guardrail.ts'
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

/** Why no further fault may go in by now, though the drill was allowed when it began; undefined when it still may. */
export function calendarRefusal(facts: CalendarFacts): string | undefined {
  return [window, freeze].map((guardrail) => guardrail.ask(facts)).find(({ allow }) => !allow)?.reason
}
