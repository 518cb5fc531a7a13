import { allow, refuse, type Guardrail } from '../guardrail.ts'

/**
 * Every fault goes away when nobody is left to take it out. Those that do not end by themselves have the reaper, whose
 * copy of the kit lies on the platform's own host; production demands more than that.
 */
export const deadMan: Guardrail = {
  code: 'dead-man',
  ask({ environment, steps }) {
    const unfenced = steps.filter(({ fencing, expiry }) => fencing === 'none' && expiry === 'dead-man')
    if (unfenced.length > 0)
      return refuse(
        `step ${namesOf(unfenced)}: its fault can be neither fenced nor found again, and does not end by itself`,
      )
    const needing = steps.filter(({ expiry }) => expiry === 'dead-man')
    if (needing.length === 0) return allow('every fault ends by itself')
    if (environment.production)
      return refuse(
        `step ${namesOf(needing)} does not end by itself, and production demands a dead man that survives the platform's host; this version has only the reaper, which lives on it`,
      )
    return allow(`the reaper takes out step ${namesOf(needing)} at its expiry, from its own copy of the kit`)
  },
}

function namesOf(steps: readonly Readonly<{ step: Readonly<{ name: string }> }>[]): string {
  return steps.map(({ step }) => step.name).join(', ')
}
