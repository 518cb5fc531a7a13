import type { StateChange, WrongState } from '../../world/compute.ts'
import type { Instance } from '../../world/model.ts'
import { InputReader } from '../../wire/input-reader.ts'
import { roleNameOf, type Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { findInstances } from './describe-instances.ts'
import {
  dryRunSucceeded,
  EC2_INPUT_FAULTS,
  incorrectInstanceState,
  insufficientCapacity,
  terminationProtected,
} from './ec2-faults.ts'
import { stateView } from './instance-view.ts'

/** `StopInstances`. Stopping what is stopped already changes nothing and is no error. */
export function stopInstances(call: Call, input: WireInput): WireStructure {
  const instances = readTargets(call, input)
  const outcome = call.world.compute.stop(idsOf(instances), causeOf(call, 'StopInstances'))
  return changesView(outcome, 'stopped')
}

/** `StartInstances`. Refused while an instance is still stopping. */
export function startInstances(call: Call, input: WireInput): WireStructure {
  const instances = readTargets(call, input)
  const role = roleNameOf(call.caller)
  const refused = instances.find(
    ({ state, az }) =>
      state === 'stopped' && role !== null && call.world.impairments.refusesRole(call.region, role, az),
  )
  if (refused !== undefined) throw insufficientCapacity(refused.instanceType, refused.az)
  const outcome = call.world.compute.start(idsOf(instances), causeOf(call, 'StartInstances'))
  return changesView(outcome, 'started')
}

/**
 * `TerminateInstances`. If some of the instances are protected, those in the zones of unprotected ones only are
 * terminated all the same, and the call still fails.
 */
export function terminateInstances(call: Call, input: WireInput): WireStructure {
  const instances = readTargets(call, input)
  const protectedOne = instances.find((instance) => instance.terminationProtected)
  const spared = new Set(instances.filter((instance) => instance.terminationProtected).map(({ az }) => az))
  const doomed = instances.filter(({ az }) => !spared.has(az))
  const changes = call.world.compute.terminate(idsOf(doomed), causeOf(call, 'TerminateInstances'))
  if (protectedOne !== undefined) throw terminationProtected(protectedOne.id)
  return changesView(changes, 'terminated')
}

/** `RebootInstances`. The instances stay `running`; only their application is away for a while. */
export function rebootInstances(call: Call, input: WireInput): WireStructure {
  const instances = readTargets(call, input)
  const unfit = instances.find(({ state }) => state !== 'running')
  if (unfit !== undefined) throw incorrectInstanceState(unfit.id, 'rebooted')
  call.world.compute.reboot(idsOf(instances), causeOf(call, 'RebootInstances'))
  return { return: true }
}

/** `ModifyInstanceAttribute`, as far as it is about termination protection. */
export function modifyInstanceAttribute(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const [instance] = findInstances(call, [reader.requiredText('InstanceId')])
  const isProtected = reader.structure('DisableApiTermination')?.flag('Value')
  if (isProtected === undefined)
    throw new AwsFault({
      code: 'UnsupportedOperation',
      message: 'Only disableApiTermination can be modified in this account.',
    })
  if (reader.flag('DryRun') === true) throw dryRunSucceeded()
  if (instance !== undefined) {
    const { instances } = call.world.compute
    instances.put(instance.id, { ...instance, terminationProtected: isProtected })
  }
  return { return: true }
}

function readTargets(call: Call, input: WireInput): readonly Instance[] {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const ids = reader.texts('InstanceId')
  if (ids.length === 0) throw EC2_INPUT_FAULTS.missing('InstanceId')
  const instances = findInstances(call, ids)
  if (reader.flag('DryRun') === true) throw dryRunSucceeded()
  return instances
}

function changesView(outcome: readonly StateChange[] | WrongState, participle: string): WireStructure {
  if ('wrongState' in outcome) throw incorrectInstanceState(outcome.wrongState.instanceId, participle)
  return {
    instancesSet: outcome.map(({ instanceId, current, previous }) => ({
      instanceId,
      currentState: stateView(current),
      previousState: stateView(previous),
    })),
  }
}

function idsOf(instances: readonly Instance[]): readonly string[] {
  return instances.map(({ id }) => id)
}

function causeOf(call: Call, operation: string): string {
  return `ec2:${operation} by ${call.caller.arn}`
}
