import { alarmsIn, parseRule, ruleHolds, type AlarmExpression } from './alarm-expression.ts'
import type { AlarmState, CompositeAlarm } from './alarm-model.ts'
import { historyItem, stateData, type Alarms } from './alarms.ts'
import type { Kernel } from './kernel.ts'
import type { Table } from './store.ts'

/** What a caller says about a composite alarm; its rule has been checked. */
export type CompositeConfig = Pick<
  CompositeAlarm,
  | 'name'
  | 'region'
  | 'description'
  | 'rule'
  | 'actionsEnabled'
  | 'alarmActions'
  | 'okActions'
  | 'insufficientDataActions'
>

interface EvaluateEvent {
  readonly arn: string
}

/** Alarms on alarms: looked at a second or two after a child has changed, and at no other time. */
export class CompositeAlarms {
  readonly rows: Table<CompositeAlarm>
  readonly #kernel: Kernel
  readonly #alarms: Alarms

  constructor(kernel: Kernel, alarms: Alarms) {
    this.#kernel = kernel
    this.#alarms = alarms
    this.rows = kernel.store.table('composite-alarms')
    kernel.on<EvaluateEvent>('alarm.composite', ({ arn }) => this.#evaluate(arn))
    alarms.onStateChange((arn) => this.#followChild(arn))
  }

  /** State of any alarm by ARN, metric or composite. */
  stateOf(arn: string): AlarmState | undefined {
    return this.#alarms.alarms.get(arn)?.state ?? this.rows.get(arn)?.state
  }

  /** The ARNs of the alarms that a rule mentions, which may do so by name or by ARN. */
  childrenOf(alarm: Pick<CompositeAlarm, 'region' | 'rule'>): readonly string[] {
    const expression = expressionOf(alarm.rule)
    return expression === null ? [] : alarmsIn(expression).map((child) => this.arnOf(alarm.region, child))
  }

  /** The ARN that a name or an ARN in a rule means. */
  arnOf(region: string, alarm: string): string {
    return alarm.startsWith('arn:') ? alarm : this.#alarms.arnOf(region, alarm)
  }

  /** Creates a composite alarm or replaces its configuration; its state is worked out a second or two later. */
  put(config: CompositeConfig): void {
    const now = this.#kernel.now()
    const arn = this.#alarms.arnOf(config.region, config.name)
    const known = this.rows.get(arn)
    const alarm: CompositeAlarm = {
      state: 'INSUFFICIENT_DATA',
      stateReason: 'Unchecked: Initial alarm creation',
      stateReasonData: '',
      stateUpdatedAt: now,
      stateTransitionedAt: now,
      ...known,
      ...config,
      arn,
      configurationUpdatedAt: now,
    }
    this.rows.put(arn, alarm)
    const verb = known ? 'updated' : 'created'
    this.#record(alarm, 'ConfigurationUpdate', `Alarm "${config.name}" ${verb}`, {
      version: '1.0',
      type: known ? 'Update' : 'Create',
    })
    this.#evaluateSoon(arn)
  }

  delete(arn: string): void {
    this.rows.delete(arn)
    this.#followChild(arn)
  }

  /** Holds until a child changes. */
  setState(arn: string, state: AlarmState, reason: string, reasonData: string): void {
    const alarm = this.rows.get(arn)
    if (alarm) this.#moveTo(alarm, state, { text: reason, data: reasonData, cause: 'set by caller' })
  }

  #followChild(arn: string): void {
    for (const alarm of this.rows.values())
      if (this.childrenOf(alarm).includes(arn)) this.#evaluateSoon(alarm.arn)
  }

  #evaluateSoon(arn: string): void {
    const delay = this.#kernel.drawSeconds('composite', 0.5, 2)
    this.#kernel.after(delay, 'alarm.composite', { arn } satisfies EvaluateEvent)
  }

  #evaluate(arn: string): void {
    const alarm = this.rows.get(arn)
    const expression = alarm && expressionOf(alarm.rule)
    if (!alarm || !expression) return
    const holds = ruleHolds(expression, (child) => this.stateOf(this.arnOf(alarm.region, child)))
    const state = holds ? 'ALARM' : 'OK'
    if (state === alarm.state) return
    const children = this.childrenOf(alarm)
    const data = {
      triggeringAlarms: children.map((child) => ({ arn: child, state: { value: this.stateOf(child) } })),
    }
    const text = `${alarm.arn} transitioned to ${state} because its rule ${holds ? 'holds' : 'does not hold'}: ${alarm.rule}`
    this.#moveTo(alarm, state, { text, data: JSON.stringify(data), cause: 'evaluation' })
  }

  #moveTo(
    alarm: CompositeAlarm,
    state: AlarmState,
    reason: { readonly text: string; readonly data: string; readonly cause: string },
  ): void {
    const now = this.#kernel.now()
    const at = now - (now % 1000)
    const moved: CompositeAlarm = {
      ...alarm,
      state,
      stateReason: reason.text,
      stateReasonData: reason.data,
      stateUpdatedAt: at,
      stateTransitionedAt: state === alarm.state ? alarm.stateTransitionedAt : at,
    }
    this.rows.put(alarm.arn, moved)
    if (state === alarm.state) return
    this.#kernel.transition(`alarm:${alarm.arn}`, alarm.state, state, reason.cause)
    this.#record(moved, 'StateUpdate', `Alarm updated from ${alarm.state} to ${state}`, {
      version: '1.0',
      oldState: stateData(alarm),
      newState: stateData(moved),
    })
    this.#followChild(alarm.arn)
  }

  #record(
    alarm: CompositeAlarm,
    type: 'ConfigurationUpdate' | 'StateUpdate',
    summary: string,
    data: unknown,
  ): void {
    const item = historyItem(alarm, this.#kernel.now(), type, summary, data)
    this.#alarms.history.append({ ...item, alarmType: 'CompositeAlarm' })
  }
}

const expressionOf = (rule: string): AlarmExpression | null => {
  const parsed = parseRule(rule)
  return parsed.kind === 'rule' ? parsed.expression : null
}
