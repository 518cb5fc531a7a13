import { proven, unproven, unusable, type Attempt } from '../attempt.ts'
import { resolveName } from '../dns/resolve-name.ts'
import type { AttemptContext, ProbeOf } from '../probe-context.ts'
import { pingOnce } from './ping-once.ts'

/**
 * One ICMP echo. The time that the system's program takes to start is part of the sample, which widens what is computed from
 * it and makes it no less true. Through a proxy there is no way for a ping, so nothing is observed.
 */
export async function attemptPing(probe: ProbeOf<'ping'>, context: AttemptContext): Promise<Attempt> {
  if (context.proxy !== undefined) return unusable('ping not observed through a proxy')
  const resolved = await resolveName(probe.host, context)
  if (!resolved.ok) return resolved.attempt
  const [host] = resolved.value
  const echo = await pingOnce(host, context.signal)
  switch (echo.kind) {
    case 'answered':
      return { end: 'good', answers: [...resolved.value].sort().join(',') }
    case 'unreachable':
      return proven('unreachable')
    case 'silent':
      return unproven('timeout ping')
    case 'not-observed':
      return unusable(`ping not observed: ${echo.why}`)
  }
}
