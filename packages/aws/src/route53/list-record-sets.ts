import {
  ListResourceRecordSetProtectionsCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ResourceRecordSetProtection,
} from '@aws-sdk/client-route-53'
import type { Outcome } from '@firedrill/core'
import { failed, read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { normalName, readRecordSet, type RecordSet } from './record-set.ts'

const OPERATION = 'route53.ListResourceRecordSets'
/** Far more than the 100 variants a name and type may have, times its types. */
const PAGES_MAX = 20
/** More than the 10,000 record sets a zone may have unless AWS raised that, at 300 a page. */
const ZONE_PAGES_MAX = 200

/**
 * Every record set of one name, all types and set identifiers. The listing is sorted by name, so it starts at the name and
 * ends where another begins; the SDK has no paginator for it.
 */
export async function listRecordSets(
  aws: Aws,
  zoneId: string,
  name: string,
  signal: AbortSignal,
): Promise<Outcome<readonly RecordSet[]>> {
  return listFrom(aws, zoneId, normalName(name), signal)
}

/** Every record set of a zone, in the order in which Route 53 lists them. */
export async function listZone(
  aws: Aws,
  zoneId: string,
  signal: AbortSignal,
): Promise<Outcome<readonly RecordSet[]>> {
  return listFrom(aws, zoneId, undefined, signal)
}

async function listFrom(
  { route53 }: Aws,
  zoneId: string,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<Outcome<readonly RecordSet[]>> {
  const found: RecordSet[] = []
  const pagesMax = wanted === undefined ? ZONE_PAGES_MAX : PAGES_MAX
  let from: Omit<ListResourceRecordSetsCommandInput, 'HostedZoneId'> =
    wanted === undefined ? {} : { StartRecordName: wanted }
  for (let page = 0; page < pagesMax; page++) {
    const start = from
    const answer = await read(OPERATION, signal, (options) =>
      route53.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, MaxItems: 300, ...start }),
        options,
      ),
    )
    if (!answer.ok) return answer
    const {
      ResourceRecordSets: listed = [],
      IsTruncated,
      NextRecordName,
      NextRecordType,
      NextRecordIdentifier,
    } = answer.value
    for (const item of listed) {
      if (wanted !== undefined && normalName(item.Name ?? '') !== wanted) continue
      const record = readRecordSet(item)
      if (!record.success) {
        const where = `${item.Name ?? ''} ${item.Type ?? ''}`
        return failed('invalid', OPERATION, 'RecordNotUnderstood', `${where}: ${record.error.message}`)
      }
      found.push(record.data)
    }
    const isOver =
      IsTruncated !== true ||
      NextRecordName === undefined ||
      (wanted !== undefined && normalName(NextRecordName) !== wanted)
    if (isOver) return success(found)
    from = {
      StartRecordName: NextRecordName,
      ...(NextRecordType === undefined ? {} : { StartRecordType: NextRecordType }),
      ...(NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: NextRecordIdentifier }),
    }
  }
  return failed('unexpected', OPERATION, 'PagingLoop', `the listing of ${wanted ?? 'the zone'} does not end`)
}

/** Names and types whose records the zone's owner has locked, with the owner's comment. */
export async function listProtections(
  { route53 }: Aws,
  zoneId: string,
  signal: AbortSignal,
): Promise<Outcome<readonly ResourceRecordSetProtection[]>> {
  const operation = 'route53.ListResourceRecordSetProtections'
  return readPages(
    (token) =>
      read(operation, signal, (options) =>
        route53.send(
          new ListResourceRecordSetProtectionsCommand({
            HostedZoneId: zoneId,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
          options,
        ),
      ),
    (page) => page.ResourceRecordSetProtections,
    (page) => page.NextToken,
    operation,
  )
}
