import type { ActionDescription, ParameterKind } from './action-catalogue.ts'
import {
  MAX_DURATION,
  MAX_NOTICE,
  MIN_DURATION,
  MIN_NOTICE,
  MIN_VOLUME_DURATION,
  parseDuration,
} from './durations.ts'
import { validation } from './fis-faults.ts'
import type { ActionSpec } from './fis-model.ts'
import { isAlarmStates, listOf } from './impairing-actions.ts'

const MAX_ASSERTED_ALARMS = 5

/** Checks the parameters of one action of a template. @throws AwsFault `ValidationException`. */
export function checkParameters(name: string, spec: ActionSpec, known: ActionDescription): void {
  const given = spec.parameters ?? {}
  for (const [parameter, { required }] of Object.entries(known.parameters)) {
    if (required && given[parameter] === undefined)
      throw validation(`Action ${name}: parameter ${parameter} is required.`)
  }
  for (const [parameter, value] of Object.entries(given)) {
    const kind = known.parameters[parameter]?.kind
    if (kind === undefined) throw validation(`Action ${name}: parameter ${parameter} is not supported.`)
    if (!isValid(kind, value))
      throw validation(`Action ${name}: value '${value}' of parameter ${parameter} is not valid.`)
  }
  checkTogether(name, given)
}

function isValid(kind: ParameterKind, value: string): boolean {
  switch (kind) {
    case 'boolean':
      return value === 'true' || value === 'false'
    case 'duration':
      return isDuration(value, MIN_DURATION)
    case 'short-duration':
      return isDuration(value, MIN_VOLUME_DURATION)
    case 'notice':
      return isDuration(value, MIN_NOTICE, MAX_NOTICE)
    case 'percentage':
      return /^(?:[1-9]\d?|100)$/.test(value)
    case 'list':
      return listOf(value).length > 0
    case 'text':
      return value !== ''
    default:
      return kind.includes(value)
  }
}

function isDuration(value: string, shortest: number, longest = MAX_DURATION): boolean {
  const duration = parseDuration(value)
  return duration !== undefined && duration >= shortest && duration <= longest
}

/** What holds of some parameters only, or of two of them together. */
function checkTogether(name: string, given: Readonly<Record<string, string>>): void {
  if (given['scope'] === 'prefix-list' && given['prefixListIdentifier'] === undefined)
    throw validation(`Action ${name}: parameter prefixListIdentifier is required for scope prefix-list.`)
  if (given['alarmStates'] !== undefined && !isAlarmStates(given['alarmStates']))
    throw validation(`Action ${name}: value '${given['alarmStates']}' of parameter alarmStates is not valid.`)
  if (listOf(given['alarmArns']).length > MAX_ASSERTED_ALARMS)
    throw validation(`Action ${name}: parameter alarmArns takes at most ${MAX_ASSERTED_ALARMS} alarms.`)
}
