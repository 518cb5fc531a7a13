import type { GuardrailFacts, StepFacts } from '../facts.ts'
import { allow, refuse, unresolved, type Guardrail } from '../guardrail.ts'

/**
 * What is hit stays below every ceiling, in count over the whole drill and in percent of each population: the
 * scenario's, the environment's and the organisation's. None of them can loosen another.
 */
export const blastRadius: Guardrail = {
  code: 'blast-radius',
  ask(facts) {
    const unknown = unresolved(facts)
    if (unknown !== undefined) return unknown
    const targets = new Set(facts.steps.flatMap(targetsOf))
    const limits = limitsOf(facts)
    for (const { whose, targetsMax } of limits) {
      if (targets.size > targetsMax) return refuse(`${targets.size} targets, ${whose} allows ${targetsMax}`)
    }
    for (const one of facts.steps) {
      const count = targetsOf(one).length
      const { max } = one.step.targets
      if (count > max) return refuse(`step ${one.step.name}: ${count} targets match, its cap is ${max}`)
      const population = populationOf(one)
      const percent = population === 0 ? 100 : (count / population) * 100
      for (const { whose, percentMax } of limits) {
        if (percent > percentMax)
          return refuse(
            `step ${one.step.name}: ${percent.toFixed(1)} % of ${population}, ${whose} allows ${percentMax} %`,
          )
      }
    }
    const said = limits.map(({ whose, targetsMax, percentMax }) => {
      const count = Number.isFinite(targetsMax) ? `${targetsMax} targets` : 'any number'
      return `${whose} allows ${count} and ${percentMax} %`
    })
    return allow(`${targets.size} targets; ${said.join('; ')}`)
  },
}

type Limit = Readonly<{ whose: string; targetsMax: number; percentMax: number }>

function limitsOf({ scenario, environment, installation: { ceiling } }: GuardrailFacts): readonly Limit[] {
  const organisation = {
    targetsMax: ceiling.targetsMax ?? Number.POSITIVE_INFINITY,
    percentMax: ceiling.percentMax ?? 100,
  }
  const isSet = ceiling.targetsMax !== undefined || ceiling.percentMax !== undefined
  return [
    { whose: 'the scenario', ...scenario.blastRadius },
    { whose: 'the environment', ...environment.touch.blastRadius },
    ...(isSet ? [{ whose: 'the organisation', ...organisation }] : []),
  ]
}

function targetsOf({ approved }: StepFacts): readonly string[] {
  return approved.ok ? approved.value.targets.map(({ id }) => id) : []
}

/** The population as it is now, when it was asked again: it may have shrunk since planning. */
function populationOf({ approved, again }: StepFacts): number {
  return Math.min(...[approved, again].flatMap((plan) => (plan?.ok === true ? [plan.value.population] : [])))
}
