import { z } from 'zod'
import { actorSchema, instantSchema } from './shared.ts'

/** One change that somebody made, as a link of the team's chain. `hash` is over all other members in canonical JSON. */
export const auditEntrySchema = z
  .strictObject({
    team: z.string(),
    seq: z.int(),
    at: instantSchema,
    actor: actorSchema,
    /** Table and operation, such as `token insert`. */
    action: z.string(),
    object: z.string(),
    reason: z.string(),
    /** Empty for what came by another way than the API. */
    requestId: z.string(),
    route: z.string(),
    /** The row as JSON, without what is large or secret. */
    before: z.string().nullable(),
    after: z.string().nullable(),
    prev: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntryView = z.infer<typeof auditEntrySchema>

/** Entries in order, after a number. Fewer than the limit: those are all. */
export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema) }).meta({ id: 'AuditPage' })

/** Which entries to read. */
export type AuditQuery = Readonly<{ after?: number; limit?: number }>
