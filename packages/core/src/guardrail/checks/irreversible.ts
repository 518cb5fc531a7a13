import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** What cannot be put back is wanted by the scenario and permitted by the environment. */
export const irreversible: Guardrail = {
  code: 'irreversible',
  ask({ scenario, environment, steps }) {
    const names = steps
      .filter(({ restoration }) => restoration === 'irreversible')
      .map(({ step }) => step.name)
    if (names.length === 0) return allow('everything can be put back')
    const which = `step ${names.join(', ')} cannot be put back`
    if (!scenario.acceptIrreversible)
      return refuse(`${which}; the scenario must say acceptIrreversible: true`)
    return environment.touch.irreversible === true
      ? allow(`${which}, which the scenario accepts and the environment allows`)
      : refuse(`${which}; the environment must say touch.irreversible: true`)
  },
}
