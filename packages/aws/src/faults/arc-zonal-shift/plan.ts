import type { CompiledEnvironment, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { z } from 'zod'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { findInstances } from '../../ec2/describe-instances.ts'
import { captureState, groupsAround } from '../../instances/capture.ts'
import { readParameters } from '../../instances/parameters.ts'
import { tagFitness } from '../../instances/plan.ts'
import { filtersOf, isInZones } from '../../instances/selection.ts'
import { survivorsOf } from '../../instances/survivors.ts'
import { activeShifts, managedResources } from '../../zonal-shift/shifts.ts'
import { parameters } from './parameters.ts'

/** The name in the catalogue. */
export const NAME = 'arc-zonal-shift'
const OPERATION = `${NAME}.plan`
const MINUTE_MS = 60_000
const LONGEST_MS = 72 * 60 * MINUTE_MS

/** IAM actions of the platform's role. */
export const PERMISSIONS = [
  'arc-zonal-shift:CancelZonalShift',
  'arc-zonal-shift:ListManagedResources',
  'arc-zonal-shift:ListZonalShifts',
  'arc-zonal-shift:StartZonalShift',
  'ec2:DescribeInstances',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
] as const

/** No shift was active on any of the resources: that is the prior state. */
export const captureSchema = z.strictObject({
  region: z.string(),
  zone: z.string(),
  zoneId: z.string(),
  resources: z.array(z.string()),
  minutes: z.int(),
})
/** What undo and its verification need. */
export type Capture = z.infer<typeof captureSchema>

type About = Readonly<{
  aws: Aws
  environment: CompiledEnvironment
  observe: (region: string) => Outcome<Aws>
  signal: AbortSignal
}>

/** Finds the balancers in front of the instances that the selector means, and that their traffic can be shifted. */
export async function planStep(about: About, step: InjectStep): Promise<Outcome<StepPlan>> {
  const { aws, environment, observe, signal } = about
  const read = readParameters(parameters, step)
  if (!read.ok) return read
  const problem = stepProblem(step)
  if (problem !== undefined) return failed('invalid', OPERATION, 'StepUnfit', problem)
  const found = await findInstances(aws, filtersOf(step), signal)
  if (!found.ok) return found
  const there = found.value.filter((instance) => isInZones(instance, step))
  const [first] = there
  const groups = await groupsAround(aws, found.value, signal)
  if (!groups.ok) return groups
  const resources = [...new Set(groups.value.flatMap(({ balancers }) => balancers))].toSorted()
  if (first === undefined || resources.length === 0) return success(NOTHING)
  const free = await whyNotFree(aws, resources, signal)
  if (!free.ok) return free
  if (free.value !== undefined) return failed('invalid', OPERATION, free.value.code, free.value.message)
  const state = await captureState(aws, environment.account, there, signal)
  if (!state.ok) return state
  const { instances } = state.value.capture
  const survivors = await survivorsOf(aws, step, read.value, { instances }, environment, observe, signal)
  if (!survivors.ok) return survivors
  const { zone, zoneId } = first
  const minutes = Math.ceil(step.durationMs / MINUTE_MS)
  const capture: Capture = { region: aws.region, zone, zoneId, resources, minutes }
  return success({
    ...(survivors.value === undefined ? {} : { survivors: survivors.value }),
    demands: [],
    targets: resources.map((arn) => ({ id: arn, label: labelOf(arn), region: aws.region, zone })),
    // Each balancer is chosen with one of its zones, out of all that the instances are in.
    population: resources.length * new Set(found.value.map((instance) => instance.zone)).size,
    // A balancer opts in by being managed; whoever shuts its instances out from drills shuts it out too.
    unfit: there.flatMap(({ id, tags }) =>
      tagFitness(tags, environment).map(({ guardrail, reason }) => ({ target: id, guardrail, reason })),
    ),
    capture,
    calls: [
      ...resources.map(
        (arn) => `arc-zonal-shift StartZonalShift: ${labelOf(arn)} away from ${zoneId} for ${minutes}m`,
      ),
      ...resources.map((arn) => `undo: arc-zonal-shift CancelZonalShift: ${labelOf(arn)}`),
    ],
    permissions: [...PERMISSIONS],
  })
}

/** What people call a balancer: the name in its ARN. */
export function labelOf(arn: string): string {
  return arn.split('/').at(-2) ?? arn
}

function stepProblem({ targets, durationMs }: InjectStep): string | undefined {
  if (targets.zones.length !== 1) return 'a zonal shift needs exactly one zone in its selector'
  if (targets.choose.mode !== 'all') return 'traffic is shifted for all balancers that match: choose: all'
  if (durationMs < MINUTE_MS || durationMs > LONGEST_MS)
    return `a zonal shift lasts 1 minute to 72 hours, the step says ${durationMs / 1000} s`
  return undefined
}

async function whyNotFree(
  aws: Aws,
  resources: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<Readonly<{ code: string; message: string }> | undefined>> {
  const managed = await managedResources(aws, signal)
  if (!managed.ok) return managed
  const outside = resources.find((arn) => !managed.value.has(arn))
  if (outside !== undefined)
    return success({ code: 'NotManaged', message: `${labelOf(outside)} has not opted in to zonal shift` })
  const shifts = await activeShifts(aws, signal)
  if (!shifts.ok) return shifts
  const other = shifts.value.find(({ resource }) => resources.includes(resource))
  return success(
    other === undefined
      ? undefined
      : {
          code: 'AlreadyShifted',
          message: `traffic of ${labelOf(other.resource)} is shifted away from ${other.awayFrom} already`,
        },
  )
}

/** Nothing matches: the selector's guardrail says so. */
const NOTHING: StepPlan = {
  targets: [],
  population: 0,
  unfit: [],
  demands: [],
  capture: {},
  calls: [],
  permissions: [...PERMISSIONS],
}
