import { SECOND, type Micros, type ZoneChange } from '../../world/model.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import { validateBatch, type Protection } from './batch-validation.ts'
import { readChange } from './change-batch.ts'
import { bareId } from './names.ts'
import {
  noSuchChange,
  noSuchHealthCheck,
  priorRequestNotComplete,
  ROUTE53_INPUT_FAULTS,
} from './route53-faults.ts'
import { findZone } from './zones.ts'

/** How long a zone is busy with one batch before it takes the next. */
const BATCH_TIME: Micros = SECOND / 2

/** `ChangeResourceRecordSets`: all of the batch or none of it. */
export function changeRecords(
  call: Call,
  input: WireInput,
  protections: readonly Protection[],
): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const zone = findZone(call, input)
  const batch = reader.requiredStructure('ChangeBatch')
  const changes = batch.structures('Changes').map((change) => readChange(zone.id, change))
  if (changes.length === 0) throw ROUTE53_INPUT_FAULTS.missing('changeBatch.changes')
  if (isBusy(call, zone.id)) throw priorRequestNotComplete()
  for (const { record } of changes) {
    const id = record.healthCheckId
    if (id !== null && call.world.healthChecks.checks.get(id) === undefined) throw noSuchHealthCheck(id)
  }
  const valid = validateBatch(
    { zone, existing: call.world.dns.recordsOf(zone.id), protections, balancers: call.world.balancers },
    changes,
  )
  const cause = `route53:ChangeResourceRecordSets by ${call.caller.arn}`
  const change = call.world.dns.change(zone.id, valid, batch.text('Comment') ?? null, cause)
  return { ChangeInfo: changeView(change) }
}

/** `GetChange`. */
export function getChange(call: Call, input: WireInput): WireStructure {
  const id = bareId(String(input['Id']))
  const change = call.world.dns.changes.get(id)
  if (change === undefined) throw noSuchChange(id)
  return { ChangeInfo: changeView(change) }
}

function isBusy({ world }: Call, zoneId: string): boolean {
  return [...world.dns.changes.values()].some(
    (change) =>
      change.zoneId === zoneId && change.isOfZone !== true && world.now() - change.submittedAt < BATCH_TIME,
  )
}

/** A change as the API shows it. */
export function changeView({ id, status, submittedAt, comment }: ZoneChange): WireStructure {
  return {
    Id: `/change/${id}`,
    Status: status,
    SubmittedAt: new WireTime(submittedAt),
    Comment: comment ?? undefined,
  }
}
