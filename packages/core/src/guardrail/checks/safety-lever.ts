import type { GuardrailFacts, StepFacts } from '../facts.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/**
 * Nobody has pulled the account's own lever against fault injection. The cloud enforces it for some faults only; here it
 * holds for all of them. Where it cannot be read, only faults that it would stop are refused.
 */
export const safetyLever: Guardrail = {
  code: 'safety-lever',
  ask(facts) {
    const said: string[] = []
    for (const name of new Set(facts.steps.map(({ step }) => step.targets.region))) {
      const lever = facts.levers.get(name)
      if (lever?.ok === true && lever.value.state !== 'disengaged')
        return refuse(`the safety lever of Region ${name} is ${lever.value.state}: ${lever.value.reason}`)
      if (lever?.ok === true) {
        said.push(`the safety lever of Region ${name} is disengaged`)
        continue
      }
      const why = lever === undefined ? 'it was not asked' : `${lever.failure.code} ${lever.failure.message}`
      const obeying = stepsIn(facts, name).filter(({ obeysLever }) => obeysLever)
      if (obeying.length > 0)
        return refuse(
          `the safety lever of Region ${name} could not be read (${why}), and step ${obeying.map(({ step }) => step.name).join(', ')} obeys it`,
        )
      said.push(`the safety lever of Region ${name} could not be read (${why}); no step here obeys it`)
    }
    return allow(said.join('; ') || 'no step acts in any Region')
  },
}

function stepsIn({ steps }: GuardrailFacts, name: string): readonly StepFacts[] {
  return steps.filter(({ step }) => step.targets.region === name)
}
