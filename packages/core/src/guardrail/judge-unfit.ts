import type { UnfitReason } from '../ports/fault-driver.ts'
import type { GuardrailFacts } from './facts.ts'
import { allow, refuse, unresolved, type Answer } from './guardrail.ts'

/**
 * Judges what planning found unfit for one reason. What became exempt or protected since counts as much as what was so
 * when the plan was made.
 */
export function judgeUnfit(facts: GuardrailFacts, why: UnfitReason, fine: string): Answer {
  const found = facts.steps.flatMap(({ approved, again }) =>
    [approved, again].flatMap((plan) =>
      plan?.ok === true ? plan.value.unfit.filter(({ guardrail }) => guardrail === why) : [],
    ),
  )
  if (found.length === 0) return unresolved(facts) ?? allow(fine)
  return refuse([...new Set(found.map(({ target, reason }) => `${target}: ${reason}`))].join('; '))
}
