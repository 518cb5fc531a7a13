import type { CompiledEnvironment, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { z } from 'zod'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { findInstances } from '../../ec2/describe-instances.ts'
import { instanceParameters, readParameters } from '../../instances/parameters.ts'
import { tagFitness } from '../../instances/plan.ts'
import { filtersOf, isInZones } from '../../instances/selection.ts'
import { survivorsOf } from '../../instances/survivors.ts'
import { zonesNamed } from './zone.ts'

const OPERATION = 'route53-shadow-name.plan'
/** Private zones an account may have, unless AWS raised it, together with the public ones. */
const ZONES_MAX = 500

/** IAM actions of the platform's role. */
export const PERMISSIONS = [
  'ec2:DescribeInstances',
  'ec2:DescribeVpcs',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'route53:AssociateVPCWithHostedZone',
  'route53:ChangeResourceRecordSets',
  'route53:CreateHostedZone',
  'route53:DeleteHostedZone',
  'route53:GetHostedZone',
  'route53:ListHostedZonesByName',
  'route53:ListResourceRecordSets',
] as const

const { survivorsMin, survivorsRegion } = instanceParameters

/** The name that is to be lost, with everything below it, and who has to be left. */
export const parameters = z.strictObject({
  name: z
    .string()
    .regex(/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/, 'a full name in lower case, without trailing dot')
    .refine((name) => name.split('.').length > 2, 'a name below a public suffix, not the suffix itself'),
  survivorsMin,
  survivorsRegion,
})

/** What undo needs. Nothing of the name itself is touched, so there is nothing of it to keep. */
export const captureSchema = z.strictObject({
  /** AWS code. */
  region: z.string(),
  /** The Region by its name in the environment. */
  place: z.string(),
  vpcId: z.string(),
  /** With trailing dot. */
  name: z.string(),
})
export type Capture = z.infer<typeof captureSchema>

type About = Readonly<{
  aws: Aws
  environment: CompiledEnvironment
  observe: (region: string) => Outcome<Aws>
  signal: AbortSignal
}>

/** Finds the VPC of the instances that are meant. Describes only. */
export async function planStep(about: About, step: InjectStep): Promise<Outcome<StepPlan>> {
  const { aws, environment, observe, signal } = about
  const unfitStep = (message: string) => failed('invalid', OPERATION, 'StepUnfit', message)
  const read = readParameters(parameters, step)
  if (!read.ok) return read
  const { choose } = step.targets
  if (choose.mode !== 'all') return unfitStep('a name is lost to a whole VPC: choose is all')
  const found = await findInstances(aws, filtersOf(step), signal)
  if (!found.ok) return found
  const meant = found.value.filter((instance) => isInZones(instance, step))
  const vpcIds = [...new Set(meant.map(({ vpcId }) => vpcId))]
  const [vpcId] = vpcIds
  if (vpcId === undefined)
    return success({ targets: [], population: 0, unfit: [], survivors: 'all', demands: [], ...NOTHING })
  if (vpcIds.length > 1)
    return unfitStep(`these instances are in ${vpcIds.join(' and ')}: take a step for each`)
  const name = `${read.value.name}.`
  const zones = await zonesNamed(aws, name, signal)
  if (!zones.ok) return zones
  if (zones.value.some(({ isPrivate }) => isPrivate))
    return unfitStep(`there is a private zone ${read.value.name} already, such as that of a VPC endpoint`)
  const survivors = await survivorsOf(
    aws,
    step,
    read.value,
    { instances: meant },
    environment,
    observe,
    signal,
  )
  if (!survivors.ok) return survivors
  const capture: Capture = { region: aws.region, place: step.targets.region, vpcId, name }
  const id = `route53:shadow/${vpcId}/${read.value.name}`
  return success({
    targets: [{ id, label: `${read.value.name} in ${vpcId}`, region: aws.region }],
    population: 1,
    ...(survivors.value === undefined ? {} : { survivors: survivors.value }),
    unfit: meant.flatMap((instance) =>
      tagFitness(instance.tags, environment).map((problem) => ({
        target: id,
        ...problem,
        reason: `instance ${instance.id} in it ${problem.reason}`,
      })),
    ),
    demands: [
      {
        quota: 'Route 53 hosted zones made by a step',
        fault: 1,
        undo: 0,
        limit: ZONES_MAX,
        isShared: false,
        per: 'request',
      },
    ],
    capture,
    calls: [
      `route53 CreateHostedZone (control plane, us-east-1): private zone ${read.value.name}, empty, for ${vpcId}`,
      `route53 ChangeResourceRecordSets: its SOA, so that "no such name" is remembered for a minute`,
      `undo: route53 DeleteHostedZone`,
    ],
    permissions: PERMISSIONS,
  })
}

const NOTHING = { capture: null, calls: [], permissions: PERMISSIONS }
