import type { Json, Outcome } from '@firedrill/core'
import { z } from 'zod'
import { readCaptureAs } from '../../captured.ts'
import type { Aws } from '../../client.ts'
import { listRecordSets, listZone } from '../../route53/list-record-sets.ts'
import { recordSetSchema, type RecordSet } from '../../route53/record-set.ts'

/** The record sets that change, word for word: as they are to be before this step (and after its undo), and with it. */
export const captureSchema = z.strictObject({
  zoneId: z.string(),
  /** Full name of the records, with trailing dot; `*` where they are of many names of the zone. */
  name: z.string(),
  before: z.array(recordSetSchema).min(1),
  after: z.array(recordSetSchema).min(1),
})
export type Capture = z.infer<typeof captureSchema>

/** Stands for every name of a zone, in a selector and in a capture. */
export const WHOLE_ZONE = '*'

/** What the zone holds now where the records of a step are, and around them. */
export async function listNamed(
  aws: Aws,
  { zoneId, name }: Pick<Capture, 'zoneId' | 'name'>,
  signal: AbortSignal,
): Promise<Outcome<readonly RecordSet[]>> {
  return name === WHOLE_ZONE ? listZone(aws, zoneId, signal) : listRecordSets(aws, zoneId, name, signal)
}

/** Reads a capture that comes back from storage. */
export function readCapture(capture: Json): Outcome<Capture> {
  return readCaptureAs(captureSchema, capture)
}
