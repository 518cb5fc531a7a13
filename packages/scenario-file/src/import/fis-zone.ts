import type { View } from '../yaml/view.ts'
import { targetOf, type ActionContext, type FisAction } from './fis-actions.ts'
import { readInstances } from './fis-targets.ts'
import type { ImportedStep } from './import-result.ts'
import { lengthMs } from './write-imported.ts'

const STOP = 'aws:ec2:stop-instances'
const NETWORK = 'aws:network:disrupt-connectivity'
const OF_GROUPS = 'aws:ec2:asg-insufficient-instance-capacity-error'
const OF_ROLES = 'aws:ec2:api-insufficient-instance-capacity-error'

type Inject = Extract<ImportedStep, { kind: 'inject' }>

/** True for what only makes sense as a part of a zone's loss. */
function isPart({ id }: FisAction): boolean {
  return id === NETWORK || id === OF_GROUPS || id === OF_ROLES
}

/** The actions that together are the loss of a zone's power, as AWS composes it; none when no part of it is there. */
export function partsOfZoneLoss(actions: readonly FisAction[]): readonly FisAction[] {
  const parts = actions.filter(isPart)
  return parts.length === 0 ? [] : actions.filter((action) => isPart(action) || action.id === STOP)
}

/** These actions as one step; undefined when something in them stands in the way. */
export function readZoneLoss(
  parts: readonly FisAction[],
  context: ActionContext,
): Omit<Inject, 'name' | 'after'> | undefined {
  const [stop, second] = parts.filter(({ id }) => id === STOP)
  const [network] = parts.filter(({ id }) => id === NETWORK)
  const [lonely] = parts
  if (stop === undefined || network === undefined) {
    lonely?.view
      .at('actionId')
      .problem(
        'launch errors and a cut network are in the catalogue only as parts of a zone without power: with stopped instances and subnets that are cut off',
        `Leave it out with --without ${lonely.key}.`,
      )
    return undefined
  }
  if (second !== undefined) {
    second.view
      .at('actionId')
      .problem(
        'a second selection of instances: a zone loses its power for one selection',
        `Leave it out with --without ${second.key}, or tag all instances alike.`,
      )
    return undefined
  }
  const target = targetOf(stop.view, 'Instances', context.targets)
  const selector = target === undefined ? undefined : readInstances(target, context.options.max)
  if (target === undefined || selector === undefined) return undefined
  const zones = new Set(selector.zones)
  const durationMs = lengthMs(stop.view.at('parameters', 'startInstancesAfterDuration').text())
  const networkMs = lengthMs(network.view.at('parameters', 'duration').text())
  if (zones.size !== 1 || selector.choose !== 'all') {
    target.problem(
      'a zone without power is all instances with the tags in one zone, by the filter Placement.AvailabilityZone',
    )
    return undefined
  }
  if (durationMs === undefined || networkMs === undefined || networkMs > durationMs) {
    stop.view.problem('the zone has to be without power for a time, and its network cut off for no longer')
    return undefined
  }
  const scope = network.view.at('parameters', 'scope')
  if (scope.text() !== 'all') {
    scope.problem(
      `scope ${scope.text() ?? ''}: only all, everything into and out of the subnets, has a counterpart`,
    )
    return undefined
  }
  if (!agreeOnZone(parts, [...zones][0] ?? '', context)) return undefined
  context.notes.add(
    network.view,
    `${network.key}: the subnets are those of the zone's instances, not those with a tag`,
  )
  const roles = parts.filter(({ id }) => id === OF_ROLES).flatMap(({ view }) => rolesOf(view, context))
  const { stopAlarms } = context
  return {
    kind: 'inject',
    fault: 'az-power-interruption',
    targets: selector,
    durationMs,
    parameters: {
      networkSeconds: Math.max(60, Math.round(networkMs / 1000)),
      ...(roles.length === 0 ? {} : { launchRoles: roles.join(',') }),
      ...(stopAlarms.length === 0 ? {} : { stopAlarms: stopAlarms.join(',') }),
    },
  }
}

/** Launch errors in another zone, or for a share of the calls, are another fault. */
function agreeOnZone(parts: readonly FisAction[], zone: string, { targets }: ActionContext): boolean {
  for (const { view, id } of parts) {
    const said =
      id === NETWORK
        ? targetOf(view, 'Subnets', targets)?.at('parameters', 'availabilityZoneIdentifier')
        : view.at('parameters', 'availabilityZoneIdentifiers')
    if (id !== STOP && said !== undefined && said.exists() && said.text() !== zone) {
      said.problem(`${said.text() ?? ''} is not the zone of the instances, which is ${zone}`)
      return false
    }
    const share = view.at('parameters', 'percentage')
    if (share.exists() && share.text() !== '100') {
      share.problem('in a zone without power no launch goes through: 100')
      return false
    }
  }
  return true
}

function rolesOf(action: View, { targets }: ActionContext): readonly string[] {
  const target = targetOf(action, 'Roles', targets)
  return (target?.at('resourceArns').items() ?? []).flatMap((arn) => {
    const name = /^arn:[a-z-]+:iam::\d*:role\/(.+)$/.exec(arn.text() ?? '')?.[1]
    if (name === undefined) arn.problem('this is no ARN of a role')
    return name ?? []
  })
}
