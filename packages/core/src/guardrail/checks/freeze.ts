import { formatInstant, platformInstant } from '../../time/instant.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** The environment's owner has not frozen it for now. */
export const freeze: Guardrail = {
  code: 'freeze',
  ask({ environment: { freezes = [] }, now }) {
    const frozen = freezes.find(({ from, to }) => from <= now && now < to)
    if (frozen !== undefined)
      return refuse(`frozen until ${formatInstant(platformInstant(frozen.to))}: ${frozen.reason}`)
    return allow(
      freezes.length === 0 ? 'the environment has no freezes' : `in none of ${freezes.length} freezes`,
    )
  },
}
