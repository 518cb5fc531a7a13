import type { Filter } from '@aws-sdk/client-ec2'
import type { CompiledEnvironment, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { findInstances, type SeenInstance } from '../../ec2/describe-instances.ts'
import { choose } from '../choose.ts'
import { captureState, type Capture } from './capture.ts'
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
  const capture = await captureState(aws, environment.account, choice.chosen, signal)
  if (!capture.ok) return capture
  const template = templateOf(step, capture.value, 'plan', environment)
  if (!template.ok) return template
  return success({
    targets: capture.value.instances.map(({ arn, id, name, zone }) => ({
      id: arn,
      label: name === id ? id : `${name} (${id})`,
      region: aws.region,
      zone,
    })),
    population: population.length,
    unfit: unfitOf(choice.chosen, capture.value, environment),
    capture: capture.value,
    calls: callsOf(capture.value, template.value.duration),
    permissions: PERMISSIONS,
  })
}

/** Tags and state are asked of EC2; zones are told apart here, since a selector may mix names and ids. */
function filtersOf(step: InjectStep): readonly Filter[] {
  return [
    { Name: 'instance-state-name', Values: ['running'] },
    ...Object.entries(step.targets.tags).map(([key, value]) => ({
      Name: `tag:${key}`,
      Values: [literal(value)],
    })),
  ]
}

/** A filter value that means itself: `*`, `?` and `\` are wildcards to EC2. */
function literal(value: string): string {
  return value.replaceAll(/[*?\\]/g, String.raw`\$&`)
}

function unfitOf(
  instances: readonly SeenInstance[],
  capture: Capture,
  { touch }: CompiledEnvironment,
): StepPlan['unfit'] {
  return instances.flatMap(({ id, tags }) => {
    const target = capture.instances.find((captured) => captured.id === id)?.arn ?? id
    const missing = Object.entries(touch.requiredTags).filter(([key, value]) => tags[key] !== value)
    const reasons = [
      ...missing.map(([key, value]) => `has no tag ${key}=${value}, which the environment requires`),
      ...(tags[touch.exemptTag]?.toLowerCase() === 'true' ? [`is exempt: ${touch.exemptTag}=true`] : []),
    ]
    return reasons.map((reason) => ({ target, guardrail: 'tags' as const, reason }))
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
