import type { TargetGroup } from '../../world/model.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { ELBV2_FAULTS, targetGroupNotFound } from './elbv2-faults.ts'

/** `RegisterTargets`: all of them or none. One that is registered already stays as it is, one that drains comes back. */
export function registerTargets(call: Call, input: WireInput): WireStructure {
  const { group, ids } = readTargets(call, input)
  const { balancers, compute } = call.world
  const instances = ids.map((id) => ({ id, instance: compute.instances.get(id) }))
  refuse(
    instances.filter(({ instance }) => instance?.region !== group.region || instance.state === 'terminated'),
    'are not valid instances',
  )
  refuse(
    instances.filter(({ instance }) => instance?.vpcId !== group.vpcId),
    'are not in the target group VPC',
  )
  refuse(
    instances.filter(({ instance }) => instance?.state !== 'running'),
    'are not in a running state and cannot be registered',
  )
  for (const id of ids) {
    const state = balancers.targetsOf(group.arn).find(({ instanceId }) => instanceId === id)?.state
    if (state === undefined || state === 'draining') balancers.register(group.arn, id, 'RegisterTargets')
  }
  return {}
}

/** `DeregisterTargets`: they drain for five minutes. One that is not registered is passed over, as on AWS. */
export function deregisterTargets(call: Call, input: WireInput): WireStructure {
  const { group, ids } = readTargets(call, input)
  for (const id of ids) call.world.balancers.deregister(group.arn, id, 'DeregisterTargets')
  return {}
}

function readTargets({ world, region }: Call, input: WireInput) {
  const reader = new InputReader(input, ELBV2_FAULTS)
  const arn = reader.requiredText('TargetGroupArn')
  const targets = reader.structures('Targets')
  const group = world.balancers.targetGroups.get(arn)
  if (group?.region !== region) throw targetGroupNotFound()
  if (targets.length === 0)
    throw new AwsFault({ code: 'ValidationError', message: "'targets' must be specified" })
  return { group, ids: targets.map((target) => readId(target, group)) }
}

/** Applications of this world serve on their group's port alone. */
function readId(target: InputReader, group: TargetGroup): string {
  const port = target.integer('Port', 1, 65_535)
  if (port !== undefined && port !== group.port)
    throw new AwsFault({
      code: 'ValidationError',
      message: `Port ${port} is not supported here; targets of this group serve on port ${group.port}`,
    })
  return target.requiredText('Id')
}

function refuse(wrong: readonly { readonly id: string }[], why: string): void {
  if (wrong.length === 0) return
  const ids = wrong.map(({ id }) => `'${id}'`).join(', ')
  throw new AwsFault({ code: 'InvalidTarget', message: `The following targets ${why}: ${ids}` })
}
