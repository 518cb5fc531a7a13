import { isLoopback } from '../../environment/loopback.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** World time runs at its natural speed, except against a simulator on this machine. */
export const rate: Guardrail = {
  code: 'rate',
  ask({ environment: { aws }, rate: speed }) {
    if (speed === 1) return allow('world time runs at 1x')
    const pace = speed === 0 ? 'jumps from event to event' : `runs at ${speed}x`
    return aws.endpoint !== 'aws' && isLoopback(aws.endpoint)
      ? allow(`world time ${pace}, in a simulator on loopback`)
      : refuse(`world time ${pace}, which only a simulator on loopback may do`)
  },
}
