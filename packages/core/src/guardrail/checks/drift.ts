import { canonicalJson } from '../../journal/canonical-json.ts'
import type { StepPlan } from '../../ports/fault-driver.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/**
 * The targets are still exactly those that were planned and approved, and where undo has to bring them back field by field
 * they are still as they were captured; where it is judged by counts, no more stands now than then. A plan that was made
 * while another run's fault was in has that fault for its prior state, and its undo would put it in again.
 */
export const drift: Guardrail = {
  code: 'drift',
  ask({ steps }) {
    for (const { step, restoration, approved, again } of steps) {
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
      if (
        restoration === 'exact' &&
        canonicalJson(approved.value.capture) !== canonicalJson(again.value.capture)
      )
        return refuse(
          `step ${step.name}: the targets are no longer as they were captured when planned, so undo would not bring back what is there now; plan again`,
        )
      const fewer = stoodFewer(approved.value, again.value)
      if (fewer.length > 0)
        return refuse(
          `step ${step.name}: when it was planned less stood than now (${fewer.join('; ')}), and undo would only be held to that; plan again`,
        )
    }
    return steps.some(({ again }) => again !== undefined)
      ? allow('the targets are those that were planned')
      : allow('asked again right before the first fault goes in')
  },
}

/** What of which more stands now than when the plan was made, in words. */
function stoodFewer(then: StepPlan, now: StepPlan): readonly string[] {
  return Object.entries(then.standing ?? {}).flatMap(([what, count]) => {
    const is = now.standing?.[what] ?? 0
    return is > count ? [`${what}: ${count} then, ${is} now`] : []
  })
}
