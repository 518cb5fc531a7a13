import {
  ALARM_STATES,
  COMPARISONS,
  MISSING_DATA,
  STATISTICS,
  type Alarm,
  type AlarmConfig,
  type CompositeAlarm,
} from '../../world/alarm-model.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import {
  alarmNotFound,
  CLOUDWATCH_INPUT_FAULTS,
  invalidCombination,
  invalidValue,
  validationError,
} from './cloudwatch-faults.ts'
import { compositeView } from './composite-alarms.ts'
import { dimensionsView, readMetricId, toStatistic } from './metric-input.ts'
import { pageOf } from './paging.ts'

const HISTORY_TYPES = ['ConfigurationUpdate', 'StateUpdate', 'Action'] as const
const SUB_MINUTE_ALARM_PERIODS = [10, 20, 30]

/**
 * `DescribeAlarms`: alarms of the Region, by name; metric alarms only unless `AlarmTypes` says otherwise. Both kinds
 * share one page.
 */
export function describeAlarms(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const types = reader.texts('AlarmTypes')
  const isWanted = readAlarmFilter(call, reader)
  const kinds = types.length === 0 ? ['MetricAlarm'] : types
  const metric = kinds.includes('MetricAlarm') ? [...call.world.alarms.alarms.values()] : []
  const composite = kinds.includes('CompositeAlarm') ? [...call.world.compositeAlarms.rows.values()] : []
  const matching = [...composite, ...metric]
    .filter((alarm) => alarm.region === call.region && isWanted(alarm))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  const size = reader.integer('MaxRecords', 1, 100) ?? 50
  const { items, nextToken } = pageOf(matching, reader.text('NextToken'), size)
  return {
    CompositeAlarms: items.flatMap((alarm) => ('rule' in alarm ? [compositeView(alarm)] : [])),
    MetricAlarms: items.flatMap((alarm) => ('rule' in alarm ? [] : [alarmView(alarm)])),
    NextToken: nextToken,
  }
}

function readAlarmFilter(
  { world, region }: Call,
  reader: InputReader,
): (alarm: Alarm | CompositeAlarm) => boolean {
  const names = reader.texts('AlarmNames')
  const prefix = reader.text('AlarmNamePrefix')
  const state = reader.choice('StateValue', ALARM_STATES)
  const action = reader.text('ActionPrefix')
  const parent = reader.text('ChildrenOfAlarmName')
  const child = reader.text('ParentsOfAlarmName')
  if (names.length > 0 && prefix !== undefined)
    throw invalidCombination('AlarmNames and AlarmNamePrefix cannot both be specified.')
  const { compositeAlarms } = world
  const parentAlarm =
    parent === undefined ? undefined : compositeAlarms.rows.get(compositeAlarms.arnOf(region, parent))
  const children = parentAlarm === undefined ? [] : compositeAlarms.childrenOf(parentAlarm)
  return (alarm) =>
    (names.length === 0 || names.includes(alarm.name)) &&
    (prefix === undefined || alarm.name.startsWith(prefix)) &&
    (state === undefined || alarm.state === state) &&
    (action === undefined || actionsOf(alarm).some((arn) => arn.startsWith(action))) &&
    (parent === undefined || children.includes(alarm.arn)) &&
    (child === undefined ||
      ('rule' in alarm && compositeAlarms.childrenOf(alarm).includes(compositeAlarms.arnOf(region, child))))
}

function actionsOf(alarm: Alarm | CompositeAlarm): readonly string[] {
  return [...alarm.alarmActions, ...alarm.okActions, ...alarm.insufficientDataActions]
}

/**
 * `DescribeAlarmHistory`: newest first unless `ScanBy` says otherwise, of metric alarms unless `AlarmTypes` does; it
 * outlives the alarm.
 */
