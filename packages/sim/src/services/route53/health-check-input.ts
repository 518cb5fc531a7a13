import { CHECKER_REGIONS, type HealthCheckConfig } from '../../world/health-checks.ts'
import { HEALTH_CHECK_TYPES, type HealthCheck } from '../../world/model.ts'
import type { InputReader } from '../../wire/input-reader.ts'
import { invalidInput, ROUTE53_INPUT_FAULTS } from './route53-faults.ts'

const ENDPOINT_TYPES = ['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP']

/** Reads the settings of a new health check. Only checks of endpoints exist in this world. */
export function readHealthCheckConfig(callerReference: string, reader: InputReader): HealthCheckConfig {
  const type = reader.choice('Type', HEALTH_CHECK_TYPES)
  if (type === undefined) throw ROUTE53_INPUT_FAULTS.missing('healthCheckConfig.type')
  if (!ENDPOINT_TYPES.includes(type))
    throw invalidInput(`Health checks of type ${type} are not available in this account.`)
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
    callerReference,
    type,
    ipAddress,
    fullyQualifiedDomainName,
    port: reader.integer('Port', 1, 65_535) ?? defaultPort(type),
    resourcePath: reader.text('ResourcePath') ?? null,
    searchString,
    requestIntervalSeconds: readInterval(reader),
    failureThreshold: reader.integer('FailureThreshold', 1, 10) ?? 3,
    regions: readRegions(reader) ?? CHECKER_REGIONS,
    inverted: reader.flag('Inverted') ?? false,
    disabled: reader.flag('Disabled') ?? false,
  }
}

/** Reads what `UpdateHealthCheck` may change; type and interval are fixed for life. */
export function readHealthCheckChange(check: HealthCheck, reader: InputReader): Partial<HealthCheckConfig> {
  const reset = reader.texts('ResetElements')
  return {
    ipAddress: reader.text('IPAddress') ?? check.ipAddress,
    fullyQualifiedDomainName: reset.includes('FullyQualifiedDomainName')
      ? null
      : (reader.text('FullyQualifiedDomainName') ?? check.fullyQualifiedDomainName),
    port: reader.integer('Port', 1, 65_535) ?? check.port,
    resourcePath: reset.includes('ResourcePath') ? null : (reader.text('ResourcePath') ?? check.resourcePath),
    searchString: reader.text('SearchString') ?? check.searchString,
    failureThreshold: reader.integer('FailureThreshold', 1, 10) ?? check.failureThreshold,
    regions: reset.includes('Regions') ? CHECKER_REGIONS : (readRegions(reader) ?? check.regions),
    inverted: reader.flag('Inverted') ?? check.inverted,
    disabled: reader.flag('Disabled') ?? check.disabled,
  }
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
