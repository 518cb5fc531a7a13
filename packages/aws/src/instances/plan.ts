import type { CreateExperimentTemplateCommandInput } from '@aws-sdk/client-fis'
import type { CompiledEnvironment, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { failed, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { findInstances, type SeenInstance } from '../ec2/describe-instances.ts'
import { choose } from '../faults/choose.ts'
import { tagProblems } from '../faults/tag-problems.ts'
import { alarmNames, alarmProblem, experimentTemplate } from '../fis/experiment-template.ts'
import { experimentDemands } from '../fis/quotas.ts'
import { captureState, standingOf, type Capture } from './capture.ts'
import type { InstanceKind } from './instance-kind.ts'
import { readParameters } from './parameters.ts'
import { filtersOf, isInZones } from './selection.ts'
import { survivorsOf } from './survivors.ts'

/** IAM actions of the platform's role that every fault of this family needs. */
export const COMMON_PERMISSIONS = [
  'ec2:DescribeInstances',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'fis:CreateExperimentTemplate',
  'fis:DeleteExperimentTemplate',
  'fis:GetExperiment',
  'fis:GetSafetyLever',
  'fis:ListExperimentResolvedTargets',
  'fis:ListExperimentTemplates',
  'fis:ListExperiments',
  'fis:StartExperiment',
  'fis:StopExperiment',
  'fis:TagResource',
  'iam:PassRole',
] as const

/** Where and with what a step is planned. */
export type Planner<P extends Record<string, string | number | boolean>> = Readonly<{
  aws: Aws
  kind: InstanceKind<P & Parameters<InstanceKind['describe']>[2]>
  environment: CompiledEnvironment
  observe: (region: string) => Outcome<Aws>
  signal: AbortSignal
}>

/** Resolves the selector to running instances and captures what is around them. Describes only. */
export async function planStep<P extends Record<string, string | number | boolean>>(
  { aws, kind, environment, observe, signal }: Planner<P>,
  step: InjectStep,
  seed: number,
): Promise<Outcome<StepPlan>> {
  const operation = `${kind.name}.plan`
  const read = readParameters(kind.parameters, step)
  if (!read.ok) return read
  const alarms = alarmNames(read.value.stopAlarms)
  const problem = kind.checkStep(step, read.value) ?? alarmProblem(alarms)
  if (problem !== undefined) return failed('invalid', operation, 'StepUnfit', problem)
  const found = await findInstances(aws, filtersOf(step), signal)
  if (!found.ok) return found
  const population = found.value.filter((instance) => isInZones(instance, step))
  const about = { idOf: ({ id }: SeenInstance) => id, groupOf: ({ group }: SeenInstance) => group }
  const choice = choose(population, about, step.targets.choose, seed)
  if (!choice.ok) return failed('invalid', operation, 'TooFewMatch', choice.problem)
  const captured = await captureState(aws, environment.account, choice.chosen, signal)
  if (!captured.ok) return captured
  const { capture, surroundings } = captured.value
  const request = requestOf(kind, step, capture, 'plan', environment)
  if (!request.ok) return request
  const unsuitable = await kind.unsuitable?.(aws, choice.chosen, capture, signal)
  if (unsuitable?.ok === false) return unsuitable
  if (unsuitable?.value !== undefined) return failed('invalid', operation, 'NotReplaceable', unsuitable.value)
  const survivors = await survivorsOf(aws, step, read.value, capture, environment, observe, signal)
  if (!survivors.ok) return survivors
  const ids = capture.instances.map(({ id }) => id).join(' ')
  return success({
    ...(survivors.value === undefined ? {} : { survivors: survivors.value }),
    demands: [
      ...experimentDemands(Object.keys(request.value.actions ?? {}).length),
      ...kind.undoDemands(choice.chosen.length),
    ],
    targets: capture.instances.map(({ arn, id, name, zone }) => ({
      id: arn,
      label: name === id ? id : `${name} (${id})`,
      region: aws.region,
      zone,
    })),
    population: population.length,
    unfit: unfitOf(choice.chosen, capture, environment),
    capture,
    surroundings,
    standing: standingOf(capture),
    calls: ids === '' ? [] : kind.calls(ids, step, read.value),
    permissions: [...kind.permissions],
  })
}

/** The request that makes the experiment of a planned step. The same for the same step, capture and key. Pure. */
export function requestOf<P extends Record<string, string | number | boolean>>(
  kind: Planner<P>['kind'],
  step: InjectStep,
  { instances, region }: Capture,
  key: string,
  environment: CompiledEnvironment,
): Outcome<CreateExperimentTemplateCommandInput> {
  const read = readParameters(kind.parameters, step)
  if (!read.ok) return read
  const arns = instances.map(({ arn }) => arn)
  const plan = {
    description: kind.describe(arns.length, step, read.value),
    actions: [{ ...kind.action(step, read.value), targets: 'instances', arns }],
    stopAlarms: alarmNames(read.value.stopAlarms),
    region,
  }
  return experimentTemplate(plan, key, environment)
}

function unfitOf(
  instances: readonly SeenInstance[],
  capture: Capture,
  environment: CompiledEnvironment,
): StepPlan['unfit'] {
  return instances.flatMap(({ id, tags }) => {
    const target = capture.instances.find((captured) => captured.id === id)?.arn ?? id
    return tagFitness(tags, environment).map((problem) => ({ target, ...problem }))
  })
}

/** Why tags do not let a resource be touched: what it lacks, and what it carries. */
export function tagFitness(
  tags: Readonly<Record<string, string>>,
  environment: CompiledEnvironment,
): readonly Omit<StepPlan['unfit'][number], 'target'>[] {
  const missing = Object.entries(environment.touch.requiredTags)
    .filter(([key, value]) => tags[key] !== value)
    .map(([key, value]) => `has no tag ${key}=${value}, which the environment requires`)
  return [
    ...missing.map((reason) => ({ guardrail: 'tags' as const, reason })),
    ...tagProblems(tags, environment),
  ]
}
