import { injectSteps } from '../../scenario/scenario.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** Every Region that the scenario names is one of the environment's. */
export const region: Guardrail = {
  code: 'region',
  ask({ scenario, environment }) {
    const named = new Set(injectSteps(scenario).map((step) => step.targets.region))
    for (const objective of scenario.objectives) {
      if (objective.kind === 'detection-time') named.add(objective.alarm.region)
      if (objective.kind === 'recovery-time' && objective.source.from === 'metric')
        named.add(objective.source.region)
    }
    for (const condition of scenario.stopConditions) named.add(condition.region)
    const missing = [...named].filter((name) => environment.regions[name] === undefined)
    const known = Object.keys(environment.regions).join(', ')
    return missing.length === 0
      ? allow([...named].map((name) => `${name} is ${environment.regions[name]}`).join(', '))
      : refuse(`the environment has no Region named ${missing.join(', ')}; it has ${known}`)
  },
}
