import type { CompiledEnvironment, Json } from '@firedrill/core'
import { cliPlace, ROUTE53_REGION } from '../../endpoints.ts'
import { javaSpelling, type UndoCalls } from '../../scheduler/undo-calls.ts'
import { keyToken } from '../key-token.ts'
import { shellLine } from '../shell.ts'
import { readCapture, type Capture } from './capture.ts'
import { replace } from './stand.ts'

/** The undo by hand: one batch that replaces exactly what the step made, and nothing that was changed since. */
export function undoCommands(
  capture: Capture,
  key: string,
  environment: CompiledEnvironment,
): readonly string[] {
  const batch = { Comment: `Firedrill failback by hand ${keyToken(key)}`, Changes: changesOf(capture) }
  const place = cliPlace(environment, ROUTE53_REGION)
  const what = ['--hosted-zone-id', capture.zoneId, '--change-batch', JSON.stringify(batch)]
  return [shellLine(['aws', 'route53', 'change-resource-record-sets', ...place, ...what])]
}

/**
 * The same batch as a call that Scheduler makes by itself. A step that was made on top of this one has to be gone first: until then
 * Route 53 turns the batch down, and Scheduler tries it again.
 */
export const scheduledUndo: UndoCalls = (undo, environment) => {
  const capture = readCapture(undo.capture)
  if (!capture.ok) return { ok: false, why: capture.failure.message }
  const region = environment.regions[environment.homeRegion]
  if (region === undefined) return { ok: false, why: `there is no Region named ${environment.homeRegion}` }
  const batch = {
    Comment: `Firedrill dead man ${keyToken(undo.key)}`,
    Changes: changesOf(capture.value).map(({ Action, ResourceRecordSet }) => ({
      Action,
      ResourceRecordSet: javaSpelling(ResourceRecordSet as unknown as Json),
    })),
  }
  const input = { HostedZoneId: capture.value.zoneId, ChangeBatch: batch }
  return { ok: true, calls: [{ id: 'shift', region, action: 'route53:changeResourceRecordSets', input }] }
}

function changesOf({ before, after }: Capture) {
  return before
    .flatMap((was, index) => replace(after[index], was))
    .map(({ action, record }) => ({ Action: action, ResourceRecordSet: record }))
}
