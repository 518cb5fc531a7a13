import { injectSteps, isResponseStep } from '../../scenario/scenario.ts'
import type { GuardrailFacts } from '../facts.ts'
import { allow, refuse, type Answer, type Guardrail } from '../guardrail.ts'

/** The platform can do its part of how the system is to recover. */
export const response: Guardrail = {
  code: 'response',
  ask(facts) {
    const { scenario } = facts
    const steps = injectSteps(scenario).filter(isResponseStep)
    if (scenario.response !== 'evacuation' && steps.length > 0)
      return refuse(
        `step ${namesOf(steps)} is part of an evacuation, and the response is ${scenario.response}`,
      )
    switch (scenario.response) {
      case 'automatic':
        return allow('the system recovers by itself')
      case 'runbook':
        return allow('people recover the system by a runbook')
      case 'restore':
        return allow('taking the fault out is the response')
      case 'evacuation':
        return askEvacuation(facts)
    }
  },
}

/** What moves users out of a Region must not depend on that Region: neither where a step acts, nor where the platform is at home. */
function askEvacuation({ scenario, environment }: GuardrailFacts): Answer {
  const all = injectSteps(scenario)
  const steps = all.filter(isResponseStep)
  if (steps.length === 0) return refuse('no step of the scenario carries the evacuation out')
  const broken = new Set(all.filter((step) => !isResponseStep(step)).map(({ targets }) => targets.region))
  const within = steps.filter(({ targets }) => broken.has(targets.region))
  if (within.length > 0)
    return refuse(
      `step ${namesOf(within)} acts in a Region that is evacuated because something is broken in it: ${[...broken].join(', ')}`,
    )
  if (broken.has(environment.homeRegion))
    return refuse(`the platform is at home in Region ${environment.homeRegion}, which is evacuated`)
  const said = `the platform carries the evacuation out in ${steps.length} steps: ${namesOf(steps)}`
  return allow(broken.size === 0 ? `${said}; nothing is broken for it` : said)
}

function namesOf(steps: readonly Readonly<{ name: string }>[]): string {
  return steps.map(({ name }) => name).join(', ')
}
