import {
  ALARM_STATES,
  COMPARISONS,
  MISSING_DATA,
  STATISTICS,
  type Alarm,
  type AlarmConfig,
} from '../../world/alarm-model.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import { alarmNotFound, CLOUDWATCH_INPUT_FAULTS, invalidValue, validationError } from './cloudwatch-faults.ts'
import { dimensionsView, readMetricId } from './metric-input.ts'
import { pageOf } from './paging.ts'

const HISTORY_TYPES = ['ConfigurationUpdate', 'StateUpdate', 'Action'] as const
const SUB_MINUTE_ALARM_PERIODS = [10, 20, 30]

/** `DescribeAlarms`: metric alarms of the Region, by name. Composite and log alarms do not exist here. */
export function describeAlarms(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const names = reader.texts('AlarmNames')
  const prefix = reader.text('AlarmNamePrefix')
  const state = reader.choice('StateValue', ALARM_STATES)
  const types = reader.texts('AlarmTypes')
  const isWanted = types.length === 0 || types.includes('MetricAlarm')
  const matching = alarmsOf(call)
    .filter(() => isWanted)
    .filter(
      ({ name }) =>
        (names.length === 0 || names.includes(name)) && (prefix === undefined || name.startsWith(prefix)),
    )
    .filter((alarm) => state === undefined || alarm.state === state)
  const { items, nextToken } = pageOf(
    matching,
    reader.text('NextToken'),
    reader.integer('MaxRecords', 1, 100) ?? 50,
  )
  return { CompositeAlarms: [], MetricAlarms: items.map((alarm) => alarmView(alarm)), NextToken: nextToken }
}

/** `DescribeAlarmHistory`: newest first unless `ScanBy` says otherwise; it outlives the alarm. */
export function describeAlarmHistory(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const name = reader.text('AlarmName')
  const type = reader.choice('HistoryItemType', HISTORY_TYPES)
  const start = reader.time('StartDate') ?? 0
  const end = reader.time('EndDate') ?? Number.POSITIVE_INFINITY
  const ascending =
    reader.choice('ScanBy', ['TimestampAscending', 'TimestampDescending']) === 'TimestampAscending'
  const matching = call.world.alarms.history
    .all()
    .filter((item) => item.region === call.region && (name === undefined || item.alarmName === name))
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
      AlarmType: 'MetricAlarm',
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
  if (call.world.alarms.alarms.get(arn) === undefined) throw alarmNotFound()
  call.world.alarms.setState(
    arn,
    state,
    reader.requiredText('StateReason'),
    reader.text('StateReasonData') ?? '',
  )
  return {}
}

/** `DeleteAlarms`: all of the named alarms, or none if one of them does not exist. */
export function deleteAlarms(call: Call, input: WireInput): WireStructure {
  const names = new InputReader(input, CLOUDWATCH_INPUT_FAULTS).texts('AlarmNames')
  const arns = names.map((name) => call.world.alarms.arnOf(call.region, name))
  if (arns.some((arn) => call.world.alarms.alarms.get(arn) === undefined)) throw alarmNotFound()
  for (const arn of arns) call.world.alarms.delete(arn)
  return {}
}

function alarmsOf({ world, region }: Call): readonly Alarm[] {
  return [...world.alarms.alarms.values()]
    .filter((alarm) => alarm.region === region)
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}

function readAlarm(region: string, reader: InputReader): AlarmConfig {
  if (reader.has('Metrics')) throw validationError('Alarms on metric math are not available in this account.')
  const statistic = reader.choice('Statistic', STATISTICS)
  if (statistic === undefined)
    throw validationError('Exactly one of Statistic and ExtendedStatistic must be specified.')
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
    Statistic: alarm.statistic,
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
