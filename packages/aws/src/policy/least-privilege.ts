import type { CompiledEnvironment } from '@firedrill/core'

/** One statement of an IAM policy. */
export type PolicyStatement = Readonly<{
  Sid: string
  Effect: 'Allow'
  Action: readonly string[]
  Resource: readonly string[]
  Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}>
/** An IAM policy document. */
export type Policy = Readonly<{ Version: '2012-10-17'; Statement: readonly PolicyStatement[] }>

/** What a policy is for: the IAM actions of a plan, and where it acts. */
export type PolicyScope = Readonly<{
  permissions: readonly string[]
  environment: CompiledEnvironment
  /** Ids of the plan's targets; record sets among them narrow what may be changed in a zone. */
  targets: readonly string[]
}>

type Scope =
  | 'everything'
  | 'fis'
  | 'record'
  | 'zone'
  | 'new-zone'
  | 'made-zone'
  | 'change'
  | 'instance'
  | 'group'
  | 'shifted'
  | 'schedule'
  | 'pass-role'

/**
 * On what each action of the catalogue acts. `everything`: AWS lets it be limited to nothing smaller, and it only describes. A test
 * holds this against the catalogue, both ways.
 */
export const ACTION_SCOPES: Readonly<Record<string, Scope>> = {
  'arc-zonal-shift:CancelZonalShift': 'shifted',
  'arc-zonal-shift:ListManagedResources': 'everything',
  'arc-zonal-shift:ListZonalShifts': 'everything',
  'arc-zonal-shift:StartZonalShift': 'shifted',
  'autoscaling:DescribeAutoScalingGroups': 'everything',
  'autoscaling:SetDesiredCapacity': 'group',
  'ec2:DescribeInstances': 'everything',
  'ec2:DescribeNetworkAcls': 'everything',
  'ec2:DescribeSubnets': 'everything',
  'ec2:DescribeVpcs': 'everything',
  'ec2:StartInstances': 'instance',
  'elasticloadbalancing:DescribeTargetGroups': 'everything',
  'elasticloadbalancing:DescribeTargetHealth': 'everything',
  'fis:CreateExperimentTemplate': 'fis',
  'fis:DeleteExperimentTemplate': 'fis',
  'fis:GetExperiment': 'fis',
  'fis:GetSafetyLever': 'fis',
  'fis:ListExperimentResolvedTargets': 'fis',
  'fis:ListExperimentTemplates': 'everything',
  'fis:ListExperiments': 'everything',
  'fis:StartExperiment': 'fis',
  'fis:StopExperiment': 'fis',
  'fis:TagResource': 'fis',
  'iam:PassRole': 'pass-role',
  'route53:AssociateVPCWithHostedZone': 'made-zone',
  'route53:ChangeResourceRecordSets': 'record',
  'route53:CreateHostedZone': 'new-zone',
  'route53:DeleteHostedZone': 'made-zone',
  'route53:GetChange': 'change',
  'route53:GetHostedZone': 'made-zone',
  'route53:ListHostedZonesByName': 'everything',
  'route53:ListResourceRecordSetProtections': 'zone',
  'route53:ListResourceRecordSets': 'zone',
  'route53:ListTagsForResource': 'zone',
  'scheduler:CreateSchedule': 'schedule',
  'scheduler:DeleteSchedule': 'schedule',
  'scheduler:GetSchedule': 'schedule',
  'scheduler:UpdateSchedule': 'schedule',
}

/**
 * The policy that the platform's role needs for a plan, and no more: in the Regions, zones and account of the environment, on what
 * carries its required tags where AWS knows of tags. Route 53 knows none; there the zone and the names of the records are named.
 * @throws Error for an action of no known scope, rather than allow it everywhere.
 */
export function leastPrivilege(scope: PolicyScope): Policy {
  const byScope = new Map<Scope, string[]>()
  for (const action of [...new Set(scope.permissions)].toSorted()) {
    const place = ACTION_SCOPES[action]
    if (place === undefined) throw new Error(`no scope is known for ${action}`)
    byScope.set(place, [...(byScope.get(place) ?? []), action])
  }
  const isScheduled = byScope.has('schedule')
  return {
    Version: '2012-10-17',
    Statement: [...byScope].flatMap(([place, actions]) =>
      place === 'pass-role' ? passRoles(scope, isScheduled) : [statement(place, actions, scope)],
    ),
  }
}

