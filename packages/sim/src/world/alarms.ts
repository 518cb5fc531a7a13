import { evaluate, evaluationBuckets, valueOf } from './alarm-rules.ts'
import type { Kernel } from './kernel.ts'
import type { Bucket, Metrics } from './metrics.ts'
import type { Alarm, AlarmConfig, AlarmHistoryItem, AlarmState } from './alarm-model.ts'
import { SECOND, type Micros } from './model.ts'
import type { Log, Table } from './store.ts'

/** Why an alarm is in its state, as the API shows it. */
interface StateReason {
  readonly text: string
  /** JSON text. */
  readonly data: string
}

/** Metric alarms, evaluated in world time from what is readable then. */
export class Alarms {
  readonly alarms: Table<Alarm>
  readonly history: Log<AlarmHistoryItem>
  readonly #kernel: Kernel
  readonly #metrics: Metrics
  readonly #account: string
  readonly #listeners: ((arn: string) => void)[] = []

  constructor(kernel: Kernel, metrics: Metrics, account: string) {
    this.#kernel = kernel
    this.#metrics = metrics
    this.#account = account
    this.alarms = kernel.store.table('alarms')
    this.history = kernel.store.log('alarm-history')
    kernel.on<{ arn: string; configuredAt: Micros }>('alarm.evaluate', (event) => this.#evaluate(event))
  }

  /** Calls `listener` with the ARN of every alarm whose state changes, or that goes. */
  onStateChange(listener: (arn: string) => void): void {
    this.#listeners.push(listener)
  }

  /** The ARN of an alarm. */
  arnOf(region: string, name: string): string {
    return `arn:aws:cloudwatch:${region}:${this.#account}:alarm:${name}`
  }

  /** Creates an alarm (INSUFFICIENT_DATA at first) or replaces its configuration, which keeps the state. */
  put(config: AlarmConfig): Alarm {
    const now = this.#kernel.now()
    const arn = this.arnOf(config.region, config.name)
    const known = this.alarms.get(arn)
    const alarm: Alarm = {
      stateReason: 'Unchecked: Initial alarm creation',
      stateReasonData: '',
      state: 'INSUFFICIENT_DATA',
      stateUpdatedAt: now,
      stateTransitionedAt: now,
      ...known,
      ...config,
      arn,
      configurationUpdatedAt: known ? Math.max(now, known.configurationUpdatedAt + 1) : now,
    }
    this.alarms.put(arn, alarm)
    const verb = known ? 'updated' : 'created'
    this.#record(alarm, 'ConfigurationUpdate', `Alarm "${config.name}" ${verb}`, {
      version: '1.0',
      type: known ? 'Update' : 'Create',
    })
    const grid = this.#gridOf(alarm)
    const offset = Math.floor(grid * this.#kernel.draw(`alarm-phase:${arn}`))
    const first = now - (now % grid) + offset
    this.#scheduleEvaluation(alarm, first > now ? first : first + grid)
    return alarm
  }

  /** Deletes an alarm; its history stays. */
  delete(arn: string): void {
    this.alarms.delete(arn)
    for (const listener of this.#listeners) listener(arn)
  }

  /** `SetAlarmState`: holds until the next evaluation says otherwise. */
  setState(arn: string, state: AlarmState, reason: string, reasonData: string): void {
    const alarm = this.alarms.get(arn)
    if (alarm) this.#moveTo(alarm, state, { text: reason, data: reasonData }, 'set by caller')
  }

  #gridOf(alarm: AlarmConfig): Micros {
    return (alarm.periodSeconds < 60 ? 10 : 60) * SECOND
  }

