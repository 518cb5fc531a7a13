import { isSandbox } from '../../environment/sandbox.ts'
import type { Demand } from '../../ports/fault-driver.ts'
import type { GuardrailFacts } from '../facts.ts'
import { allow, refuse, unresolved, type Answer, type Guardrail } from '../guardrail.ts'

/** The cloud's limits leave room for putting the faults in and for taking all of them out again. */
export const quotas: Guardrail = {
  code: 'quotas',
  ask(facts) {
    const unknown = unresolved(facts)
    if (unknown !== undefined) return unknown
    const silent = facts.steps.flatMap(({ step, approved }) =>
      approved.ok && approved.value.demands === undefined ? [step.name] : [],
    )
    if (silent.length > 0 && !isSandbox(facts.environment))
      return refuse(`the fault of step ${silent.join(', ')} does not say what it needs of any quota`)
    const groups = groupsOf(facts)
    for (const group of groups) {
      const refusal = refusalOf(group, facts)
      if (refusal !== undefined) return refusal
    }
    const said = groups.map(({ demand: { quota, limit, isShared }, region, needed }) => {
      const used = isShared ? ` beside ${usedOf(quota, region, facts) ?? 0} in use` : ''
      return `${quota}: ${needed} of ${limit}${used}`
    })
    const warned = silent.map((name) => `step ${name} does not say what it needs, which a sandbox may`)
    return allow([...said, ...warned].join('; ') || 'no quota is touched')
  },
}

type Group = { readonly demand: Demand; readonly region: string; needed: number }

/** Demands on one request count alone; those on a Region or the account add up over all steps. */
function groupsOf({ steps }: GuardrailFacts): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const { step, approved, again } of steps) {
    const plan = again?.ok === true ? again : approved
    for (const demand of plan.ok ? (plan.value.demands ?? []) : []) {
      const { region } = step.targets
      const place = { request: `${step.name}/`, region: `${region}/`, account: '' }[demand.per]
      const key = `${place}${demand.quota}`
      const alone =
        demand.per === 'request' ? Math.max(demand.fault, demand.undo) : demand.fault + demand.undo
      const known = groups.get(key)
      if (known === undefined) groups.set(key, { demand, region, needed: alone })
      else known.needed += alone
    }
  }
  return [...groups.values()]
}

function refusalOf({ demand, region, needed }: Group, facts: GuardrailFacts): Answer | undefined {
  const { quota, limit, isShared } = demand
  if (!isShared)
    return needed > limit
      ? refuse(`${quota}: fault and undo need ${needed}, the limit is ${limit}`)
      : undefined
  const used = usedOf(quota, region, facts)
  if (used === undefined) {
    const allowances = facts.allowances.get(region)
    const why = allowances?.ok === false ? ` (${allowances.failure.code})` : ''
    return refuse(`${quota} in Region ${region}: nobody could tell how much of it is in use${why}`)
  }
  return used + needed > limit
    ? refuse(`${quota} in Region ${region}: ${used} in use and ${needed} needed, the limit is ${limit}`)
    : undefined
}

function usedOf(quota: string, region: string, { allowances }: GuardrailFacts): number | undefined {
  const known = allowances.get(region)
  return known?.ok === true ? known.value.find((one) => one.quota === quota)?.used : undefined
}
