import type { CreateExperimentTemplateCommandInput } from '@aws-sdk/client-fis'
import {
  isoDuration,
  type CompiledEnvironment,
  type FrozenTarget,
  type InjectStep,
  type Outcome,
  type StepPlan,
} from '@firedrill/core'
import { findGroups, type SeenGroup } from '../../autoscaling/groups.ts'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { findInstances, type SeenInstance } from '../../ec2/describe-instances.ts'
import { readSubnets, type SeenSubnet } from '../../ec2/subnets.ts'
import { alarmNames, alarmProblem, experimentTemplate } from '../../fis/experiment-template.ts'
import { experimentDemands } from '../../fis/quotas.ts'
import { captureState, standingOf } from '../../instances/capture.ts'
import { readParameters } from '../../instances/parameters.ts'
import { COMMON_PERMISSIONS, tagFitness } from '../../instances/plan.ts'
import { filtersOf, isInZones } from '../../instances/selection.ts'
import { stopAction } from '../../instances/stopping.ts'
import { survivorsOf } from '../../instances/survivors.ts'
import type { Capture } from './capture.ts'
import { checkStep, parameters, rolesOf } from './parameters.ts'

/** The fault's name in the catalogue. */
export const NAME = 'az-power-interruption'
const OPERATION = `${NAME}.plan`

/** IAM actions of the platform's role. FIS's own role needs more; the fault's page has it. */
export const PERMISSIONS = [
  ...COMMON_PERMISSIONS,
  'autoscaling:DescribeAutoScalingGroups',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeSubnets',
  'ec2:StartInstances',
] as const

type About = Readonly<{
  aws: Aws
  environment: CompiledEnvironment
  observe: (region: string) => Outcome<Aws>
  signal: AbortSignal
}>

/** Finds what there is in the zone and captures it. Describes only. */
export async function planStep(about: About, step: InjectStep): Promise<Outcome<StepPlan>> {
  const { aws, environment, observe, signal } = about
  const read = readParameters(parameters, step)
  if (!read.ok) return read
  const problem = checkStep(step, read.value) ?? alarmProblem(alarmNames(read.value.stopAlarms))
  if (problem !== undefined) return failed('invalid', OPERATION, 'StepUnfit', problem)
  const found = await findInstances(aws, filtersOf(step), signal)
  if (!found.ok) return found
  const lost = found.value.filter((instance) => isInZones(instance, step))
  const [first] = lost
  if (first === undefined) return success(NOTHING)
  const around = await surroundingsOf(about, lost)
  if (!around.ok) return around
  const { captured, subnets, groups } = around.value
  const roles = rolesOf(read.value).map((role) => `arn:aws:iam::${environment.account}:role/${role}`)
  const capture: Capture = {
    zone: first.zone,
    zoneId: first.zoneId,
    instances: captured.capture,
    subnets: subnets.map(({ id, acl }) => ({ arn: subnetArn(about, id), id, acl: acl.id })),
    groups: groups.map(({ arn, name, desired, zones }) => ({ arn, name, desired, zones: [...zones] })),
    roles,
  }
  const request = requestOf(step, capture, 'plan', environment)
  if (!request.ok) return request
  const survivors = await survivorsOf(
    aws,
    step,
    read.value,
    { instances: capture.instances.instances },
    environment,
    observe,
    signal,
  )
  if (!survivors.ok) return survivors
  const elsewhere = new Set(found.value.map(({ subnetId }) => subnetId))
  return success({
    ...(survivors.value === undefined ? {} : { survivors: survivors.value }),
    demands: experimentDemands(Object.keys(request.value.actions ?? {}).length),
    targets: targetsOf(capture, aws.region),
    population: found.value.length + elsewhere.size + groups.length + roles.length,
    unfit: unfitOf({ ...about, lost, subnets, groups }, capture),
    capture,
    surroundings: captured.surroundings,
    standing: standingOf(captured.capture),
    calls: callsOf(capture, step, read.value),
    permissions: [...PERMISSIONS],
  })
}

