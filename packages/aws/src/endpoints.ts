import type { CompiledEnvironment } from '@firedrill/core'

/** Services this room has clients for, by the name in their public host names. */
export const SERVICES = [
  'arc-zonal-shift',
  'autoscaling',
  'ec2',
  'elasticloadbalancing',
  'route53',
  'fis',
  'monitoring',
  'scheduler',
  'sts',
] as const
/** One of those services. */
export type ServiceName = (typeof SERVICES)[number]

/** Route 53 has one control plane, in us-east-1; its requests are signed for that Region whatever the drill's Region. */
export const ROUTE53_REGION = 'us-east-1'

/**
 * The URL a client is pinned to. It is always given to the client, because only then do `AWS_ENDPOINT_URL` and config
 * files have no say.
 * @throws Error for the public endpoint of a Region outside the commercial partition, whose host names differ.
 */
export function endpointUrl(environment: CompiledEnvironment, service: ServiceName, region: string): string {
  const { endpoint } = environment.aws
  if (endpoint !== 'aws') return endpoint
  if (/^(cn|us-gov|us-iso[a-z]?|eu-isoe|eusc)-/.test(region)) {
    throw new Error(
      `Region ${region} is outside the commercial partition: name its endpoint in the environment`,
    )
  }
  return service === 'route53'
    ? 'https://route53.amazonaws.com'
    : `https://${service}.${region}.amazonaws.com`
}

/** Arguments that pin an AWS CLI command to the same place: Region always, endpoint unless it is the public one. */
export function cliPlace(environment: CompiledEnvironment, region: string): readonly string[] {
  const { endpoint } = environment.aws
  return ['--region', region, ...(endpoint === 'aws' ? [] : ['--endpoint-url', endpoint])]
}