  #scheduleEvaluation(alarm: Alarm, at: Micros): void {
    const { arn, configurationUpdatedAt } = alarm
    this.#kernel.schedule(at, 'alarm.evaluate', { arn, configuredAt: configurationUpdatedAt })
  }

  #evaluate({ arn, configuredAt }: { arn: string; configuredAt: Micros }): void {
    const alarm = this.alarms.get(arn)
    // A newer configuration has its own chain of evaluations.
    if (alarm === undefined || alarm.configurationUpdatedAt !== configuredAt) return
    const now = this.#kernel.now()
    this.#scheduleEvaluation(alarm, now + this.#gridOf(alarm))
    const buckets = evaluationBuckets(this.#metrics, alarm, now)
    const state = evaluate(alarm, buckets, alarm.state)
    if (state !== alarm.state) this.#moveTo(alarm, state, this.#reason(alarm, buckets, state), 'evaluation')
  }

  #moveTo(alarm: Alarm, state: AlarmState, reason: StateReason, cause: string): void {
    const now = this.#kernel.now()
    const at = now - (now % 1000)
    const moved: Alarm = {
      ...alarm,
      state,
      stateReason: reason.text,
      stateReasonData: reason.data,
      stateUpdatedAt: at,
      stateTransitionedAt: state === alarm.state ? alarm.stateTransitionedAt : at,
    }
    this.alarms.put(alarm.arn, moved)
    if (state === alarm.state) return
    this.#kernel.transition(`alarm:${alarm.arn}`, alarm.state, state, cause)
    this.#record(moved, 'StateUpdate', `Alarm updated from ${alarm.state} to ${state}`, {
      version: '1.0',
      oldState: stateData(alarm),
      newState: stateData(moved),
    })
    for (const listener of this.#listeners) listener(moved.arn)
  }

  #reason(alarm: Alarm, buckets: readonly Bucket[], state: AlarmState): StateReason {
    const recent = buckets.slice(-alarm.evaluationPeriods).toReversed()
    const values = recent.map((bucket) => valueOf(bucket, alarm.statistic) ?? null)
    const stamps = recent.map((bucket) => `${values[recent.indexOf(bucket)]} (${clockText(bucket.at)})`)
    const relation = state === 'ALARM' ? 'was' : 'was not'
    const text =
      recent.length === 0
        ? `Insufficient Data: ${alarm.evaluationPeriods} datapoints were unknown.`
        : `Threshold Crossed: ${recent.length} datapoint${recent.length > 1 ? 's' : ''} [${stamps.join(', ')}] ${relation} ${phrase(alarm)} the threshold (${alarm.threshold}).`
    const data = {
      version: '1.0',
      queryDate: awsDate(this.#kernel.now()),
      ...(recent.length > 0 ? { startDate: awsDate((recent.at(-1) as Bucket).at) } : {}),
      ...(alarm.unit === null ? {} : { unit: alarm.unit }),
      statistic: alarm.statistic,
      period: alarm.periodSeconds,
      recentDatapoints: values.toReversed(),
      threshold: alarm.threshold,
    }
    return { text, data: JSON.stringify(data) }
  }

  #record(alarm: Alarm, type: AlarmHistoryItem['type'], summary: string, data: unknown): void {
    this.history.append(historyItem(alarm, this.#kernel.now(), type, summary, data))
  }
}

/** One line of history, stamped to the millisecond. */
export const historyItem = (
  alarm: Pick<Alarm, 'arn' | 'name' | 'region'>,
  now: Micros,
  type: AlarmHistoryItem['type'],
  summary: string,
  data: unknown,
): AlarmHistoryItem => ({
  alarmArn: alarm.arn,
  alarmName: alarm.name,
  region: alarm.region,
  at: now - (now % 1000),
  type,
  summary,
  data: JSON.stringify(data),
})

/** An alarm's state as history has it. */
export const stateData = (
  alarm: Pick<Alarm, 'state' | 'stateReason' | 'stateReasonData'>,
): Record<string, unknown> => ({
  stateValue: alarm.state,
  stateReason: alarm.stateReason,
  ...(alarm.stateReasonData === '' ? {} : { stateReasonData: JSON.parse(alarm.stateReasonData) as unknown }),
})

const awsDate = (at: Micros): string => new Date(at / 1000).toISOString().replace('Z', '+0000')

/** The form CloudWatch uses inside reasons: dd/mm/yy hh:mm:ss. */
const clockText = (at: Micros): string => {
  const [date = '', time = ''] = new Date(at / 1000).toISOString().split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`
}

const phrase = (alarm: Alarm): string => {
  switch (alarm.comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return 'greater than or equal to'
    case 'GreaterThanThreshold':
      return 'greater than'
    case 'LessThanThreshold':
      return 'less than'
    case 'LessThanOrEqualToThreshold':
      return 'less than or equal to'
    default:
      return alarm.comparison satisfies never
  }
}
