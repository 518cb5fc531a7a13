import type { Json, Outcome } from '@firedrill/core'
import { z } from 'zod'
import { readCaptureAs } from '../../captured.ts'
import { captureSchema as instancesSchema } from '../../instances/capture.ts'

/** The prior state of everything in the zone that undo and its verification need. */
export const captureSchema = z.strictObject({
  /** The zone's name and its id, which is the same place in every account. */
  zone: z.string(),
  zoneId: z.string(),
  instances: instancesSchema,
  /** Subnets of the instances in the zone, each with the network ACL that was in force. */
  subnets: z.array(z.strictObject({ arn: z.string(), id: z.string(), acl: z.string() })),
  /** Groups of those instances: what they wanted, and where they may launch. */
  groups: z.array(
    z.strictObject({ arn: z.string(), name: z.string(), desired: z.int(), zones: z.array(z.string()) }),
  ),
  /** ARNs of roles. */
  roles: z.array(z.string()),
})
export type Capture = z.infer<typeof captureSchema>

/** Reads a capture that comes back from storage. One that cannot be read is never a reason to call anything restored. */
export function readCapture(capture: Json): Outcome<Capture> {
  return readCaptureAs(captureSchema, capture)
}
