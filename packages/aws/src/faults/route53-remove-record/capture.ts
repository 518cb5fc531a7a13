import type { Json, Outcome } from '@firedrill/core'
import { z } from 'zod'
import { readCaptureAs } from '../../captured.ts'
import { recordSetSchema } from '../../route53/record-set.ts'

/** The prior state: every record set that will be removed, word for word, and what clients will remember of its absence. */
export const captureSchema = z.strictObject({
  zoneId: z.string(),
  /** Full name of the records, with trailing dot. */
  name: z.string(),
  records: z.array(recordSetSchema),
  /** How long resolvers may keep "there is no such record" after the undo; null when the zone's SOA could not be read. */
  negativeTtlSeconds: z.int().nullable(),
})
export type Capture = z.infer<typeof captureSchema>

/** Reads a capture that comes back from storage. */
export function readCapture(capture: Json): Outcome<Capture> {
  return readCaptureAs(captureSchema, capture)
}
