import {
  STATISTICS,
  type AlarmConfig,
  type AlarmState,
  type Comparison,
  type MetricStatistic,
  type Statistic,
} from './alarm-model.ts'
import { distributionOf, quantile } from './distribution.ts'
import { SECOND, type Micros } from './model.ts'
import type { Bucket, Metrics, StatisticSet } from './metrics.ts'

/** The value of a basic statistic. */
export const statisticOf = (set: StatisticSet, statistic: Statistic): number => {
  switch (statistic) {
    case 'Average':
      return set.sum / set.count
    case 'Sum':
      return set.sum
    case 'Minimum':
      return set.min
    case 'Maximum':
      return set.max
    case 'SampleCount':
      return set.count
    default:
      return statistic satisfies never
  }
}

/**
 * The value of any statistic; undefined for a percentile of values that were published as a statistic set, which
 * CloudWatch cannot tell either.
 */
export const valueOf = (set: StatisticSet, statistic: MetricStatistic): number | undefined => {
  const basic = STATISTICS.find((known) => known === statistic)
  if (basic !== undefined) return statisticOf(set, basic)
  const distribution = distributionOf(set)
  return distribution && quantile(distribution, Number(statistic.slice(1)) / 100)
}

/** Whether a value breaches a threshold. */
export const breaches = (value: number, comparison: Comparison, threshold: number): boolean => {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold
    case 'GreaterThanThreshold':
      return value > threshold
    case 'LessThanThreshold':
      return value < threshold
    case 'LessThanOrEqualToThreshold':
      return value <= threshold
    default:
      return comparison satisfies never
  }
}

type Rules = Pick<
  AlarmConfig,
  'statistic' | 'comparison' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm' | 'treatMissingData'
>

/** How many periods an evaluation looks back over: more than it needs, since the latest may not be ingested yet. */
export const evaluationRange = (alarm: Pick<AlarmConfig, 'evaluationPeriods' | 'periodSeconds'>): number =>
  alarm.evaluationPeriods + Math.max(2, Math.ceil(40 / alarm.periodSeconds))

/** The buckets of an alarm's evaluation range that are readable at an instant. */
export const evaluationBuckets = (metrics: Metrics, alarm: AlarmConfig, now: Micros): Bucket[] => {
  const period = alarm.periodSeconds * SECOND
  const to = now - (now % period)
  return metrics.query(alarm.metric, {
    from: to - evaluationRange(alarm) * period,
    to,
    periodSeconds: alarm.periodSeconds,
    ...(alarm.unit === null ? {} : { unit: alarm.unit }),
  })
}

/**
 * The state that data of an evaluation range calls for, `current` when it leaves the state alone. Follows CloudWatch:
 * with enough real points only the most recent N count; only what is then still missing is filled in as configured.
 */
export const evaluate = (rules: Rules, buckets: readonly Bucket[], current: AlarmState): AlarmState => {
  const recent = buckets
    .map((bucket) => valueOf(bucket, rules.statistic))
    .filter((value) => value !== undefined)
    .slice(-rules.evaluationPeriods)
  const breaching = recent.filter((value) => breaches(value, rules.comparison, rules.threshold)).length
  const missing = rules.evaluationPeriods - recent.length
  if (breaching >= rules.datapointsToAlarm) return 'ALARM'
  if (missing === 0) return 'OK'
  const onlyBreaching = recent.length > 0 && breaching === recent.length
  switch (rules.treatMissingData) {
    case 'missing':
      if (recent.length === 0) return 'INSUFFICIENT_DATA'
      return onlyBreaching ? 'ALARM' : 'OK'
    case 'ignore':
      return recent.length === 0 || onlyBreaching ? current : 'OK'
    case 'breaching':
      return breaching + missing >= rules.datapointsToAlarm ? 'ALARM' : 'OK'
    case 'notBreaching':
      return 'OK'
    default:
      return rules.treatMissingData satisfies never
  }
}
