import type { GuardrailFacts, StepFacts } from '../facts.ts'
import { allow, refuse, unresolved, type Guardrail } from '../guardrail.ts'

/** Nothing lies in a hosted zone or an Availability Zone that the environment protects. */
export const protectedZones: Guardrail = {
  code: 'protected-zones',
  ask(facts) {
    const { protectedZones: forbidden = [] } = facts.environment.touch
    if (forbidden.length === 0) return allow('the environment protects no zone')
    const hit = facts.steps.flatMap((one) => hitsOf(one, forbidden, facts.environment.hostedZones))
    if (hit.length > 0) return refuse([...new Set(hit)].join('; '))
    return unresolved(facts) ?? allow(`nothing lies in ${forbidden.join(', ')}`)
  },
}

function hitsOf(
  { step, approved, again }: StepFacts,
  forbidden: readonly string[],
  hosted: GuardrailFacts['environment']['hostedZones'],
): readonly string[] {
  const { zone } = step.targets
  const targets = [approved, again].flatMap((plan) => (plan?.ok === true ? plan.value.targets : []))
  const ids = forbidden.flatMap((name) => (hosted[name] === undefined ? [] : [hosted[name].id]))
  return [
    ...(zone !== undefined && forbidden.includes(zone)
      ? [`step ${step.name}: hosted zone ${zone} is protected`]
      : []),
    ...targets.flatMap((target) =>
      target.zone !== undefined && forbidden.includes(target.zone)
        ? [`${target.id}: zone ${target.zone} is protected`]
        : [],
    ),
    // The same zone may go by two names in one environment; the target knows its id.
    ...targets.flatMap((target) =>
      ids.some((id) => target.id.startsWith(`route53:${id.replace(/^\/hostedzone\//, '')}/`))
        ? [`${target.id}: its hosted zone is protected`]
        : [],
    ),
  ]
}
