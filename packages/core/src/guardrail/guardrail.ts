import type { GuardrailCode } from './answer.ts'
import type { GuardrailFacts } from './facts.ts'

/** A guardrail's answer, with the reason in words for people. */
export type Answer = Readonly<{ allow: boolean; reason: string }>

/** One question that is asked before anything is touched. `ask` is pure; not knowing is a refusal. */
export type Guardrail = Readonly<{ code: GuardrailCode; ask(facts: GuardrailFacts): Answer }>

/** What those guardrails look at that are asked again before each later fault, because time alone may change their answer. */
export type CalendarFacts = Pick<GuardrailFacts, 'environment' | 'calendarFreezes' | 'now'>

/** The drill may go on; says what was found. */
export function allow(reason: string): Answer {
  return { allow: true, reason }
}

/** The drill must not go on; says what was found, and what would have to be otherwise. */
export function refuse(reason: string): Answer {
  return { allow: false, reason }
}

/** The refusal that names the steps whose targets nobody could resolve, or undefined when all are known. */
export function unresolved({ steps }: Pick<GuardrailFacts, 'steps'>): Answer | undefined {
  const names = steps.flatMap(({ step, approved, again }) =>
    approved.ok && again?.ok !== false ? [] : [step.name],
  )
  if (names.length > 0) return refuse(`the targets of step ${names.join(', ')} could not be resolved`)
  return steps.length === 0 ? refuse('no step could be resolved to targets') : undefined
}
