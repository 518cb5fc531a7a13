import { INSUFFICIENT_DATA_STATUSES } from '../../world/insufficient-data.ts'
import { CHECKER_REGIONS, type HealthCheckConfig } from '../../world/health-checks.ts'
import { HEALTH_CHECK_TYPES, type HealthCheck, type HealthCheckType } from '../../world/model.ts'
import type { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { invalidInput, ROUTE53_INPUT_FAULTS } from './route53-faults.ts'

const MAX_CHILDREN = 255

/**
 * Reads the settings of a new health check: of an endpoint, of other checks, or of the metric of an alarm.
 * @throws AwsFault `InvalidInput`.
 */
export function readHealthCheckConfig(
  call: Call,
  callerReference: string,
  reader: InputReader,
): HealthCheckConfig {
  const type = reader.choice('Type', HEALTH_CHECK_TYPES)
  if (type === undefined) throw ROUTE53_INPUT_FAULTS.missing('healthCheckConfig.type')
  const common = {
    callerReference,
    type,
    ...NOTHING_AT_AN_ENDPOINT,
    inverted: reader.flag('Inverted') ?? false,
    disabled: reader.flag('Disabled') ?? false,
  }
  switch (type) {
    case 'CALCULATED':
      return { ...common, children: readChildren(call, reader) }
    case 'CLOUDWATCH_METRIC':
      return { ...common, stream: readStream(call, reader) }
    case 'RECOVERY_CONTROL':
      throw invalidInput('Health checks of type RECOVERY_CONTROL are not available in this account.')
    case 'HTTP':
    case 'HTTPS':
    case 'HTTP_STR_MATCH':
    case 'HTTPS_STR_MATCH':
    case 'TCP':
      return { ...common, ...readEndpoint(type, reader) }
    default:
      return type satisfies never
  }
}

type Endpoint = Pick<
  HealthCheckConfig,
  | 'ipAddress'
  | 'fullyQualifiedDomainName'
  | 'port'
  | 'resourcePath'
  | 'searchString'
  | 'requestIntervalSeconds'
  | 'failureThreshold'
  | 'regions'
>

const NOTHING_AT_AN_ENDPOINT: Endpoint = {
  ipAddress: null,
  fullyQualifiedDomainName: null,
  port: 0,
  resourcePath: null,
  searchString: null,
  requestIntervalSeconds: 30,
  failureThreshold: 3,
  regions: [],
}

function readEndpoint(type: HealthCheckType, reader: InputReader): Endpoint {
  const ipAddress = reader.text('IPAddress') ?? null
  const fullyQualifiedDomainName = reader.text('FullyQualifiedDomainName') ?? null
  if (ipAddress === null && fullyQualifiedDomainName === null) {
    throw invalidInput('Invalid parameter : Either IPAddress or FullyQualifiedDomainName must be specified.')
  }
  const searchString = reader.text('SearchString') ?? null
  if (type.endsWith('_STR_MATCH') !== (searchString !== null)) {
    throw invalidInput(`Invalid parameter : SearchString does not fit a health check of type ${type}.`)
  }
  return {
    ipAddress,
    fullyQualifiedDomainName,
    port: reader.integer('Port', 1, 65_535) ?? defaultPort(type),
    resourcePath: reader.text('ResourcePath') ?? null,
    searchString,
    requestIntervalSeconds: readInterval(reader),
    failureThreshold: reader.integer('FailureThreshold', 1, 10) ?? 3,
    regions: readRegions(reader) ?? CHECKER_REGIONS,
  }
}

function readChildren(call: Call, reader: InputReader): NonNullable<HealthCheckConfig['children']> {
  const healthThreshold = reader.integer('HealthThreshold', 0, 256)
  if (healthThreshold === undefined) throw ROUTE53_INPUT_FAULTS.missing('healthCheckConfig.healthThreshold')
  return { ids: readChildIds(call, reader), healthThreshold }
}

function readChildIds({ world }: Call, reader: InputReader): readonly string[] {
  const ids = reader.texts('ChildHealthChecks')
  if (ids.length > MAX_CHILDREN)
    throw invalidInput(`Invalid parameter : A calculated health check has at most ${MAX_CHILDREN} children.`)
  const unknown = ids.find((id) => world.healthChecks.checks.get(id) === undefined)
  if (unknown !== undefined)
    throw invalidInput(`Invalid parameter : Child health check ${unknown} does not exist.`)
  const nested = ids.find((id) => world.healthChecks.checks.get(id)?.children !== undefined)
  if (nested !== undefined)
    throw invalidInput(
      `Invalid parameter : Child health check ${nested} is itself a calculated health check.`,
    )
  return ids
}

/** Only alarms on one metric at standard resolution can be followed; their state is not what is followed. */
function readStream({ world }: Call, reader: InputReader): NonNullable<HealthCheckConfig['stream']> {
  const identifier = reader.requiredStructure('AlarmIdentifier')
  const alarmArn = world.alarms.arnOf(identifier.requiredText('Region'), identifier.requiredText('Name'))
  const alarm = world.alarms.alarms.get(alarmArn)
  if (alarm === undefined)
    throw invalidInput('Invalid parameter : The CloudWatch alarm specified could not be found.')
  if (alarm.periodSeconds < 60)
    throw invalidInput('Invalid parameter : High-resolution CloudWatch metrics are not supported.')
  if (alarm.statistic.startsWith('p'))
    throw invalidInput('Invalid parameter : Extended statistics of CloudWatch metrics are not supported.')
  return {
    alarmArn,
    insufficientData:
      reader.choice('InsufficientDataHealthStatus', INSUFFICIENT_DATA_STATUSES) ?? 'LastKnownStatus',
    state: 'OK',
  }
}

/** Reads what `UpdateHealthCheck` may change; type and interval are fixed for life. */
export function readHealthCheckChange(
  call: Call,
  check: HealthCheck,
  reader: InputReader,
): Partial<HealthCheckConfig> {
  const switches = {
    inverted: reader.flag('Inverted') ?? check.inverted,
    disabled: reader.flag('Disabled') ?? check.disabled,
  }
  if (check.children !== undefined)
    return { ...switches, children: readChildrenChange(call, check.children, reader) }
  if (check.stream !== undefined) {
    const stream = reader.has('AlarmIdentifier')
      ? readStream(call, reader)
      : {
          ...check.stream,
          insufficientData:
            reader.choice('InsufficientDataHealthStatus', INSUFFICIENT_DATA_STATUSES) ??
            check.stream.insufficientData,
        }
    return { ...switches, stream }
  }
  const reset = reader.texts('ResetElements')
  return {
    ...switches,
    ipAddress: reader.text('IPAddress') ?? check.ipAddress,
    fullyQualifiedDomainName: reset.includes('FullyQualifiedDomainName')
      ? null
      : (reader.text('FullyQualifiedDomainName') ?? check.fullyQualifiedDomainName),
    port: reader.integer('Port', 1, 65_535) ?? check.port,
    resourcePath: reset.includes('ResourcePath') ? null : (reader.text('ResourcePath') ?? check.resourcePath),
    searchString: reader.text('SearchString') ?? check.searchString,
    failureThreshold: reader.integer('FailureThreshold', 1, 10) ?? check.failureThreshold,
    regions: reset.includes('Regions') ? CHECKER_REGIONS : (readRegions(reader) ?? check.regions),
  }
}

function readChildrenChange(
  call: Call,
  before: NonNullable<HealthCheck['children']>,
  reader: InputReader,
): NonNullable<HealthCheck['children']> {
  const healthThreshold = reader.integer('HealthThreshold', 0, 256) ?? before.healthThreshold
  if (reader.texts('ResetElements').includes('ChildHealthChecks')) return { ids: [], healthThreshold }
  if (!reader.has('ChildHealthChecks')) return { ...before, healthThreshold }
  return { ids: readChildIds(call, reader), healthThreshold }
}

function readInterval(reader: InputReader): 10 | 30 {
  const seconds = reader.integer('RequestInterval') ?? 30
  if (seconds !== 10 && seconds !== 30)
    throw ROUTE53_INPUT_FAULTS.invalid('healthCheckConfig.requestInterval', seconds)
  return seconds
}

function readRegions(reader: InputReader): readonly string[] | undefined {
  const regions = reader.texts('Regions')
  if (regions.length === 0) return undefined
  const unknown = regions.find((region) => !CHECKER_REGIONS.some((known) => known === region))
  if (unknown !== undefined) throw ROUTE53_INPUT_FAULTS.invalid('healthCheckConfig.regions', unknown)
  if (regions.length < 3) throw invalidInput('Invalid parameter : At least 3 Regions must be specified.')
  return regions
}

function defaultPort(type: string): number {
  return type.startsWith('HTTPS') ? 443 : 80
}
