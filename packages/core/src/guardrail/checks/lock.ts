import { allow, refuse, unresolved, type Guardrail } from '../guardrail.ts'

/**
 * No other run holds one of the targets. A look ahead: the lock itself is taken in the transaction that begins the
 * baseline, so of two runs that both pass here only one goes on.
 */
export const lock: Guardrail = {
  code: 'lock',
  ask(facts) {
    const { holders, steps } = facts
    if (holders === undefined) return refuse('nobody knows which targets other runs hold')
    const held = steps.flatMap(({ approved }) =>
      approved.ok ? approved.value.targets.filter(({ id }) => holders.has(id)) : [],
    )
    if (held.length > 0)
      return refuse(held.map(({ id }) => `${id} is held by ${holders.get(id) ?? 'another run'}`).join('; '))
    return unresolved(facts) ?? allow('no other run holds these targets')
  },
}
