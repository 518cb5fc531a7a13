import type { CompiledEnvironment, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { z } from 'zod'
import { findGroups, whyNotReplaced, type SeenGroup } from '../../autoscaling/groups.ts'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { readTargets } from '../../elbv2/target-groups.ts'
import { tagFitness } from '../../instances/plan.ts'

const OPERATION = 'autoscaling-set-capacity.plan'

/** IAM actions of the platform's role. */
export const PERMISSIONS = [
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:SetDesiredCapacity',
  'elasticloadbalancing:DescribeTargetHealth',
] as const

/** How many instances the group is to have, each of them healthy behind every load balancer the group is registered with. */
export const parameters = z.strictObject({ capacity: z.coerce.number().int().min(1).max(10_000).default(1) })

/** The group as it was, and what it is to become. */
export const captureSchema = z.strictObject({
  /** Name of the Region in the environment. */
  region: z.string(),
  group: z.string(),
  /** Desired capacity before this step and with it. */
  before: z.int(),
  after: z.int(),
  targetGroups: z.array(z.string()),
  /** Healthy targets before this step, by target group ARN. */
  healthy: z.record(z.string(), z.int()),
})
export type Capture = z.infer<typeof captureSchema>

/** Finds the group of the selector, and refuses what it could not be scaled to. Describes only. */
export async function planStep(
  aws: Aws,
  step: InjectStep,
  environment: CompiledEnvironment,
  signal: AbortSignal,
): Promise<Outcome<StepPlan>> {
  const unfit = (message: string) => failed('invalid', OPERATION, 'StepUnfit', message)
  const wanted = parameters.safeParse(step.parameters)
  if (!wanted.success) return unfit(z.prettifyError(wanted.error))
  const { capacity } = wanted.data
  const name = step.targets.group
  if (name === undefined) return unfit('the selector must name a group')
  const found = await findGroups(aws, [name], signal)
  if (!found.ok) return found
  const [group] = found.value
  const problem = whyNotReplaced(name, group)
  if (group === undefined || problem !== undefined) return unfit(problem ?? `group ${name} does not exist`)
  if (capacity > group.most)
    return unfit(`group ${name} may have ${group.most} instances at most, and ${capacity} are needed`)
  if (capacity <= group.desired) return unfit(`group ${name} has ${group.desired} instances already`)
  if (group.targetGroups.length === 0)
    return unfit(
      `group ${name} is behind no load balancer, so nobody could tell whether its instances are healthy`,
    )
  const healthy = await healthyOf(aws, group.targetGroups, signal)
  if (!healthy.ok) return healthy
  const capture: Capture = {
    region: step.targets.region,
    group: name,
    before: group.desired,
    after: capacity,
    targetGroups: [...group.targetGroups],
    healthy: healthy.value,
  }
  return success({
    targets: [{ id: group.arn, label: `group ${name}`, region: step.targets.region }],
    population: 1,
    survivors: 'all',
    unfit: tagFitness(group.tags, environment).map((one) => ({ target: group.arn, ...one })),
    demands: [],
    capture,
    standing: { [`${name} in ${step.targets.region}`]: group.desired },
    calls: callsOf(capture, group, environment),
    permissions: PERMISSIONS,
  })
}

function callsOf(
  { group, before, after, region }: Capture,
  { most }: SeenGroup,
  environment: CompiledEnvironment,
) {
  const plane = `(control plane, ${environment.regions[region] ?? region})`
  return [
    `autoscaling SetDesiredCapacity ${plane}: ${group} from ${before} to ${after}, of ${most} at most`,
    `then wait for ${after} healthy targets: elasticloadbalancing DescribeTargetHealth ${plane}`,
    `undo: autoscaling SetDesiredCapacity ${plane}: ${group} from ${after} to ${before}`,
  ]
}

/** How many targets of each group a load balancer calls healthy. */
export async function healthyOf(
  aws: Aws,
  arns: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<Record<string, number>>> {
  const healthy: Record<string, number> = {}
  for (const arn of arns) {
    const targets = await readTargets(aws, arn, signal)
    if (!targets.ok) return targets
    healthy[arn] = targets.value.filter(({ state }) => state === 'healthy').length
  }
  return success(healthy)
}
