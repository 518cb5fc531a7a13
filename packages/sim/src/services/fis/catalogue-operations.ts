import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { ACTION_CATALOGUE, type ActionDescription } from './action-catalogue.ts'
import { notFound } from './fis-faults.ts'
import { pageOf } from './paging.ts'
import { RESOURCE_TYPE_CATALOGUE, RESOURCE_TYPES, resourceTypeOf } from './resource-types.ts'

/** `GetAction`. */
export function getAction({ region, account }: Call, input: WireInput): WireStructure {
  const id = String(input['id'])
  const action = ACTION_CATALOGUE.get(id)
  if (action === undefined) throw notFound(`Action ${id} does not exist.`)
  const parameters = Object.entries(action.parameters).map(
    ([name, { description, required }]) => [name, { description, required }] as const,
  )
  return {
    action: { ...summaryOf(id, action, region, account), parameters: Object.fromEntries(parameters) },
  }
}

/** `ListActions`: the actions this simulator knows, in order of id. */
export function listActions({ region, account }: Call, input: WireInput): WireStructure {
  const { items, nextToken } = pageOf([...ACTION_CATALOGUE], input)
  return { actions: items.map(([id, action]) => summaryOf(id, action, region, account)), nextToken }
}

/** `GetTargetResourceType`. */
export function getTargetResourceType(_call: Call, input: WireInput): WireStructure {
  const resourceType = resourceTypeOf(String(input['resourceType']))
  if (resourceType === undefined)
    throw notFound(`Target resource type ${String(input['resourceType'])} does not exist.`)
  const { description, parameters } = RESOURCE_TYPE_CATALOGUE[resourceType]
  return { targetResourceType: { resourceType, description, parameters: { ...parameters } } }
}

/** `ListTargetResourceTypes`. */
export function listTargetResourceTypes(_call: Call, input: WireInput): WireStructure {
  const { items, nextToken } = pageOf(RESOURCE_TYPES, input)
  return {
    targetResourceTypes: items.map((resourceType) => ({
      resourceType,
      description: RESOURCE_TYPE_CATALOGUE[resourceType].description,
    })),
    nextToken,
  }
}

function summaryOf(
  id: string,
  { description, targets }: ActionDescription,
  region: string,
  account: string,
): WireStructure {
  return {
    id,
    arn: `arn:aws:fis:${region}:${account}:action/${id}`,
    description,
    targets: { ...targets },
    tags: {},
  }
}
