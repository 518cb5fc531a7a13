import type { World } from '../../world/world.ts'
import type { AwsService, BucketWish, Operation } from '../../wire/service.ts'
import type { WireInput } from '../../wire/wire-value.ts'
import { changeRecords, getChange } from './change-records.ts'
import {
  createHealthCheck,
  deleteHealthCheck,
  getHealthCheck,
  getHealthCheckLastFailureReason,
  getHealthCheckStatus,
  listHealthChecks,
  updateHealthCheck,
} from './health-checks.ts'
import { Protections } from './protections.ts'
import { createHostedZone, deleteHostedZone } from './zone-lifecycle.ts'
import { Route53Tags } from './zone-tags.ts'
import { findZone, getHostedZone, listHostedZones, listHostedZonesByName, listRecordSets } from './zones.ts'

type Handle = Operation['handle']

const ROOT = '/2013-04-01'

/** Amazon Route 53: one global service that is always signed for us-east-1. */
export function createRoute53(world: World): AwsService {
  const protections = new Protections(world)
  const tags = new Route53Tags(world)
  const change: Handle = (call, input) => changeRecords(call, input, protections.of(findZone(call, input).id))
  return {
    name: 'route53',
    signingName: 'route53',
    protocols: ['restXml'],
    apiVersion: '2013-04-01',
    xmlNamespace: 'https://route53.amazonaws.com/doc/2013-04-01/',
    globalRegion: 'us-east-1',
    listItems: LIST_ITEMS,
    operations: {
      ListHostedZones: get('/hostedzone', listHostedZones),
      ListHostedZonesByName: get('/hostedzonesbyname', listHostedZonesByName),
      CreateHostedZone: post('/hostedzone', createHostedZone, 201),
      DeleteHostedZone: remove('/hostedzone/{Id}', (call, input) =>
        deleteHostedZone(call, input, protections.of(findZone(call, input).id)),
      ),
      GetHostedZone: get('/hostedzone/{Id}', getHostedZone),
      ListResourceRecordSets: get('/hostedzone/{HostedZoneId}/rrset', listRecordSets),
      ChangeResourceRecordSets: post('/hostedzone/{HostedZoneId}/rrset', change),
      GetChange: get('/change/{Id}', getChange),
      ListHealthChecks: get('/healthcheck', listHealthChecks),
      GetHealthCheck: get('/healthcheck/{HealthCheckId}', getHealthCheck),
      GetHealthCheckStatus: get('/healthcheck/{HealthCheckId}/status', getHealthCheckStatus),
      CreateHealthCheck: post('/healthcheck', createHealthCheck, 201),
      UpdateHealthCheck: post('/healthcheck/{HealthCheckId}', updateHealthCheck),
      GetHealthCheckLastFailureReason: get(
        '/healthcheck/{HealthCheckId}/lastfailurereason',
        getHealthCheckLastFailureReason,
      ),
      DeleteHealthCheck: remove('/healthcheck/{HealthCheckId}', deleteHealthCheck),
      ListTagsForResource: get('/tags/{ResourceType}/{ResourceId}', (call, input) => tags.list(call, input)),
      ChangeTagsForResource: post('/tags/{ResourceType}/{ResourceId}', (call, input) =>
        tags.change(call, input),
      ),
      ListResourceRecordSetProtections: get('/hostedzone/{HostedZoneId}/rrsetprotection', (call, input) =>
        protections.list(call, input),
      ),
      CreateResourceRecordSetProtections: post('/hostedzone/{HostedZoneId}/rrsetprotection', (call, input) =>
        protections.create(call, input),
      ),
      DeleteResourceRecordSetProtections: post(
        '/hostedzone/{HostedZoneId}/rrsetprotection/delete',
        (call, input) => protections.delete(call, input),
      ),
    },
    throttlingFault: { code: 'Throttling', message: 'Rate exceeded', status: 400 },
    buckets,
  }
}

const LIST_ITEMS: Readonly<Record<string, string>> = {
  AddTags: 'Tag',
  Changes: 'Change',
  ChildHealthChecks: 'ChildHealthCheck',
  HealthCheckObservations: 'HealthCheckObservation',
  HealthChecks: 'HealthCheck',
  HostedZones: 'HostedZone',
  NameServers: 'NameServer',
  Protections: 'ResourceRecordSetProtectionConfig',
  Regions: 'Region',
  RemoveTagKeys: 'Key',
  ResetElements: 'ResettableElementName',
  ResourceRecords: 'ResourceRecord',
  ResourceRecordSetProtections: 'ResourceRecordSetProtection',
  ResourceRecordSets: 'ResourceRecordSet',
  Tags: 'Tag',
  VPCs: 'VPC',
}

function get(path: string, handle: Handle): Operation {
  return { mutates: false, route: { method: 'GET', path: `${ROOT}${path}` }, handle }
}

function post(path: string, handle: Handle, status = 200): Operation {
  return { mutates: true, route: { method: 'POST', path: `${ROOT}${path}`, status }, handle }
}

function remove(path: string, handle: Handle): Operation {
  return { mutates: true, route: { method: 'DELETE', path: `${ROOT}${path}` }, handle }
}

/** The account's bucket, the operation's own, and for record changes the one that counts changes. */
function buckets(operation: string, input: WireInput): readonly BucketWish[] {
  const wishes = [wish('all', 50, 10, 1), operationBucket(operation)]
  switch (operation) {
    case 'ChangeResourceRecordSets':
      return [...wishes, wish('changes', 1_500, 100, countChanges(input))]
    case 'CreateHostedZone':
    case 'DeleteHostedZone':
      return [...wishes, wish('changes', 1_500, 100, 2)]
    default:
      return wishes
  }
}

function operationBucket(operation: string): BucketWish {
  switch (operation) {
    case 'CreateHealthCheck':
      return wish(operation, 50, 0.5, 1)
    case 'DeleteHealthCheck':
      return wish(operation, 15, 3, 1)
    case 'GetHealthCheckStatus':
    case 'GetHealthCheckLastFailureReason':
      return wish(operation, 4, 1, 1)
    case 'CreateHostedZone':
      return wish(operation, 40, 2, 1)
    case 'DeleteHostedZone':
      return wish(operation, 40, 5, 1)
    default:
      return wish(operation, 50, 10, 1)
  }
}

/** An UPSERT counts twice. A batch too large for the bucket is refused for its size, not throttled for ever. */
function countChanges(input: WireInput): number {
  const batch = input['ChangeBatch'] as
    | { readonly Changes?: readonly { readonly Action?: unknown }[] }
    | undefined
  const changes = Array.isArray(batch?.Changes) ? batch.Changes : []
  return Math.min(
    1_500,
    changes.reduce((sum, { Action }) => sum + (Action === 'UPSERT' ? 2 : 1), 0),
  )
}

function wish(bucket: string, burst: number, refillPerSecond: number, tokens: number): BucketWish {
  return { bucket, limit: { burst, refillPerSecond }, tokens }
}
