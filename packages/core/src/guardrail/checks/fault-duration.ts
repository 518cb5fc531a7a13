import { isSandbox } from '../../environment/sandbox.ts'
import { injectSteps } from '../../scenario/scenario.ts'
import { formatDurationMs } from '../../time/duration.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/**
 * No fault ends before the longest objective and its hold are over: a recovery after that would be our own doing, and
 * the drill could prove nothing. In a sandbox a short fault may be wanted, and is allowed with a warning.
 */
export const faultDuration: Guardrail = {
  code: 'fault-duration',
  ask({ scenario, environment }) {
    if (scenario.response === 'restore') return allow('taking the fault out is the response')
    const recoveries = scenario.objectives.flatMap((one) => (one.kind === 'recovery-time' ? [one] : []))
    const neededMs = Math.max(0, ...recoveries.map(({ maxMs, sustained }) => maxMs + sustained.holdMs))
    const ends = [
      ...injectSteps(scenario).map(
        ({ name, durationMs }) => [`the fault of step ${name} ends`, durationMs] as const,
      ),
      ['the faults are taken out', scenario.timing.observeMaxMs] as const,
    ]
    const early = ends.filter(([, ms]) => ms < neededMs)
    const needed = `objective and hold need ${formatDurationMs(neededMs)}`
    if (early.length === 0)
      return allow(`every fault outlasts objective and hold (${formatDurationMs(neededMs)})`)
    const said = `${early.map(([what, ms]) => `${what} after ${formatDurationMs(ms)}`).join('; ')}; ${needed}`
    return isSandbox(environment) && !environment.production
      ? allow(`warning: ${said}; a recovery after that will not count`)
      : refuse(said)
  },
}
