import type { Outcome } from '@firedrill/core'
import { failed, read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { ec2Sdk } from './sdk.ts'

/** A subnet and the network ACL that is in force on it. */
export type SeenSubnet = Readonly<{
  id: string
  zone: string
  tags: Readonly<Record<string, string>>
  acl: Readonly<{ id: string; isOfFis: boolean; entries: number }>
}>

/** FIS tags what it clones with this, so that leftovers can be told from anybody else's. */
const OF_FIS = 'managedByFIS'

/** Subnets by id with the ACL that each is associated with, in order of id. Ids that EC2 does not know fail the whole. */
export async function readSubnets(
  aws: Aws,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<readonly SeenSubnet[]>> {
  if (ids.length === 0) return success([])
  const answer = await read('ec2.DescribeSubnets', signal, (options) =>
    aws.ec2.send(new (ec2Sdk().DescribeSubnetsCommand)({ SubnetIds: [...ids] }), options),
  )
  if (!answer.ok) return answer
  const acls = await readAcls(aws, ids, signal)
  if (!acls.ok) return acls
  const found: SeenSubnet[] = []
  for (const { SubnetId: id, AvailabilityZone: zone = '', Tags = [] } of answer.value.Subnets ?? []) {
    const acl = id === undefined ? undefined : acls.value.get(id)
    if (id === undefined || acl === undefined)
      return failed(
        'unexpected',
        'ec2.DescribeNetworkAcls',
        'NoAcl',
        `subnet ${id ?? '?'} has no network ACL`,
      )
    const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']))
    found.push({ id, zone, tags, acl })
  }
  return success(found.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
}

async function readAcls(
  aws: Aws,
  subnetIds: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<ReadonlyMap<string, SeenSubnet['acl']>>> {
  const operation = 'ec2.DescribeNetworkAcls'
  const acls = await readPages(
    (token) =>
      read(operation, signal, (options) =>
        aws.ec2.send(
          new (ec2Sdk().DescribeNetworkAclsCommand)({
            Filters: [{ Name: 'association.subnet-id', Values: [...subnetIds] }],
            ...(token === undefined ? {} : { NextToken: token }),
          }),
          options,
        ),
      ),
    (page) => page.NetworkAcls,
    (page) => page.NextToken,
    operation,
  )
  if (!acls.ok) return acls
  return success(
    new Map(
      acls.value.flatMap(({ NetworkAclId: id, Associations = [], Tags = [], Entries = [] }) => {
        if (id === undefined) return []
        const isOfFis = Tags.some(({ Key, Value }) => Key === OF_FIS && Value === 'true')
        const acl = { id, isOfFis, entries: Entries.length }
        return Associations.flatMap(({ SubnetId }) =>
          SubnetId === undefined ? [] : [[SubnetId, acl] as const],
        )
      }),
    ),
  )
}
