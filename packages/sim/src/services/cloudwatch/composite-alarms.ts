import type { CompositeAlarm } from '../../world/alarm-model.ts'
import { parseRule, alarmsIn } from '../../world/alarm-expression.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import { CLOUDWATCH_INPUT_FAULTS, validationError } from './cloudwatch-faults.ts'

const MAX_CHILDREN = 100

/** `PutCompositeAlarm`: every alarm that its rule mentions has to exist, and none may depend on it. */
export function putCompositeAlarm(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const { region, world } = call
  const name = reader.requiredText('AlarmName')
  const rule = reader.requiredText('AlarmRule')
  if (world.alarms.alarms.get(world.alarms.arnOf(region, name)) !== undefined)
    throw validationError(`Alarm ${name} exists already and is not a composite alarm.`)
  checkRule(call, name, rule)
  world.compositeAlarms.put({
    name,
    region,
    rule,
    description: reader.text('AlarmDescription') ?? null,
    actionsEnabled: reader.flag('ActionsEnabled') ?? true,
    alarmActions: reader.texts('AlarmActions'),
    okActions: reader.texts('OKActions'),
    insufficientDataActions: reader.texts('InsufficientDataActions'),
  })
  return {}
}

function checkRule({ region, world }: Call, name: string, rule: string): void {
  const parsed = parseRule(rule)
  if (parsed.kind === 'invalid') throw validationError(`AlarmRule is not valid: ${parsed.problem}`)
  const { compositeAlarms } = world
  const children = alarmsIn(parsed.expression)
  if (children.length > MAX_CHILDREN)
    throw validationError(`AlarmRule must not have more than ${MAX_CHILDREN} children.`)
  const missing = children.find(
    (child) => compositeAlarms.stateOf(compositeAlarms.arnOf(region, child)) === undefined,
  )
  if (missing !== undefined)
    throw validationError(`AlarmRule refers to alarm ${missing}, which does not exist.`)
  const own = compositeAlarms.arnOf(region, name)
  const pending = children.map((child) => compositeAlarms.arnOf(region, child))
  const seen = new Set<string>()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === own) throw validationError(`AlarmRule makes alarm ${name} depend on itself.`)
    const alarm = seen.has(next) ? undefined : compositeAlarms.rows.get(next)
    seen.add(next)
    if (alarm !== undefined) pending.push(...compositeAlarms.childrenOf(alarm))
  }
}

/** A composite alarm as `DescribeAlarms` shows it. */
export function compositeView(alarm: CompositeAlarm): WireStructure {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description ?? undefined,
    AlarmConfigurationUpdatedTimestamp: new WireTime(alarm.configurationUpdatedAt),
    AlarmRule: alarm.rule,
    ActionsEnabled: alarm.actionsEnabled,
    AlarmActions: alarm.alarmActions,
    OKActions: alarm.okActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData === '' ? undefined : alarm.stateReasonData,
    StateUpdatedTimestamp: new WireTime(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new WireTime(alarm.stateTransitionedAt),
  }
}
