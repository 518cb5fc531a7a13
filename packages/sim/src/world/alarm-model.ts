import type { MetricId, Micros } from './model.ts'

/** Comparison operators of metric alarms. */
export const COMPARISONS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const
/** One comparison operator. */
export type Comparison = (typeof COMPARISONS)[number]

/** What an alarm makes of missing data. */
export const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const
/** One missing-data treatment. */
export type MissingData = (typeof MISSING_DATA)[number]

/** Basic statistics. */
export const STATISTICS = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'] as const
/** One basic statistic. */
export type Statistic = (typeof STATISTICS)[number]

/** A basic statistic or a percentile such as `p99` or `p99.9`. */
export type MetricStatistic = Statistic | `p${number}`

/** Alarm states. */
export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const
/** One alarm state. */
export type AlarmState = (typeof ALARM_STATES)[number]

/** What a caller says about an alarm. */
export interface AlarmConfig {
  readonly name: string
  readonly region: string
  readonly description: string | null
  readonly metric: MetricId
  readonly statistic: MetricStatistic
  readonly unit: string | null
  readonly periodSeconds: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly threshold: number
  readonly comparison: Comparison
  readonly treatMissingData: MissingData
  readonly actionsEnabled: boolean
  readonly alarmActions: readonly string[]
  readonly okActions: readonly string[]
  readonly insufficientDataActions: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

/** A metric alarm; table key is its ARN. */
export interface Alarm extends AlarmConfig {
  readonly arn: string
  readonly state: AlarmState
  readonly stateReason: string
  /** JSON text as the API gives it. */
  readonly stateReasonData: string
  readonly stateUpdatedAt: Micros
  readonly stateTransitionedAt: Micros
  readonly configurationUpdatedAt: Micros
}

/** One line of an alarm's history. */
export interface AlarmHistoryItem {
  readonly alarmArn: string
  readonly alarmName: string
  readonly region: string
  /** Absent for metric alarms. */
  readonly alarmType?: 'CompositeAlarm'
  /** Rounded to whole milliseconds, as the API gives it. */
  readonly at: Micros
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action'
  readonly summary: string
  /** JSON text as the API gives it. */
  readonly data: string
}

/** An alarm on other alarms; table key is its ARN. */
export interface CompositeAlarm {
  readonly arn: string
  readonly name: string
  readonly region: string
  readonly description: string | null
  /** As the caller wrote it. */
  readonly rule: string
  readonly actionsEnabled: boolean
  readonly alarmActions: readonly string[]
  readonly okActions: readonly string[]
  readonly insufficientDataActions: readonly string[]
  readonly state: AlarmState
  readonly stateReason: string
  /** JSON text as the API gives it. */
  readonly stateReasonData: string
  readonly stateUpdatedAt: Micros
  readonly stateTransitionedAt: Micros
  readonly configurationUpdatedAt: Micros
}
