import type { DriverContext, Json, Outcome } from '@firedrill/core'
import type { z } from 'zod'
import { failed, success } from './call.ts'
import type { Aws, Purpose } from './client.ts'

/** Reads a capture that comes back from storage. One that cannot be read is never a reason to call anything restored. */
export function readCaptureAs<C>(schema: z.ZodType<C>, stored: Json): Outcome<C> {
  const parsed = schema.safeParse(stored)
  return parsed.success
    ? success(parsed.data)
    : failed('invalid', 'capture.read', 'CaptureUnreadable', parsed.error.message)
}

/** A capture as plain JSON, for storage. */
export function toJson(capture: object): Json {
  return JSON.parse(JSON.stringify(capture)) as Json
}

/** Does something with a stored capture and the clients that fit it; what is amiss with either is the answer. */
export type OnCapture<C> = <T>(
  stored: Readonly<{ capture: Json }>,
  context: Pick<DriverContext, 'environment'>,
  purpose: Purpose,
  act: (aws: Aws, capture: C) => Promise<Outcome<T>>,
) => Promise<Outcome<T>>

/** How one fault gets from a stored capture to work: `clientOf` says which clients undo goes by, which are those the act went by. */
export function onCaptureOf<C>(
  read: (stored: Json) => Outcome<C>,
  clientOf: (capture: C, environment: DriverContext['environment'], purpose: Purpose) => Outcome<Aws>,
): OnCapture<C> {
  return async (stored, { environment }, purpose, act) => {
    const capture = read(stored.capture)
    if (!capture.ok) return capture
    const aws = clientOf(capture.value, environment, purpose)
    return aws.ok ? act(aws.value, capture.value) : aws
  }
}
