import { createHash } from 'node:crypto'
import {
  canonicalJson,
  EVENT_BYTES_MAX,
  EVENT_VERSIONS,
  eventHash,
  parseEventBody,
  platformInstant,
  worldAt,
  worldInstant,
  type Actor,
  type EnvironmentClock,
  type JournalEvent,
  type PlatformInstant,
  type RunEventBody,
  type RunId,
  type WorldInstant,
} from '@firedrill/core'

/** Where a journal ends: what the next event continues. */
export type JournalEnd = Readonly<{ seq: number; hash: string; at: number; worldAt: number }>

/** One moment on both clocks. */
export type Moment = Readonly<{ now: PlatformInstant; worldNow: WorldInstant }>

/**
 * The moment of an append: the database's reading, but later than every event of the run on platform time and never
 * earlier on world time, also when a clock was stepped.
 */
export function momentAfter(end: JournalEnd, clock: EnvironmentClock, reading: PlatformInstant): Moment {
  const now = platformInstant(Math.max(reading, end.at + 1))
  return { now, worldNow: worldInstant(Math.max(worldAt(clock, now), end.worldAt)) }
}

/**
 * Wraps bodies in envelopes that continue a journal; each is a microsecond later than the one before it.
 * @throws ZodError when a body does not fit its schema, RangeError when an event is too large: what does not fit must
 * not get into a journal that nobody can change.
 */
export function envelopes(
  runId: RunId,
  end: JournalEnd,
  bodies: readonly RunEventBody[],
  moment: Moment,
  by: Readonly<{ actor: Actor; epoch?: number }>,
): readonly JournalEvent[] {
  const events: JournalEvent[] = []
  let prev = end.hash
  for (const [index, body] of bodies.entries()) {
    const event: Omit<JournalEvent, 'hash'> = {
      runId,
      seq: end.seq + index + 1,
      v: EVENT_VERSIONS[body.type],
      type: body.type,
      at: platformInstant(moment.now + index),
      worldAt: moment.worldNow,
      actor: by.actor,
      ...(by.epoch === undefined ? {} : { epoch: by.epoch }),
      data: parseEventBody(body.type, body.data).data,
      prev,
    }
    const whole: JournalEvent = { ...event, hash: eventHash(event, sha256) }
    const bytes = Buffer.byteLength(canonicalJson(whole))
    if (bytes > EVENT_BYTES_MAX)
      throw new RangeError(`event ${body.type} takes ${bytes} bytes, at most ${EVENT_BYTES_MAX} are kept`)
    events.push(whole)
    prev = whole.hash
  }
  return events
}

/** Lower-case hex SHA-256 of UTF-8 text. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
