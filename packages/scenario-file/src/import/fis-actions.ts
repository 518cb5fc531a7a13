import type { View } from '../yaml/view.ts'
import { readInstances } from './fis-targets.ts'
import type { ImportedStep, ImportOptions, Notes } from './import-result.ts'
import { lengthMs } from './write-imported.ts'

/** An action as the template has it. */
export type FisAction = Readonly<{ key: string; view: View; id: string; step: string }>

/** What reading an action needs besides itself. */
export type ActionContext = Readonly<{
  targets: View
  options: ImportOptions
  notes: Notes
  stopAlarms: readonly string[]
}>

type Inject = Extract<ImportedStep, { kind: 'inject' }>
/** What an action comes to, without name and order. */
export type ReadAction = Omit<Inject, 'name' | 'after'> | Readonly<{ kind: 'wait'; waitMs: number }>
/** A fault without its name and order. */
type ReadFault = Exclude<ReadAction, { kind: 'wait' }>

const NO_COUNTERPART = 'the catalogue has no fault like this one'

/** An action as a step; undefined when it, or its target, stands in the way: that is told where it stands. */
export function readAction(action: FisAction, context: ActionContext): ReadAction | undefined {
  const { view, id } = action
  switch (id) {
    case 'aws:fis:wait': {
      const waitMs = lengthMs(view.at('parameters', 'duration').text())
      if (waitMs === undefined) view.at('parameters').problem('a wait needs a duration such as PT5M')
      return waitMs === undefined ? undefined : { kind: 'wait', waitMs }
    }
    case 'aws:ec2:stop-instances':
      return stop(action, context)
    case 'aws:ec2:terminate-instances':
      return instant(action, 'ec2-terminate-instances', 'Instances', context)
    case 'aws:ec2:reboot-instances':
      return instant(action, 'ec2-reboot-instances', 'Instances', context)
    case 'aws:ec2:send-spot-instance-interruptions':
      return interrupt(action, context)
    default:
      view.at('actionId').problem(`${id}: ${NO_COUNTERPART}`, `Leave it out with --without ${action.key}.`)
      return undefined
  }
}

function stop(action: FisAction, context: ActionContext): ReadAction | undefined {
  const { view } = action
  const given = view.at('parameters', 'startInstancesAfterDuration')
  const durationMs = lengthMs(given.text())
  if (given.exists() && durationMs === undefined) {
    given.problem(`"${given.text() ?? ''}" is no length of time`)
    return undefined
  }
  if (durationMs === undefined)
    context.notes.add(
      view,
      `${action.key} leaves its instances stopped; here they are started again by the run`,
    )
  const found = instant(action, 'ec2-stop-instances', 'Instances', context, KNOWN_OF_STOP)
  return found === undefined ? undefined : { ...found, durationMs }
}

const KNOWN_OF_STOP = ['startInstancesAfterDuration', 'completeIfInstancesTerminated']

function interrupt(action: FisAction, context: ActionContext): ReadAction | undefined {
  const given = action.view.at('parameters', 'durationBeforeInterruption')
  const beforeMs = lengthMs(given.text()) ?? 0
  // AWS itself warns two minutes before; the catalogue's fault can tell up to eight minutes ahead.
  if (beforeMs < 120_000 || beforeMs > 480_000) {
    given.problem('the time before the interruption is from PT2M to PT8M here')
    return undefined
  }
  const known = ['durationBeforeInterruption']
  const found = instant(action, 'ec2-interrupt-spot-instances', 'SpotInstances', context, known)
  if (found === undefined) return undefined
  return { ...found, parameters: { ...found.parameters, warningSeconds: beforeMs / 1000 } }
}

function instant(
  { view, key }: FisAction,
  fault: string,
  slot: string,
  { targets, options, stopAlarms }: ActionContext,
  known: readonly string[] = [],
): ReadFault | undefined {
  const strange = view
    .at('parameters')
    .keys()
    .find((name) => !known.includes(name))
  if (strange !== undefined) {
    view.at('parameters', strange).problem(`${key} does not take the parameter ${strange}`)
    return undefined
  }
  const target = targetOf(view, slot, targets)
  const selector = target === undefined ? undefined : readInstances(target, options.max)
  if (selector === undefined) return undefined
  const parameters: Record<string, string> =
    stopAlarms.length === 0 ? {} : { stopAlarms: stopAlarms.join(',') }
  return { kind: 'inject', fault, targets: selector, durationMs: undefined, parameters }
}

/** The target that an action names in one of its slots; undefined, and told, when there is none. */
export function targetOf(action: View, slot: string, targets: View): View | undefined {
  const named = action.at('targets', slot)
  const name = named.text()
  const target = name === undefined ? undefined : targets.at(name)
  if (target?.exists() === true) return target
  if (name === undefined) action.problem(`this action needs a target in its slot ${slot}`)
  else named.problem(`the template has no target ${name}`)
  return undefined
}