/** The template: AWS's own scenario of this name, with targets by ARN and without what this environment has none of. Pure. */
export function requestOf(
  step: InjectStep,
  capture: Capture,
  key: string,
  environment: CompiledEnvironment,
): Outcome<CreateExperimentTemplateCommandInput> {
  const read = readParameters(parameters, step)
  if (!read.ok) return read
  const duration = isoDuration(step.durationMs)
  const noCapacity = { duration, availabilityZoneIdentifiers: capture.zone, percentage: '100' }
  const { instances, region } = capture.instances
  const plan = {
    description: `Firedrill: Availability Zone ${capture.zone} (${capture.zoneId}) without power for ${duration}`,
    actions: [
      { ...stopAction(step.durationMs), targets: 'instances', arns: instances.map(({ arn }) => arn) },
      {
        name: 'no-group-capacity',
        targets: 'groups',
        actionId: 'aws:ec2:asg-insufficient-instance-capacity-error',
        resourceType: 'aws:ec2:autoscaling-group',
        slot: 'AutoScalingGroups',
        arns: capture.groups.map(({ arn }) => arn),
        parameters: noCapacity,
      },
      {
        name: 'no-launch-capacity',
        targets: 'roles',
        actionId: 'aws:ec2:api-insufficient-instance-capacity-error',
        resourceType: 'aws:iam:role',
        slot: 'Roles',
        arns: capture.roles,
        parameters: noCapacity,
      },
      {
        name: 'no-network',
        targets: 'subnets',
        actionId: 'aws:network:disrupt-connectivity',
        resourceType: 'aws:ec2:subnet',
        slot: 'Subnets',
        arns: capture.subnets.map(({ arn }) => arn),
        parameters: { duration: isoDuration(read.value.networkSeconds * 1000), scope: 'all' },
      },
    ],
    stopAlarms: alarmNames(read.value.stopAlarms),
    region,
  }
  return experimentTemplate(plan, key, environment)
}

/** A zone in which nothing matches: the selector's guardrail says so. */
const NOTHING: StepPlan = {
  targets: [],
  population: 0,
  unfit: [],
  demands: [],
  capture: {},
  calls: [],
  permissions: [...PERMISSIONS],
}

async function surroundingsOf({ aws, environment, signal }: About, lost: readonly SeenInstance[]) {
  const captured = await captureState(aws, environment.account, lost, signal)
  if (!captured.ok) return captured
  const subnets = await readSubnets(aws, [...new Set(lost.map(({ subnetId }) => subnetId))], signal)
  if (!subnets.ok) return subnets
  const disrupted = subnets.value.find(({ acl }) => acl.isOfFis)
  if (disrupted !== undefined)
    return failed(
      'invalid',
      OPERATION,
      'StillDisrupted',
      `subnet ${disrupted.id} still has a network ACL of FIS`,
    )
  const groups = await findGroups(
    aws,
    lost.flatMap(({ group }) => group ?? []),
    signal,
  )
  if (!groups.ok) return groups
  return success({ captured: captured.value, subnets: subnets.value, groups: groups.value })
}

function targetsOf(capture: Capture, region: string): readonly FrozenTarget[] {
  const { zone } = capture
  return [
    ...capture.instances.instances.map(({ arn, id, name }) => ({
      id: arn,
      label: name === id ? id : `${name} (${id})`,
      region,
      zone,
    })),
    ...capture.subnets.map(({ arn, id }) => ({ id: arn, label: `subnet ${id}`, region, zone })),
    ...capture.groups.map(({ arn, name }) => ({ id: arn, label: `group ${name}`, region })),
    ...capture.roles.map((arn) => ({
      id: arn,
      label: `role ${arn.slice(arn.indexOf('role/') + 5)}`,
      region,
    })),
  ]
}

type Found = About &
  Readonly<{
    lost: readonly SeenInstance[]
    subnets: readonly SeenSubnet[]
    groups: readonly SeenGroup[]
  }>

/** Roles are named one by one in the scenario, which is what opts them in; everything else has to carry its tags. */
function unfitOf(
  { environment, lost, subnets, groups, ...about }: Found,
  capture: Capture,
): StepPlan['unfit'] {
  const tagged = [
    ...lost.map(({ id, tags }) => ({
      target: capture.instances.instances.find((captured) => captured.id === id)?.arn ?? id,
      tags,
    })),
    ...subnets.map(({ id, tags }) => ({ target: subnetArn({ ...about, environment }, id), tags })),
    ...groups.map(({ arn, tags }) => ({ target: arn, tags })),
  ]
  return tagged.flatMap(({ target, tags }) =>
    tagFitness(tags, environment).map((problem) => ({ target, ...problem })),
  )
}

function subnetArn({ aws, environment }: Pick<About, 'aws' | 'environment'>, id: string): string {
  return `arn:aws:ec2:${aws.region}:${environment.account}:subnet/${id}`
}

function callsOf(
  { zone, instances, subnets, groups, roles }: Capture,
  { durationMs }: InjectStep,
  { networkSeconds }: Readonly<{ networkSeconds: number }>,
): readonly string[] {
  const duration = isoDuration(durationMs)
  const ids = instances.instances.map(({ id }) => id).join(' ')
  const launching = [...groups.map(({ name }) => name), ...roles].join(' ')
  return [
    `fis CreateExperimentTemplate: aws:ec2:stop-instances on ${ids}, started again after ${duration}`,
    ...(launching === '' ? [] : [`… no capacity in ${zone} for ${launching} for ${duration}`]),
    `… aws:network:disrupt-connectivity on ${subnets.map(({ id }) => id).join(' ')} for ${isoDuration(networkSeconds * 1000)}`,
    'fis StartExperiment',
    'undo: fis StopExperiment, which gives capacity and network back and starts the instances again',
    `undo: ec2 StartInstances: what is still stopped of ${ids}`,
    'undo: fis DeleteExperimentTemplate',
  ]
}
