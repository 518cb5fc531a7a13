import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** Every selector could be resolved and matches something. */
export const selector: Guardrail = {
  code: 'selector',
  ask({ steps }) {
    for (const { step, approved } of steps) {
      if (!approved.ok) {
        const { code, message } = approved.failure
        return refuse(`step ${step.name}: the targets could not be resolved: ${code} ${message}`)
      }
      if (approved.value.targets.length === 0)
        return refuse(`step ${step.name}: the selector matches nothing`)
    }
    if (steps.length === 0) return refuse('the scenario injects nothing')
    return allow(
      steps
        .map(
          ({ step, approved }) =>
            `step ${step.name}: ${approved.ok ? approved.value.targets.length : 0} targets`,
        )
        .join('; '),
    )
  },
}
