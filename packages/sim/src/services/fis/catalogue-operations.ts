import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import {
  ACTION_CATALOGUE,
  ACTION_IDS,
  findAction,
  TARGET_RESOURCE_TYPES,
  type ActionId,
} from './action-catalogue.ts'
import { notFound } from './fis-faults.ts'
import { pageOf } from './paging.ts'

/** `GetAction`. */
export function getAction({ region, account }: Call, input: WireInput): WireStructure {
  const known = findAction(String(input['id']))
  if (known === undefined) throw notFound(`Action ${String(input['id'])} does not exist.`)
  const parameters = Object.entries(known.action.parameters).map(
    ([name, { description, required }]) => [name, { description, required }] as const,
  )
  return { action: { ...summaryOf(known.id, region, account), parameters: Object.fromEntries(parameters) } }
}

/** `ListActions`: the actions this simulator can carry out, nothing else. */
export function listActions({ region, account }: Call, input: WireInput): WireStructure {
  const { items, nextToken } = pageOf(ACTION_IDS, input)
  return { actions: items.map((id) => summaryOf(id, region, account)), nextToken }
}

/** `GetTargetResourceType`. */
export function getTargetResourceType(_call: Call, input: WireInput): WireStructure {
  const wanted = String(input['resourceType'])
  const known = Object.entries(TARGET_RESOURCE_TYPES).find(([resourceType]) => resourceType === wanted)
  if (known === undefined) throw notFound(`Target resource type ${wanted} does not exist.`)
  return { targetResourceType: { resourceType: known[0], description: known[1], parameters: {} } }
}

/** `ListTargetResourceTypes`. */
export function listTargetResourceTypes(_call: Call, input: WireInput): WireStructure {
  const { items, nextToken } = pageOf(Object.entries(TARGET_RESOURCE_TYPES), input)
  return {
    targetResourceTypes: items.map(([resourceType, description]) => ({ resourceType, description })),
    nextToken,
  }
}

function summaryOf(id: ActionId, region: string, account: string): WireStructure {
  const { description, targets } = ACTION_CATALOGUE[id]
  return {
    id,
    arn: `arn:aws:fis:${region}:${account}:action/${id}`,
    description,
    targets: { ...targets },
    tags: {},
  }
}
