import type { HealthCheckConfig } from '../../world/health-checks.ts'
import type { Checker, HealthCheck } from '../../world/model.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import { readHealthCheckChange, readHealthCheckConfig } from './health-check-input.ts'
import { compareText } from './names.ts'
import { invalidInput, noSuchHealthCheck, ROUTE53_INPUT_FAULTS } from './route53-faults.ts'

const MAX_PER_PAGE = 100

/** `GetHealthCheck`. */
export function getHealthCheck(call: Call, input: WireInput): WireStructure {
  return { HealthCheck: healthCheckView(call, findHealthCheck(call, input)) }
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
    HealthChecks: page.map((check) => healthCheckView(call, check)),
    Marker: marker ?? '',
    IsTruncated: next !== undefined,
    NextMarker: next?.id,
    MaxItems: String(size),
  }
}

/** `GetHealthCheckStatus`: what each checker last saw. */
export function getHealthCheckStatus(call: Call, input: WireInput): WireStructure {
  return observations(call, input, () => true)
}

/** `GetHealthCheckLastFailureReason`: of the checkers that see a failure now, what they see. */
export function getHealthCheckLastFailureReason(call: Call, input: WireInput): WireStructure {
  return observations(call, input, ({ lastReason }) => lastReason.startsWith('Failure'))
}

function observations(call: Call, input: WireInput, isWanted: (checker: Checker) => boolean): WireStructure {
  const check = findHealthCheck(call, input)
  if (check.children !== undefined || check.stream !== undefined)
    throw invalidInput(`Health checks of type ${check.type} have no health checkers.`)
  return {
    HealthCheckObservations: call.world.healthChecks
      .checkersOf(check.id)
      .filter((checker) => isWanted(checker))
      .map((checker) => ({
        Region: checker.region,
        IPAddress: checker.address,
        StatusReport: {
          Status: checker.lastReason,
          CheckedTime: new WireTime(checker.lastCheckedAt ?? check.changedAt),
        },
      })),
  }
}

/** `CreateHealthCheck`: the same caller reference with the same settings answers with the check it made before. */
export function createHealthCheck(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const callerReference = reader.requiredText('CallerReference')
  const config = readHealthCheckConfig(call, callerReference, reader.requiredStructure('HealthCheckConfig'))
  const known = [...call.world.healthChecks.checks.values()].find(
    (check) => check.callerReference === callerReference,
  )
  if (known !== undefined) {
    if (isSameConfig(known, config)) return { HealthCheck: healthCheckView(call, known) }
    throw new AwsFault({
      code: 'HealthCheckAlreadyExists',
      message: `A health check with caller reference ${callerReference} and different settings already exists`,
      status: 409,
    })
  }
  return { HealthCheck: healthCheckView(call, call.world.healthChecks.create(newId(call), config, {})) }
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
      call,
      call.world.healthChecks.update(check.id, readHealthCheckChange(call, check, reader)),
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

function healthCheckView(call: Call, check: HealthCheck): WireStructure {
  const { inverted: Inverted, disabled: Disabled } = check
  return {
    Id: check.id,
    CallerReference: check.callerReference,
    HealthCheckConfig: { Type: check.type, Inverted, Disabled, ...configView(check) },
    HealthCheckVersion: check.version,
    CloudWatchAlarmConfiguration: check.stream && alarmView(call, check.stream.alarmArn),
  }
}

function configView(check: HealthCheck): WireStructure {
  if (check.children !== undefined)
    return { HealthThreshold: check.children.healthThreshold, ChildHealthChecks: check.children.ids }
  if (check.stream !== undefined) {
    const [, , , Region = '', , , Name = ''] = check.stream.alarmArn.split(':')
    return {
      AlarmIdentifier: { Region, Name },
      InsufficientDataHealthStatus: check.stream.insufficientData,
    }
  }
  return {
    IPAddress: check.ipAddress ?? undefined,
    Port: check.port,
    ResourcePath: check.resourcePath ?? undefined,
    FullyQualifiedDomainName: check.fullyQualifiedDomainName ?? undefined,
    SearchString: check.searchString ?? undefined,
    RequestInterval: check.requestIntervalSeconds,
    FailureThreshold: check.failureThreshold,
    MeasureLatency: false,
    EnableSNI: check.type.startsWith('HTTPS'),
    Regions: check.regions,
  }
}

/** The alarm's settings, which a check on a metric has beside its own. */
function alarmView({ world }: Call, arn: string): WireStructure | undefined {
  const alarm = world.alarms.alarms.get(arn)
  return (
    alarm && {
      EvaluationPeriods: alarm.evaluationPeriods,
      Threshold: alarm.threshold,
      ComparisonOperator: alarm.comparison,
      Period: alarm.periodSeconds,
      MetricName: alarm.metric.name,
      Namespace: alarm.metric.namespace,
      Statistic: alarm.statistic,
      Dimensions: Object.entries(alarm.metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    }
  )
}

function isSameConfig(check: HealthCheck, config: HealthCheckConfig): boolean {
  const { stream, ...others } = config
  const isSame = Object.entries(others).every(
    ([member, value]) => JSON.stringify(check[member as keyof HealthCheckConfig]) === JSON.stringify(value),
  )
  // What the data says at the moment is no setting.
  return (
    isSame &&
    stream?.alarmArn === check.stream?.alarmArn &&
    stream?.insufficientData === check.stream?.insufficientData
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
