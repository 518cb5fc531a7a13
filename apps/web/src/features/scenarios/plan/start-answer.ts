import type { EnvironmentSummary, PlanAnswer } from '@firedrill/contracts'

/** Whether a drill can be started from here, and why or why not. */
export type StartAnswer = Readonly<{ can: boolean; says: string }>

/** What the page knows before it asks; the API has the last word. Pure. */
export function startAnswer({
  environment,
  plan,
  isHalted,
}: Readonly<{
  environment: EnvironmentSummary | undefined
  plan: PlanAnswer | undefined
  isHalted: boolean
}>): StartAnswer {
  if (environment === undefined) return { can: false, says: 'Choose an environment.' }
  if (isHalted) return { can: false, says: 'The halt is set, so nothing starts.' }
  if (!environment.isStartable)
    return {
      can: false,
      says: 'Only sandbox environments can be started from here; this one can be planned.',
    }
  if (!environment.enabled) return { can: false, says: 'This environment is switched off.' }
  if (plan !== undefined && !plan.allowed)
    return { can: false, says: 'The plan was refused, so a start would be too.' }
  if (plan !== undefined && plan.reference !== null)
    return { can: true, says: 'Starts exactly this plan; it is refused when anything has changed since.' }
  return { can: true, says: 'The run plans first, and asks every guardrail before it touches anything.' }
}
