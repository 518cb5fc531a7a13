import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** What would stop the drill exists and is quiet; production has at least one. */
export const stopConditions: Guardrail = {
  code: 'stop-conditions',
  ask({ scenario, environment, stopConditions: states }) {
    if (scenario.stopConditions.length === 0)
      return environment.production
        ? refuse('a drill in production needs at least one stop condition')
        : allow('the scenario has no stop condition; only production demands one')
    for (const { name, alarm } of scenario.stopConditions) {
      const state = states.get(name)
      if (state?.ok !== true) {
        const why =
          state === undefined ? 'it was not asked' : `${state.failure.code} ${state.failure.message}`
        return refuse(`stop condition ${name}: alarm ${alarm} could not be read (${why})`)
      }
      if (state.value !== 'OK') return refuse(`stop condition ${name}: alarm ${alarm} is ${state.value}`)
    }
    return allow(`${scenario.stopConditions.map(({ alarm }) => alarm).join(', ')}: OK`)
  },
}
