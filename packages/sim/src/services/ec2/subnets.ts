import type { World } from '../../world/world.ts'
import { hexAt } from '../../world/random.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { EC2_INPUT_FAULTS, invalidFilter } from './ec2-faults.ts'
import { matchesAny, readFilters, type Filter } from './filters.ts'
import { tagsView } from './instance-view.ts'
import { pageOf } from './paging.ts'

/** A subnet of the world: where its instances and load balancer nodes are. Only its tags can be changed. */
export type Subnet = {
  readonly id: string
  readonly vpcId: string
  readonly region: string
  readonly az: string
  readonly azId: string
  readonly tags: Readonly<Record<string, string>>
}

type SubnetTags = Readonly<Record<string, string>>

/** The subnets of a Region, in order of id. */
export function subnetsOf(world: World, region: string): readonly Subnet[] {
  const places = new Map<string, Omit<Subnet, 'tags'>>()
  for (const [key, template] of world.compute.templates.entries()) {
    if (!key.startsWith(`${region}|`)) continue
    for (const [az, id] of Object.entries(template.subnets))
      places.set(id, { id, vpcId: template.vpcId, region, az, azId: template.azIds[az] ?? az })
  }
  return [...places.values()]
    .map((place) => ({ ...place, tags: tagTable(world).get(place.id) ?? {} }))
    .sort((left, right) => (left.id < right.id ? -1 : 1))
}

/** Sets or (with null) removes tags of a subnet. */
export function tagSubnet(world: World, subnet: Subnet, tags: Readonly<Record<string, string | null>>): void {
  const merged = Object.entries({ ...subnet.tags, ...tags }).filter(
    (pair): pair is [string, string] => pair[1] !== null,
  )
  tagTable(world).put(subnet.id, Object.fromEntries(merged))
}

/** `DescribeSubnets`. */
export function describeSubnets(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const ids = reader.texts('SubnetId')
  const filters = readFilters(reader)
  const all = subnetsOf(call.world, call.region)
  const missing = ids.find((id) => !all.some((subnet) => subnet.id === id))
  if (missing !== undefined) throw subnetNotFound(missing)
  const matching = all
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .filter((subnet) => filters.every((filter) => matchesAny(subnetField(subnet, filter), filter.values)))
  const { items, nextToken } = pageOf(matching, ({ id }) => id, reader, 5)
  return { subnetSet: items.map((subnet) => subnetView(call, subnet)), nextToken }
}

/**
 * `DescribeNetworkAcls`: one default list per network, and one for each disruption that FIS has in force, which holds
 * the subnets that it cuts off. What a disruption leaves behind would be found here.
 */
export function describeNetworkAcls(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const ids = reader.texts('NetworkAclId')
  const filters = readFilters(reader)
  const all = networkAcls(call)
  const missing = ids.find((id) => !all.some((acl) => acl.id === id))
  if (missing !== undefined) {
    const message = `The networkAcl ID '${missing}' does not exist`
    throw new AwsFault({ code: 'InvalidNetworkAclID.NotFound', message })
  }
  const matching = all
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .filter((acl) => filters.every((filter) => matchesAny(aclField(acl, filter), filter.values)))
  const { items, nextToken } = pageOf(matching, ({ id }) => id, reader, 5)
  return { networkAclSet: items.map((acl) => aclView(call, acl)), nextToken }
}