export function describeAlarmHistory(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const name = reader.text('AlarmName')
  const type = reader.choice('HistoryItemType', HISTORY_TYPES)
  const types = reader.texts('AlarmTypes')
  const kinds = types.length === 0 ? ['MetricAlarm'] : types
  const start = reader.time('StartDate') ?? 0
  const end = reader.time('EndDate') ?? Number.POSITIVE_INFINITY
  const ascending =
    reader.choice('ScanBy', ['TimestampAscending', 'TimestampDescending']) === 'TimestampAscending'
  const matching = call.world.alarms.history
    .all()
    .filter((item) => item.region === call.region && (name === undefined || item.alarmName === name))
    .filter(({ alarmType = 'MetricAlarm' }) => kinds.includes(alarmType))
    .filter((item) => (type === undefined || item.type === type) && item.at >= start && item.at <= end)
  const ordered = ascending ? matching : matching.toReversed()
  const { items, nextToken } = pageOf(
    ordered,
    reader.text('NextToken'),
    reader.integer('MaxRecords', 1, 100) ?? 100,
  )
  return {
    AlarmHistoryItems: items.map((item) => ({
      AlarmName: item.alarmName,
      AlarmType: item.alarmType ?? 'MetricAlarm',
      Timestamp: new WireTime(item.at),
      HistoryItemType: item.type,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
    NextToken: nextToken,
  }
}

/** `PutMetricAlarm`: creates an alarm or replaces its configuration; a replaced one keeps its state. */
export function putMetricAlarm(call: Call, input: WireInput): WireStructure {
  call.world.alarms.put(readAlarm(call.region, new InputReader(input, CLOUDWATCH_INPUT_FAULTS)))
  return {}
}

/** `SetAlarmState`: holds until the next evaluation finds otherwise. */
export function setAlarmState(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const arn = call.world.alarms.arnOf(call.region, reader.requiredText('AlarmName'))
  const state = reader.choice('StateValue', ALARM_STATES)
  if (state === undefined) throw CLOUDWATCH_INPUT_FAULTS.missing('StateValue')
  const { alarms, compositeAlarms } = call.world
  if (compositeAlarms.stateOf(arn) === undefined) throw alarmNotFound()
  const owner = alarms.alarms.get(arn) === undefined ? compositeAlarms : alarms
  owner.setState(arn, state, reader.requiredText('StateReason'), reader.text('StateReasonData') ?? '')
  return {}
}

/**
 * `DeleteAlarms`: all of the named alarms, or none: not if one of them does not exist, if a composite alarm that stays
 * depends on one, or if a composite alarm is not named alone.
 */
export function deleteAlarms(call: Call, input: WireInput): WireStructure {
  const names = new InputReader(input, CLOUDWATCH_INPUT_FAULTS).texts('AlarmNames')
  const { alarms, compositeAlarms } = call.world
  const arns = names.map((name) => alarms.arnOf(call.region, name))
  if (arns.some((arn) => compositeAlarms.stateOf(arn) === undefined)) throw alarmNotFound()
  const composites = arns.filter((arn) => compositeAlarms.rows.get(arn) !== undefined)
  if (composites.length > 0 && arns.length > 1)
    throw validationError('A composite alarm must be deleted by itself.')
  const dependent = [...compositeAlarms.rows.values()].find((alarm) =>
    compositeAlarms.childrenOf(alarm).some((child) => arns.includes(child)),
  )
  if (dependent !== undefined)
    throw validationError(
      `The alarm cannot be deleted because composite alarm ${dependent.name} depends on it.`,
    )
  for (const arn of arns) (composites.includes(arn) ? compositeAlarms : alarms).delete(arn)
  return {}
}

function readAlarm(region: string, reader: InputReader): AlarmConfig {
  if (reader.has('Metrics')) throw validationError('Alarms on metric math are not available in this account.')
  const basic = reader.choice('Statistic', STATISTICS)
  const extended = reader.text('ExtendedStatistic')
  if ((basic === undefined) === (extended === undefined))
    throw validationError('Exactly one of Statistic and ExtendedStatistic must be specified.')
  const statistic = basic ?? toStatistic(extended ?? '')
  const comparison = reader.choice('ComparisonOperator', COMPARISONS)
  if (comparison === undefined) throw CLOUDWATCH_INPUT_FAULTS.missing('ComparisonOperator')
  const evaluationPeriods = reader.integer('EvaluationPeriods', 1)
  if (evaluationPeriods === undefined) throw CLOUDWATCH_INPUT_FAULTS.missing('EvaluationPeriods')
  const datapointsToAlarm = reader.integer('DatapointsToAlarm', 1) ?? evaluationPeriods
  if (datapointsToAlarm > evaluationPeriods) {
    throw validationError('DatapointsToAlarm must be less than or equal to EvaluationPeriods.')
  }
  const tags = reader
    .structures('Tags')
    .map((tag) => [tag.requiredText('Key'), tag.text('Value') ?? ''] as const)
  return {
    name: reader.requiredText('AlarmName'),
    region,
    description: reader.text('AlarmDescription') ?? null,
    metric: readMetricId(region, reader),
    statistic,
    unit: reader.text('Unit') ?? null,
    periodSeconds: readAlarmPeriod(reader),
    evaluationPeriods,
    datapointsToAlarm,
    threshold: reader.requiredNumber('Threshold'),
    comparison,
    treatMissingData: reader.choice('TreatMissingData', MISSING_DATA) ?? 'missing',
    actionsEnabled: reader.flag('ActionsEnabled') ?? true,
    alarmActions: reader.texts('AlarmActions'),
    okActions: reader.texts('OKActions'),
    insufficientDataActions: reader.texts('InsufficientDataActions'),
    tags: Object.fromEntries(tags),
  }
}

function readAlarmPeriod(reader: InputReader): number {
  const period = reader.integer('Period', 1)
  if (period === undefined) throw CLOUDWATCH_INPUT_FAULTS.missing('Period')
  if (!SUB_MINUTE_ALARM_PERIODS.includes(period) && period % 60 !== 0) {
    throw invalidValue('Period must be 10, 20, 30 or a multiple of 60')
  }
  return period
}

function alarmView(alarm: Alarm): WireStructure {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description ?? undefined,
    AlarmConfigurationUpdatedTimestamp: new WireTime(alarm.configurationUpdatedAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData === '' ? undefined : alarm.stateReasonData,
    StateUpdatedTimestamp: new WireTime(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new WireTime(alarm.stateTransitionedAt),
    MetricName: alarm.metric.name,
    Namespace: alarm.metric.namespace,
    ...(alarm.statistic.startsWith('p')
      ? { ExtendedStatistic: alarm.statistic }
      : { Statistic: alarm.statistic }),
    Dimensions: dimensionsView(alarm.metric.dimensions),
    Period: alarm.periodSeconds,
    Unit: alarm.unit ?? undefined,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
  }
}
