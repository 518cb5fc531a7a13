import type { HealthCheckConfig } from '../../world/health-checks.ts'
import type { HealthCheck } from '../../world/model.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import { readHealthCheckChange, readHealthCheckConfig } from './health-check-input.ts'
import { compareText } from './names.ts'
import { noSuchHealthCheck, ROUTE53_INPUT_FAULTS } from './route53-faults.ts'

const MAX_PER_PAGE = 100

/** `GetHealthCheck`. */
export function getHealthCheck(call: Call, input: WireInput): WireStructure {
  return { HealthCheck: healthCheckView(findHealthCheck(call, input)) }
}

/** `ListHealthChecks`, in order of id. */
export function listHealthChecks(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const size = reader.integer('maxitems', 1) ?? MAX_PER_PAGE
  const marker = reader.text('marker')
  const checks = [...call.world.healthChecks.checks.values()].sort((left, right) =>
    compareText(left.id, right.id),
  )
  const rest = checks.filter(({ id }) => marker === undefined || id >= marker)
  const page = rest.slice(0, Math.min(size, MAX_PER_PAGE))
  const next = rest[page.length]
  return {
    HealthChecks: page.map((check) => healthCheckView(check)),
    Marker: marker ?? '',
    IsTruncated: next !== undefined,
    NextMarker: next?.id,
    MaxItems: String(size),
  }
}

/** `GetHealthCheckStatus`: what each checker last saw. */
export function getHealthCheckStatus(call: Call, input: WireInput): WireStructure {
  const check = findHealthCheck(call, input)
  const observations = call.world.healthChecks.checkersOf(check.id).map((checker) => ({
    Region: checker.region,
    IPAddress: checker.address,
    StatusReport: {
      Status: checker.lastReason,
      CheckedTime: new WireTime(checker.lastCheckedAt ?? check.changedAt),
    },
  }))
  return { HealthCheckObservations: observations }
}

/** `CreateHealthCheck`: the same caller reference with the same settings answers with the check it made before. */
export function createHealthCheck(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const callerReference = reader.requiredText('CallerReference')
  const config = readHealthCheckConfig(callerReference, reader.requiredStructure('HealthCheckConfig'))
  const known = [...call.world.healthChecks.checks.values()].find(
    (check) => check.callerReference === callerReference,
  )
  if (known !== undefined) {
    if (isSameConfig(known, config)) return { HealthCheck: healthCheckView(known) }
    throw new AwsFault({
      code: 'HealthCheckAlreadyExists',
      message: `A health check with caller reference ${callerReference} and different settings already exists`,
      status: 409,
    })
  }
  return { HealthCheck: healthCheckView(call.world.healthChecks.create(newId(call), config, {})) }
}

/** `UpdateHealthCheck`: refused if somebody else changed it since the version the caller saw. */
export function updateHealthCheck(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const check = findHealthCheck(call, input)
  const version = reader.integer('HealthCheckVersion', 1)
  if (version !== undefined && version !== check.version) {
    throw new AwsFault({
      code: 'HealthCheckVersionMismatch',
      message: `The value of HealthCheckVersion (${version}) does not match the current version (${check.version})`,
      status: 409,
    })
  }
  return {
    HealthCheck: healthCheckView(
      call.world.healthChecks.update(check.id, readHealthCheckChange(check, reader)),
    ),
  }
}

/** `DeleteHealthCheck`. Records that still name it are treated as healthy from then on. */
export function deleteHealthCheck(call: Call, input: WireInput): WireStructure {
  call.world.healthChecks.delete(findHealthCheck(call, input).id)
  return {}
}

/** The health check a path names. @throws AwsFault if there is none. */
export function findHealthCheck({ world }: Call, input: WireInput): HealthCheck {
  const id = String(input['HealthCheckId'])
  const check = world.healthChecks.checks.get(id)
  if (check === undefined) throw noSuchHealthCheck(id)
  return check
}

function healthCheckView(check: HealthCheck): WireStructure {
  return {
    Id: check.id,
    CallerReference: check.callerReference,
    HealthCheckConfig: {
      IPAddress: check.ipAddress ?? undefined,
      Port: check.port,
      Type: check.type,
      ResourcePath: check.resourcePath ?? undefined,
      FullyQualifiedDomainName: check.fullyQualifiedDomainName ?? undefined,
      SearchString: check.searchString ?? undefined,
      RequestInterval: check.requestIntervalSeconds,
      FailureThreshold: check.failureThreshold,
      MeasureLatency: false,
      Inverted: check.inverted,
      Disabled: check.disabled,
      EnableSNI: check.type.startsWith('HTTPS'),
      Regions: check.regions,
    },
    HealthCheckVersion: check.version,
  }
}

function isSameConfig(check: HealthCheck, config: HealthCheckConfig): boolean {
  return Object.entries(config).every(
    ([member, value]) => JSON.stringify(check[member as keyof HealthCheckConfig]) === JSON.stringify(value),
  )
}

function newId({ world }: Call): string {
  const hex = world.kernel.hex('health-check', 32)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-')
}
