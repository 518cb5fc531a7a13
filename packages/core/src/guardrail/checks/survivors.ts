import { allow, refuse, unresolved, type Guardrail } from '../guardrail.ts'

/** What is left after the faults can carry the load. Only production demands that somebody knows. */
export const survivors: Guardrail = {
  code: 'survivors',
  ask(facts) {
    const unknown = unresolved(facts)
    if (unknown !== undefined) return unknown
    const said: string[] = []
    for (const { step, approved, again } of facts.steps) {
      const plan = again?.ok === true ? again : approved
      const left = plan.ok ? plan.value.survivors : undefined
      if (left === undefined) {
        if (facts.environment.production)
          return refuse(
            `step ${step.name}: nobody said how much capacity has to survive, which production demands`,
          )
        said.push(
          `step ${step.name}: nobody said how much capacity has to survive; only production demands it`,
        )
      } else if (left === 'all') {
        said.push(`step ${step.name} takes no capacity away`)
      } else if (left.healthy < left.needed) {
        return refuse(
          `step ${step.name}: ${left.healthy} healthy survive in ${left.where}, ${left.needed} are needed`,
        )
      } else {
        said.push(
          `step ${step.name}: ${left.healthy} healthy survive in ${left.where}, ${left.needed} are needed`,
        )
      }
    }
    return allow(said.join('; '))
  },
}
