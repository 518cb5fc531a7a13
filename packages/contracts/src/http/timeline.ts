import { EVENT_VERSIONS, STATUSES, VERDICTS, type RunEventType } from '@firedrill/core'
import { z } from 'zod'
import { TONES } from '../closed-sets.ts'
import { actorSchema, instantSchema } from './shared.ts'

/** One journal event for people and pages. `data` is the payload of its `type` and version `v`. */
export const timelineEventSchema = z
  .object({
    seq: z.int(),
    v: z.int(),
    type: z.enum(Object.keys(EVENT_VERSIONS) as [RunEventType, ...RunEventType[]]),
    at: instantSchema,
    worldAt: instantSchema,
    actor: actorSchema,
    tone: z.enum(TONES),
    /** One sentence. */
    summary: z.string(),
    step: z.string().optional(),
    data: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({ id: 'TimelineEvent' })
export type TimelineEvent = z.infer<typeof timelineEventSchema>

/** Events in order of their sequence. `nextAfter` is null when there are no more right now. */
export const timelinePageSchema = z
  .object({ events: z.array(timelineEventSchema), nextAfter: z.int().nullable() })
  .meta({ id: 'TimelinePage' })
export type TimelinePage = z.infer<typeof timelinePageSchema>

/**
 * One server-sent event: its name is `kind`; the `id` of `journal` is the sequence, from which a stream resumes exactly.
 * `end` closes the stream of a run that is over and is sent after its last event.
 */
export const liveEventSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('journal'), seq: z.int(), event: timelineEventSchema }),
    z.object({
      kind: z.literal('heartbeat'),
      /** The last sequence this stream has sent. */
      seq: z.int(),
      at: instantSchema,
      worldAt: instantSchema,
      rate: z.number(),
    }),
    z.object({
      kind: z.literal('end'),
      seq: z.int(),
      status: z.enum(STATUSES),
      verdict: z.enum(VERDICTS).nullable(),
    }),
  ])
  .meta({ id: 'LiveEvent' })
export type LiveEvent = z.infer<typeof liveEventSchema>