type NetworkAcl = {
  readonly id: string
  readonly vpcId: string
  readonly isDefault: boolean
  readonly subnetIds: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

function networkAcls({ world, region }: Call): readonly NetworkAcl[] {
  const subnets = subnetsOf(world, region)
  const clones = world.impairments.all().flatMap(({ id, region: where, effect }): NetworkAcl[] => {
    if (where !== region || effect.kind !== 'connectivity') return []
    const [experiment = '', action = ''] = id.split('/')
    const [first] = effect.subnetIds
    return [
      {
        id: `acl-0${hexOf(id)}`,
        vpcId: subnets.find((subnet) => subnet.id === first)?.vpcId ?? '',
        isDefault: false,
        subnetIds: effect.subnetIds,
        tags: { managedByFIS: 'true', 'aws:fis:experiment-id': experiment, Name: `${experiment}-${action}` },
      },
    ]
  })
  const moved = new Set(clones.flatMap(({ subnetIds }) => subnetIds))
  const defaults = [...new Set(subnets.map(({ vpcId }) => vpcId))].map((vpcId) => ({
    id: `acl-0${hexOf(vpcId)}`,
    vpcId,
    isDefault: true,
    subnetIds: subnets
      .filter((subnet) => subnet.vpcId === vpcId && !moved.has(subnet.id))
      .map(({ id }) => id),
    tags: {},
  }))
  return [...defaults, ...clones].sort((left, right) => (left.id < right.id ? -1 : 1))
}

function subnetView({ world, region, account }: Call, subnet: Subnet): WireStructure {
  const inside = world.compute.inRegion(region).filter(({ subnetId }) => subnetId === subnet.id)
  return {
    subnetId: subnet.id,
    subnetArn: subnetArn(region, account, subnet.id),
    state: 'available',
    ownerId: account,
    vpcId: subnet.vpcId,
    cidrBlock: cidrOf(inside.map(({ privateIp }) => privateIp)),
    availableIpAddressCount: 251 - inside.length,
    availabilityZone: subnet.az,
    availabilityZoneId: subnet.azId,
    defaultForAz: false,
    mapPublicIpOnLaunch: true,
    tagSet: tagsView(subnet.tags),
  }
}

function aclView({ account }: Call, acl: NetworkAcl): WireStructure {
  const entry = (egress: boolean): WireStructure => ({
    ruleNumber: 100,
    protocol: '-1',
    ruleAction: acl.isDefault ? 'allow' : 'deny',
    egress,
    cidrBlock: '0.0.0.0/0',
  })
  return {
    networkAclId: acl.id,
    vpcId: acl.vpcId,
    default: acl.isDefault,
    ownerId: account,
    entrySet: [entry(false), entry(true)],
    associationSet: acl.subnetIds.map((subnetId) => ({
      networkAclAssociationId: `aclassoc-0${hexOf(`${acl.id}${subnetId}`)}`,
      networkAclId: acl.id,
      subnetId,
    })),
    tagSet: tagsView(acl.tags),
  }
}

/** The ARN of a subnet. */
export function subnetArn(region: string, account: string, id: string): string {
  return `arn:aws:ec2:${region}:${account}:subnet/${id}`
}

/** No such subnet. */
export function subnetNotFound(id: string): AwsFault {
  return new AwsFault({
    code: 'InvalidSubnetID.NotFound',
    message: `The subnet ID '${id}' does not exist`,
  })
}

function tagTable(world: World): ReturnType<typeof world.kernel.store.table<SubnetTags>> {
  return world.kernel.store.table<SubnetTags>('subnet-tags')
}

function subnetField(subnet: Subnet, { name }: Filter): readonly string[] {
  if (name.startsWith('tag:')) return [subnet.tags[name.slice('tag:'.length)] ?? []].flat()
  switch (name) {
    case 'subnet-id':
      return [subnet.id]
    case 'vpc-id':
      return [subnet.vpcId]
    case 'availability-zone':
      return [subnet.az]
    case 'availability-zone-id':
      return [subnet.azId]
    case 'state':
      return ['available']
    case 'tag-key':
      return Object.keys(subnet.tags)
    default:
      throw invalidFilter(name)
  }
}

function aclField(acl: NetworkAcl, { name }: Filter): readonly string[] {
  if (name.startsWith('tag:')) return [acl.tags[name.slice('tag:'.length)] ?? []].flat()
  switch (name) {
    case 'network-acl-id':
      return [acl.id]
    case 'vpc-id':
      return [acl.vpcId]
    case 'default':
      return [String(acl.isDefault)]
    case 'association.subnet-id':
      return acl.subnetIds
    case 'tag-key':
      return Object.keys(acl.tags)
    default:
      throw invalidFilter(name)
  }
}

function cidrOf(addresses: readonly string[]): string {
  const [first = '10.0.0.0'] = addresses
  return `${first.slice(0, first.lastIndexOf('.'))}.0/24`
}

function hexOf(text: string): string {
  return hexAt(0, text, 16)
}
