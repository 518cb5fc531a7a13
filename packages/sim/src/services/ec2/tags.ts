import type { Instance } from '../../world/model.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { tagAttached, transitGatewaysOf, volumesOf, type AttachedResource } from './attached-resources.ts'
import { findInstances } from './describe-instances.ts'
import { dryRunSucceeded, EC2_INPUT_FAULTS, invalidFilter } from './ec2-faults.ts'
import { matchesAny, readFilters, type Filter } from './filters.ts'
import { pageOf } from './paging.ts'
import { subnetNotFound, subnetsOf, tagSubnet, type Subnet } from './subnets.ts'

/** Something that can have tags. */
type Tagged = {
  readonly id: string
  readonly type: 'instance' | 'subnet' | AttachedResource['type']
  readonly tags: Readonly<Record<string, string>>
  /** Sets tags, or removes those that are null. */
  readonly change: (tags: Readonly<Record<string, string | null>>) => void
}

type TagRow = {
  readonly resourceId: string
  readonly resourceType: Tagged['type']
  readonly key: string
  readonly value: string
}

/** `CreateTags`: sets tags on instances, subnets, volumes and transit gateways. */
export function createTags(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const resources = readResources(call, reader)
  const tags = reader
    .structures('Tag')
    .map((tag) => [tag.requiredText('Key'), tag.text('Value') ?? ''] as const)
  if (tags.length === 0) throw EC2_INPUT_FAULTS.missing('tagSet')
  for (const [key] of tags) {
    if (key.toLowerCase().startsWith('aws:')) {
      throw new AwsFault({
        code: 'InvalidParameterValue',
        message: `Value ( ${key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
      })
    }
  }
  if (reader.flag('DryRun') === true) throw dryRunSucceeded()
  for (const { change } of resources) change(Object.fromEntries(tags))
  return { return: true }
}

/** `DeleteTags`: removes tags by key, or by key and value where a value is given. */
export function deleteTags(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const resources = readResources(call, reader)
  const wanted = reader
    .structures('Tag')
    .map((tag) => ({ key: tag.requiredText('Key'), value: tag.text('Value') }))
  if (reader.flag('DryRun') === true) throw dryRunSucceeded()
  for (const { tags, change } of resources) {
    const gone = wanted.filter(({ key, value }) => value === undefined || tags[key] === value)
    change(Object.fromEntries(gone.map(({ key }) => [key, null])))
  }
  return { return: true }
}

/** `DescribeTags` over the instances, subnets, volumes and transit gateways of the Region. */
export function describeTags(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const filters = readFilters(reader)
  const rows = [
    ...call.world.compute.inRegion(call.region).map((instance) => taggedInstance(call, instance)),
    ...subnetsOf(call.world, call.region).map((subnet) => taggedSubnet(call, subnet)),
    ...attachedOf(call),
  ].flatMap((resource) => rowsOf(resource))
  const matching = rows
    .filter((row) => filters.every((filter) => matchesAny([tagField(row, filter)], filter.values)))
    .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
  const { items, nextToken } = pageOf(matching, keyOf, reader, 5)
  return { tagSet: items, nextToken }
}

/** @throws AwsFault if any of the resources does not exist; then none of them is touched. */
function readResources(call: Call, reader: InputReader): readonly Tagged[] {
  const ids = reader.texts('ResourceId')
  if (ids.length === 0) throw EC2_INPUT_FAULTS.missing('resourceIdSet')
  const subnets = subnetsOf(call.world, call.region)
  const attached = ids.some((id) => isAttached(id)) ? attachedOf(call) : []
  const instances = findInstances(
    call,
    ids.filter((id) => !id.startsWith('subnet-') && !isAttached(id)),
  )
  return ids.map((id): Tagged => {
    if (isAttached(id)) {
      const found = attached.find((candidate) => candidate.id === id)
      if (found === undefined) throw attachedNotFound(id)
      return found
    }
    const instance = instances.find((candidate) => candidate.id === id)
    if (instance !== undefined) return taggedInstance(call, instance)
    const subnet = subnets.find((candidate) => candidate.id === id)
    if (subnet === undefined) throw subnetNotFound(id)
    return taggedSubnet(call, subnet)
  })
}

function taggedInstance({ world }: Call, { id, tags }: Instance): Tagged {
  return { id, type: 'instance', tags, change: (change) => world.compute.tag(id, change) }
}

function taggedSubnet({ world }: Call, subnet: Subnet): Tagged {
  const { id, tags } = subnet
  return { id, type: 'subnet', tags, change: (change) => tagSubnet(world, subnet, change) }
}

function isAttached(id: string): boolean {
  return id.startsWith('vol-') || id.startsWith('tgw-')
}

function attachedOf({ world, region }: Call): readonly Tagged[] {
  return [...volumesOf(world, region), ...transitGatewaysOf(world, region)].map((resource) => ({
    ...resource,
    change: (change) => tagAttached(world, resource, change),
  }))
}

function attachedNotFound(id: string): AwsFault {
  return id.startsWith('vol-')
    ? new AwsFault({ code: 'InvalidVolume.NotFound', message: `The volume '${id}' does not exist.` })
    : new AwsFault({
        code: 'InvalidTransitGatewayID.NotFound',
        message: `Transit Gateway ${id} was deleted or does not exist.`,
      })
}

function rowsOf({ id, type, tags }: Tagged): TagRow[] {
  return Object.entries(tags).map(([key, value]) => ({
    resourceId: id,
    resourceType: type,
    key,
    value,
  }))
}

function keyOf({ resourceId, key }: TagRow): string {
  return `${resourceId}|${key}`
}

function tagField(row: TagRow, { name }: Filter): string {
  if (name.startsWith('tag:')) return row.key === name.slice('tag:'.length) ? row.value : '\0'
  switch (name) {
    case 'key':
      return row.key
    case 'value':
      return row.value
    case 'resource-id':
      return row.resourceId
    case 'resource-type':
      return row.resourceType
    default:
      throw invalidFilter(name)
  }
}
