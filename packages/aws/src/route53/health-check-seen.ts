import { GetHealthCheckCommand, GetHealthCheckStatusCommand } from '@aws-sdk/client-route-53'
import type { HealthCheckSeen, Outcome } from '@firedrill/core'
import { failed, read, success } from '../call.ts'
import type { Aws } from '../client.ts'

/** What Route 53 itself assumes where a check leaves them out. */
const DEFAULT_INTERVAL_SECONDS = 30
const DEFAULT_THRESHOLD = 3

/** A health check and what its checkers say now. `missing` when there is none of this id. */
export async function readHealthCheck(
  { route53 }: Aws,
  id: string,
  signal: AbortSignal,
): Promise<Outcome<HealthCheckSeen | 'missing'>> {
  const operation = 'route53.GetHealthCheck'
  const answer = await read(operation, signal, (options) =>
    route53.send(new GetHealthCheckCommand({ HealthCheckId: id }), options),
  )
  if (!answer.ok) return answer.failure.kind === 'not-found' ? success('missing') : answer
  const config = answer.value.HealthCheck?.HealthCheckConfig
  if (config?.Type === undefined)
    return failed('unexpected', operation, 'NoConfig', `health check ${id} came without its settings`)
  const address = config.IPAddress
  const host = config.FullyQualifiedDomainName
  const isEndpoint = address !== undefined || host !== undefined
  const checkers = isEndpoint ? await readCheckers(route53, id, signal) : success(null)
  if (!checkers.ok) return checkers
  return success({
    id,
    type: config.Type,
    watches: isEndpoint
      ? {
          port: config.Port ?? (config.Type.startsWith('HTTPS') ? 443 : 80),
          ...(address === undefined ? {} : { address }),
          ...(host === undefined ? {} : { host: host.toLowerCase().replace(/\.$/, '') }),
          ...(config.ResourcePath === undefined ? {} : { path: config.ResourcePath }),
        }
      : null,
    intervalSeconds: isEndpoint ? (config.RequestInterval ?? DEFAULT_INTERVAL_SECONDS) : null,
    failureThreshold: isEndpoint ? (config.FailureThreshold ?? DEFAULT_THRESHOLD) : null,
    isInverted: config.Inverted ?? false,
    isDisabled: config.Disabled ?? false,
    checkers: checkers.value,
  })
}

async function readCheckers(
  route53: Aws['route53'],
  id: string,
  signal: AbortSignal,
): Promise<Outcome<Readonly<{ healthy: number; all: number }>>> {
  const answer = await read('route53.GetHealthCheckStatus', signal, (options) =>
    route53.send(new GetHealthCheckStatusCommand({ HealthCheckId: id }), options),
  )
  if (!answer.ok) return answer
  const reports = answer.value.HealthCheckObservations ?? []
  const healthy = reports.filter(({ StatusReport }) => StatusReport?.Status?.startsWith('Success') === true)
  return success({ healthy: healthy.length, all: reports.length })
}
