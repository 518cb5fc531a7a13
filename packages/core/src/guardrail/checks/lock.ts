import type { StepPlan } from '../../ports/fault-driver.ts'
import { allow, refuse, unresolved, type Guardrail } from '../guardrail.ts'

/**
 * No other run holds one of the targets, or of what stands beside them and undo is judged by. A look ahead: the lock itself is taken in the transaction that begins the
 * baseline, so of two runs that both pass here only one goes on.
 */
export const lock: Guardrail = {
  code: 'lock',
  ask(facts) {
    const { holders, steps } = facts
    if (holders === undefined) return refuse('nobody knows which targets other runs hold')
    const held = steps.flatMap(({ approved }) => (approved.ok ? heldOf(approved.value, holders) : []))
    if (held.length > 0) return refuse([...new Set(held)].join('; '))
    return unresolved(facts) ?? allow('no other run holds these targets')
  },
}

function heldOf(
  { targets, surroundings = [] }: StepPlan,
  holders: ReadonlyMap<string, string>,
): readonly string[] {
  const ids = targets.map(({ id }) => id)
  const by = (id: string) => holders.get(id) ?? 'another run'
  const beside = surroundings.filter((id) => holders.has(id) && !ids.includes(id))
  return [
    ...ids.filter((id) => holders.has(id)).map((id) => `${id} is held by ${by(id)}`),
    ...beside.map((id) => `${id}, beside the targets, is held by ${by(id)}: undo could not be judged`),
  ]
}
