import type { CompiledEnvironment, Json } from '@firedrill/core'
import { batchLine, type Change } from '../../route53/change-batch.ts'
import { javaSpelling, type UndoCalls } from '../../scheduler/undo-calls.ts'
import { keyToken } from '../key-token.ts'
import { readCapture, type Capture } from './capture.ts'
import { replace } from './stand.ts'

/** The undo by hand: one batch that replaces exactly what the step made, and nothing that was changed since. */
export function undoCommands(
  capture: Capture,
  key: string,
  environment: CompiledEnvironment,
): readonly string[] {
  const comment = `Firedrill failback by hand ${keyToken(key)}`
  return [batchLine(capture.zoneId, comment, changesOf(capture), environment)]
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
    Changes: changesOf(capture.value).map(({ action, record }) => ({
      Action: action,
      ResourceRecordSet: javaSpelling(record as unknown as Json),
    })),
  }
  const input = { HostedZoneId: capture.value.zoneId, ChangeBatch: batch }
  return { ok: true, calls: [{ id: 'shift', region, action: 'route53:changeResourceRecordSets', input }] }
}

function changesOf({ before, after }: Capture): readonly Change[] {
  return before.flatMap((was, index) => replace(after[index], was))
}
