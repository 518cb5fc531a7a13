import { formatDurationMs } from '../../time/duration.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** The system is as it should be. Watched during the baseline, and judged right before the first fault goes in. */
export const steadyState: Guardrail = {
  code: 'steady-state',
  ask({ scenario, steadyState: state }) {
    if (state === 'later') {
      const { forMs } = scenario.steadyState
      return allow(`watched for ${formatDurationMs(forMs)} and judged right before the first fault goes in`)
    }
    return state.holds && state.isKnown ? allow(state.seen) : refuse(state.seen)
  },
}
