import type { Balancers } from '../../world/balancers.ts'
import { recordKey, type RecordChange, type RecordSet, type Zone } from '../../world/model.ts'
import { aliasTargetProblems } from './alias-targets.ts'
import type { ChangeAction, RequestedChange } from './change-batch.ts'
import { toWireName } from './names.ts'
import { invalidChangeBatch } from './route53-faults.ts'
import { valueProblems } from './record-values.ts'

/** A protection of one name and type; while it stands no change touches them. */
export type Protection = {
  readonly zoneId: string
  readonly name: string
  readonly type: string
  readonly comment: string
}

/** What a batch is checked against. */
export type BatchGround = {
  readonly zone: Zone
  readonly existing: readonly RecordSet[]
  readonly protections: readonly Protection[]
  readonly balancers: Balancers
}

const MAX_RECORD_ELEMENTS = 1_000
const MAX_VALUE_CHARACTERS = 32_000
const MAX_SETS_OF_ONE_NAME = 100

/**
 * Checks a whole batch against the zone as the control plane sees it.
 * @returns the changes to apply, all of them.
 * @throws AwsFault `InvalidChangeBatch` that lists every problem; then nothing is applied.
 */
export function validateBatch(
  ground: BatchGround,
  changes: readonly RequestedChange[],
): readonly RecordChange[] {
  const { zone, existing, protections } = ground
  const problems = sizeProblems(changes)
  const after = new Map(existing.map((record) => [recordKey(record), record]))
  const result: RecordChange[] = []
  for (const { action, record } of changes) {
    const found = [
      ...protectionProblems(record, protections),
      ...zoneProblems(zone, record),
      ...existenceProblems(action, record, after.get(recordKey(record))),
      ...(action === 'DELETE' ? [] : valueProblems(record)),
    ]
    problems.push(...found)
    if (found.length > 0) continue
    if (action === 'DELETE') after.delete(recordKey(record))
    else after.set(recordKey(record), record)
    result.push({ action: action === 'DELETE' ? 'delete' : 'put', record })
  }
  if (problems.length === 0) problems.push(...outcomeProblems(ground, changes, [...after.values()]))
  if (problems.length > 0) throw invalidChangeBatch(problems)
  return result
}

function sizeProblems(changes: readonly RequestedChange[]): string[] {
  let elements = 0
  let characters = 0
  for (const { action, record } of changes) {
    const factor = action === 'UPSERT' ? 2 : 1
    elements += factor * Math.max(1, record.values.length)
    characters += factor * record.values.reduce((sum, value) => sum + value.length, 0)
  }
  const problems: string[] = []
  if (elements > MAX_RECORD_ELEMENTS)
    problems.push(`Number of records limit of ${MAX_RECORD_ELEMENTS} exceeded.`)
  if (characters > MAX_VALUE_CHARACTERS)
    problems.push(`Number of characters limit of ${MAX_VALUE_CHARACTERS} exceeded.`)
  return problems
}

function protectionProblems(record: RecordSet, protections: readonly Protection[]): string[] {
  const protection = protections.find(({ name, type }) => name === record.name && type === record.type)
  if (protection === undefined) return []
  return [`The resource record set ${nameAndType(record)} is protected from changes: ${protection.comment}`]
}

function zoneProblems(zone: Zone, record: RecordSet): string[] {
  const { name, type } = record
  if (name !== zone.name && !name.endsWith(`.${zone.name}`)) {
    return [`RRSet with DNS name ${toWireName(name)} is not permitted in zone ${toWireName(zone.name)}`]
  }
  if (type === 'CNAME' && name === zone.name) {
    return [
      `RRSet of type CNAME with DNS name ${toWireName(name)} is not permitted at apex in zone ${toWireName(zone.name)}`,
    ]
  }
  return []
}

function existenceProblems(
  action: ChangeAction,
  record: RecordSet,
  existing: RecordSet | undefined,
): string[] {
  switch (action) {
    case 'UPSERT':
      return []
    case 'CREATE':
      return existing === undefined
        ? []
        : [`Tried to create resource record set ${nameAndType(record)} but it already exists`]
    case 'DELETE': {
      const what = `Tried to delete resource record set ${nameAndType(record)}`
      if (existing === undefined) return [`${what} but it was not found`]
      return isSame(existing, record)
        ? []
        : [`${what} but the values provided do not match the current values`]
    }
    default:
      return action satisfies never
  }
}