function statement(
  place: Exclude<Scope, 'pass-role'>,
  actions: readonly string[],
  scope: PolicyScope,
): PolicyStatement {
  const { environment, targets } = scope
  const { account, touch } = environment
  const allow = (
    sid: string,
    resources: readonly string[],
    condition?: PolicyStatement['Condition'],
  ): PolicyStatement => ({
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(condition === undefined ? {} : { Condition: condition }),
  })
  const everywhere = (arn: (region: string) => string) =>
    [...new Set(Object.values(environment.regions))].toSorted().map(arn)
  const zones = [...new Set(Object.values(environment.hostedZones).map(({ id }) => id))].toSorted()
  const tagged = {
    StringEquals: Object.fromEntries(
      Object.entries(touch.requiredTags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
    ),
    StringNotEquals: { [`aws:ResourceTag/${touch.exemptTag}`]: 'true' },
  }
  switch (place) {
    case 'everything':
      return allow('Describe', ['*'])
    case 'fis':
      return allow(
        'Experiments',
        everywhere((region) => `arn:aws:fis:${region}:${account}:*`),
      )
    case 'instance':
      return allow(
        'StartAgain',
        everywhere((region) => `arn:aws:ec2:${region}:${account}:instance/*`),
        tagged,
      )
    case 'group':
      return allow(
        'Capacity',
        everywhere((region) => `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*`),
        tagged,
      )
    case 'shifted':
      return allow('ZonalShifts', [
        ...everywhere((region) => `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/*`),
        ...everywhere((region) => `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*`),
      ])
    case 'schedule':
      return allow(
        'DeadMan',
        everywhere((region) => `arn:aws:scheduler:${region}:${account}:schedule/*`),
      )
    case 'zone':
      return allow('Zones', [...zones, ...(shadowsOf(targets).length > 0 ? ['*'] : [])].map(zoneArn))
    case 'new-zone':
      // Route 53 narrows this by the VPC alone.
      return allow('NewZones', ['*'], { 'ForAllValues:StringEquals': { 'route53:VPCs': vpcsOf(scope) } })
    case 'made-zone':
      // The id of a zone is not known before it is made, and Route 53 knows no tags here; it deletes empty zones only.
      return allow('MadeZones', [zoneArn('*')])
    case 'change':
      return allow('Changes', ['arn:aws:route53:::change/*'])
    case 'record':
      return recordStatement(allow, zones, targets)
  }
}

function recordStatement(
  allow: (
    sid: string,
    resources: readonly string[],
    condition?: PolicyStatement['Condition'],
  ) => PolicyStatement,
  zones: readonly string[],
  targets: readonly string[],
): PolicyStatement {
  const records = targets.flatMap((target) => {
    const [, zone, name, type] = /^route53:([^/]+)\/(.+)\/([A-Z]+)(?:\/[^/]*)?$/.exec(target) ?? []
    return zone === undefined || name === undefined || type === undefined ? [] : [{ zone, name, type }]
  })
  const made = shadowsOf(targets).map(({ name }) => ({ zone: '*', name, type: 'SOA' }))
  const all = [...records, ...made]
  if (all.length === 0) return allow('Records', zones.map(zoneArn))
  const unique = (words: readonly string[]) => [...new Set(words)].toSorted()
  return allow('Records', unique(all.map(({ zone }) => zone)).map(zoneArn), {
    'ForAllValues:StringEquals': {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': unique(all.map(({ name }) => name)),
      'route53:ChangeResourceRecordSetsRecordTypes': unique(all.map(({ type }) => type)),
    },
  })
}

/** Names that a VPC is to lose, by the targets of `route53-shadow-name`. */
function shadowsOf(targets: readonly string[]): readonly Readonly<{ vpcId: string; name: string }>[] {
  return targets.flatMap((target) => {
    const [, vpcId, name] = /^route53:shadow\/([^/]+)\/([^/]+)$/.exec(target) ?? []
    return vpcId === undefined || name === undefined ? [] : [{ vpcId, name }]
  })
}

function vpcsOf({ environment, targets }: PolicyScope): readonly string[] {
  const regions = [...new Set(Object.values(environment.regions))].toSorted()
  return shadowsOf(targets).flatMap(({ vpcId }) =>
    regions.map((region) => `VPCId=${vpcId},VPCRegion=${region}`),
  )
}

function zoneArn(id: string): string {
  return `arn:aws:route53:::hostedzone/${id}`
}

/** A role may be handed to its own service alone. */
function passRoles({ environment }: PolicyScope, isScheduled: boolean): readonly PolicyStatement[] {
  const { fisRoleArn, schedulerRoleArn } = environment.aws
  const pass = (sid: string, role: string, service: string): PolicyStatement => ({
    Sid: sid,
    Effect: 'Allow',
    Action: ['iam:PassRole'],
    Resource: [role],
    Condition: { StringEquals: { 'iam:PassedToService': service } },
  })
  return [
    pass('PassToFis', fisRoleArn, 'fis.amazonaws.com'),
    ...(isScheduled && schedulerRoleArn !== undefined
      ? [pass('PassToScheduler', schedulerRoleArn, 'scheduler.amazonaws.com')]
      : []),
  ]
}
