/**
 * How far a failed probe got. `nobody`: the name led nowhere, nobody answered at its address, or a balancer said itself that it has
 * no server to ask; whoever asked there then met the same. `starting`: a balancer was refused by every server it has, whose
 * hosts run without their application. `server`: anything else, where one server of several may have failed, and the next
 * request may fare otherwise.
 */
export type Failure = 'nobody' | 'starting' | 'server'

const NOBODY: ReadonlySet<string> = new Set([
  'nxdomain',
  'nodata',
  'servfail',
  'timeout dns',
  'timeout connect',
  'refused',
  'unreachable',
  // An AWS balancer without a registered target. With unhealthy ones it would ask them all.
  'status 503 by awselb',
])

const STARTING = 'status 502 by awselb'

/** How far a probe got, by its detail. What is not known may be one server of several. */
export function failureOf(detail: string | undefined): Failure {
  if (detail === undefined) return 'server'
  if (detail === STARTING) return 'starting'
  return NOBODY.has(detail) ? 'nobody' : 'server'
}