/** What must hold once all the changes of the batch are in: no CNAME beside other types, one routing policy per name and type. */
function outcomeProblems(
  { zone, balancers }: BatchGround,
  changes: readonly RequestedChange[],
  after: readonly RecordSet[],
): string[] {
  const problems: string[] = []
  const touched = new Set(changes.filter(({ action }) => action !== 'DELETE').map(({ record }) => record))
  for (const record of touched) {
    const neighbours = after.filter(
      (other) => other.name === record.name && recordKey(other) !== recordKey(record),
    )
    problems.push(
      ...cnameProblems(zone, record, neighbours),
      ...routingProblems(record, neighbours),
      ...aliasTargetProblems(zone, balancers, record, after),
    )
  }
  if (!after.some(({ name, type }) => name === zone.name && type === 'NS')) {
    problems.push('A HostedZone must contain at least one NS record for the zone itself.')
  }
  if (!after.some(({ name, type }) => name === zone.name && type === 'SOA')) {
    problems.push('A HostedZone must contain exactly one SOA record.')
  }
  return problems
}

function cnameProblems(zone: Zone, record: RecordSet, neighbours: readonly RecordSet[]): string[] {
  const at = `with DNS name ${toWireName(record.name)}`
  if (record.type === 'CNAME' && neighbours.some(({ type }) => type !== 'CNAME')) {
    return [
      `RRSet of type CNAME ${at} is not permitted as it conflicts with other records with the same DNS name in zone ${toWireName(zone.name)}`,
    ]
  }
  if (record.type !== 'CNAME' && neighbours.some(({ type }) => type === 'CNAME')) {
    return [
      `RRSet of type ${record.type} ${at} is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${toWireName(zone.name)}`,
    ]
  }
  return []
}

function routingProblems(record: RecordSet, neighbours: readonly RecordSet[]): string[] {
  const siblings = neighbours.filter(({ type }) => type === record.type)
  const { routing } = record
  const what = `RRSet with DNS name ${toWireName(record.name)}, type ${record.type}, SetIdentifier ${record.setIdentifier}`
  if (siblings.some((sibling) => sibling.routing.policy !== routing.policy)) {
    return [`${what} cannot be created as other RRSets exist with the same name and type.`]
  }
  if (siblings.some((sibling) => isSamePlace(sibling.routing, routing)))
    return [
      `${what} cannot be created as a ${placeText(routing)} RRSet already exists with the same name and type.`,
    ]
  if (siblings.length >= MAX_SETS_OF_ONE_NAME)
    return [`${what} cannot be created as ${MAX_SETS_OF_ONE_NAME} RRSets exist with the same name and type.`]
  return []
}

/** Two sets of one name and type cannot both stand for the same role, Region or location. */
function isSamePlace(left: RecordSet['routing'], right: RecordSet['routing']): boolean {
  if (!['failover', 'latency', 'geolocation'].includes(left.policy)) return false
  return routingText(left) === routingText(right)
}

function placeText(routing: RecordSet['routing']): string {
  switch (routing.policy) {
    case 'failover':
      return `${routing.role} failover`
    case 'latency':
      return `latency (${routing.region})`
    case 'geolocation':
      return `geolocation (${Object.values(routing.location).join('-')})`
    case 'simple':
    case 'weighted':
    case 'multivalue':
      return routing.policy
    default:
      return routing satisfies never
  }
}

/** Whether a DELETE names exactly what is there, TTL and every value included; the order of the values does not matter. */
function isSame(left: RecordSet, right: RecordSet): boolean {
  const plain = ({ ttl, values, alias, routing, healthCheckId }: RecordSet): string =>
    JSON.stringify([ttl, [...values].sort(), aliasText(alias), routingText(routing), healthCheckId])
  return plain(left) === plain(right)
}

function routingText(routing: RecordSet['routing']): string {
  const members = Object.entries(routing).map(([member, value]) => `${member}=${JSON.stringify(value)}`)
  return members.sort().join('|')
}

function aliasText(alias: RecordSet['alias']): string | null {
  return alias === null ? null : `${alias.hostedZoneId}|${alias.dnsName}|${alias.evaluateTargetHealth}`
}

function nameAndType({ name, type, setIdentifier }: RecordSet): string {
  const identifier = setIdentifier === null ? '' : `, set identifier='${setIdentifier}'`
  return `[name='${toWireName(name)}', type='${type}'${identifier}]`
}
