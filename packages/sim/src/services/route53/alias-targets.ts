import type { Balancers } from '../../world/balancers.ts'
import type { RecordSet, Zone } from '../../world/model.ts'
import { toWireName } from './names.ts'

/**
 * What is wrong with the target of an alias, in Route 53's words, once the whole batch is in. Targets in zones that
 * belong to AWS services other than load balancers are taken on trust.
 */
export function aliasTargetProblems(
  zone: Zone,
  balancers: Balancers,
  record: RecordSet,
  after: readonly RecordSet[],
): string[] {
  const { alias, type } = record
  if (alias === null) return []
  const what = `Tried to create an alias that targets ${toWireName(alias.dnsName)}, type ${type} in zone ${alias.hostedZoneId}`
  if (alias.hostedZoneId === zone.id) {
    if (alias.dnsName !== zone.name && !alias.dnsName.endsWith(`.${zone.name}`))
      return [`${what}, but the alias target name does not lie within the target zone`]
    const isThere = after.some(
      (other) => other.name === alias.dnsName && other.type === type && other !== record,
    )
    return isThere ? [] : [`${what}, but that target was not found`]
  }
  const ofBalancers = [...balancers.loadBalancers.values()].filter(
    ({ canonicalHostedZoneId }) => canonicalHostedZoneId === alias.hostedZoneId,
  )
  if (ofBalancers.length === 0) return []
  const target = balancers.byDnsName(alias.dnsName)
  return target !== undefined && ofBalancers.includes(target)
    ? []
    : [`${what}, but the alias target name does not lie within the target zone`]
}
