import type { CompiledEnvironment, Demand, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { findInstances, type SeenInstance } from '../../ec2/describe-instances.ts'
import { experimentDemands } from '../../fis/quotas.ts'
import { choose } from '../choose.ts'
import { tagProblems } from '../tag-problems.ts'
import { captureState, standingOf, type Capture } from './capture.ts'
import { filtersOf } from './selection.ts'
import { survivorsOf } from './survivors.ts'
import { checkStep, templateOf } from './template.ts'

const OPERATION = 'ec2-stop-instances.plan'

/** IAM actions of the platform's role. FIS's own role needs ec2:StopInstances, StartInstances and DescribeInstances. */
export const PERMISSIONS = [
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
  'ec2:StartInstances',
] as const

/** Resolves the selector to running instances and captures what is around them. Describes only. */
export async function planStep(
  aws: Aws,
  step: InjectStep,
  seed: number,
  environment: CompiledEnvironment,
  observe: (region: string) => Outcome<Aws>,
  signal: AbortSignal,
): Promise<Outcome<StepPlan>> {
  const problem = checkStep(step)
  if (problem !== undefined) return failed('invalid', OPERATION, 'StepUnfit', problem)
  const found = await findInstances(aws, filtersOf(step), signal)
  if (!found.ok) return found
  const { zones } = step.targets
  const population = found.value.filter(
    ({ zone, zoneId }) => zones.length === 0 || zones.includes(zone) || zones.includes(zoneId),
  )
  const choice = choose(population, ({ id }) => id, step.targets.choose, seed)
  if (!choice.ok) return failed('invalid', OPERATION, 'TooFewMatch', choice.problem)
  const captured = await captureState(aws, environment.account, choice.chosen, signal)
  if (!captured.ok) return captured
  const { capture, surroundings } = captured.value
  const template = templateOf(step, capture, 'plan', environment)
  if (!template.ok) return template
  const survivors = await survivorsOf(aws, step, capture, environment, observe, signal)
  if (!survivors.ok) return survivors
  return success({
    ...(survivors.value === undefined ? {} : { survivors: survivors.value }),
    demands: [
      ...experimentDemands(Object.keys(template.value.request.actions ?? {}).length),
      startDemand(choice.chosen.length),
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
    calls: callsOf(capture, template.value.duration),
    permissions: PERMISSIONS,
  })
}

/** Instances that EC2 lets an account start at once; undo may have to start all of them itself. */
const STARTS_MAX = 1000

function startDemand(instances: number): Demand {
  return {
    quota: 'EC2 instances started at once',
    per: 'region',
    fault: 0,
    undo: instances,
    limit: STARTS_MAX,
    isShared: false,
  }
}

function unfitOf(
  instances: readonly SeenInstance[],
  capture: Capture,
  environment: CompiledEnvironment,
): StepPlan['unfit'] {
  return instances.flatMap(({ id, tags }) => {
    const target = capture.instances.find((captured) => captured.id === id)?.arn ?? id
    const missing = Object.entries(environment.touch.requiredTags)
      .filter(([key, value]) => tags[key] !== value)
      .map(([key, value]) => `has no tag ${key}=${value}, which the environment requires`)
    return [
      ...missing.map((reason) => ({ target, guardrail: 'tags' as const, reason })),
      ...tagProblems(tags, environment).map((problem) => ({ target, ...problem })),
    ]
  })
}

function callsOf({ instances }: Capture, duration: string): readonly string[] {
  if (instances.length === 0) return []
  const ids = instances.map(({ id }) => id).join(' ')
  return [
    `fis CreateExperimentTemplate: aws:ec2:stop-instances on ${ids}, started again after ${duration}`,
    'fis StartExperiment',
    'undo: fis StopExperiment, which starts the instances again',
    `undo: ec2 StartInstances: what is still stopped of ${ids}`,
    'undo: fis DeleteExperimentTemplate',
  ]
}
