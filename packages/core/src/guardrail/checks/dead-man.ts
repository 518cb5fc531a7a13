import type { GuardrailFacts, StepFacts } from '../facts.ts'
import { allow, refuse, unresolved, type Answer, type Guardrail } from '../guardrail.ts'

/**
 * Every fault goes away when nobody is left to take it out. Those that do not end by themselves have the reaper, whose
 * copy of the kit lies on the platform's own host; production demands a scheduler of the cloud besides. What leaves
 * something behind that breaks nothing needs no scheduler, which could not tell whether it is needed.
 */
export const deadMan: Guardrail = {
  code: 'dead-man',
  ask(facts) {
    const { environment, steps } = facts
    const unfenced = steps.filter(({ fencing, expiry }) => fencing === 'none' && expiry === 'dead-man')
    if (unfenced.length > 0)
      return refuse(
        `step ${namesOf(unfenced)}: its fault can be neither fenced nor found again, and does not end by itself`,
      )
    const needing = steps.filter(
      ({ expiry, leftBehind }) => expiry === 'dead-man' && leftBehind === undefined,
    )
    const staying = steps.flatMap(({ step, leftBehind }) =>
      leftBehind === undefined
        ? []
        : [`step ${step.name} would leave ${leftBehind}, until the reaper is back`],
    )
    if (needing.length === 0)
      return allow(staying.length === 0 ? 'every fault ends by itself' : staying.join('; '))
    if (environment.deadMan === 'aws-scheduler') return askScheduler(facts, needing, staying)
    if (environment.production)
      return refuse(
        `step ${namesOf(needing)} does not end by itself, and production demands a dead man that survives the platform's host: the environment has the reaper, which lives on it, and not deadMan: aws-scheduler`,
      )
    return allow(`the reaper takes out step ${namesOf(needing)} at its expiry, from its own copy of the kit`)
  },
}

function askScheduler(
  facts: GuardrailFacts,
  needing: readonly StepFacts[],
  staying: readonly string[],
): Answer {
  if (facts.environment.aws.schedulerRoleArn === undefined)
    return refuse('deadMan: aws-scheduler needs aws.schedulerRoleArn, the role by which Scheduler acts')
  const missing = unresolved(facts)
  if (missing !== undefined) return missing
  const unfit = needing.flatMap(({ step, deadMan: booking }) => {
    if (booking?.ok === true) return []
    return [`step ${step.name}: ${booking?.why ?? 'it is not known whether a scheduler can take it out'}`]
  })
  if (unfit.length > 0)
    return refuse(`EventBridge Scheduler cannot take every fault out by itself: ${unfit.join('; ')}`)
  return allow(
    [
      `EventBridge Scheduler takes out step ${namesOf(needing)} soon after its expiry though nobody of the platform is left; the reaper does at its expiry`,
      ...staying,
    ].join('; '),
  )
}

function namesOf(steps: readonly Readonly<{ step: Readonly<{ name: string }> }>[]): string {
  return steps.map(({ step }) => step.name).join(', ')
}
