import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** The targets are still exactly those that were planned and approved. */
export const drift: Guardrail = {
  code: 'drift',
  ask({ steps }) {
    for (const { step, approved, again } of steps) {
      if (again === undefined || !approved.ok) continue
      if (!again.ok)
        return refuse(`step ${step.name}: the targets could not be resolved again: ${again.failure.code}`)
      const before = approved.value.targets.map(({ id }) => id)
      const after = again.value.targets.map(({ id }) => id)
      const gone = before.filter((id) => !after.includes(id))
      const come = after.filter((id) => !before.includes(id))
      if (gone.length + come.length > 0)
        return refuse(
          `step ${step.name}: the targets changed since planning (gone: ${gone.join(', ') || 'none'}; new: ${come.join(', ') || 'none'})`,
        )
    }
    return steps.some(({ again }) => again !== undefined)
      ? allow('the targets are those that were planned')
      : allow('asked again right before the first fault goes in')
  },
}
