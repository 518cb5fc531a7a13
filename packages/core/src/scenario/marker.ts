import { z } from 'zod'

/** Through what a marker writer writes its numbers. */
export const MARKER_KINDS = ['http', 'postgresql'] as const
export type MarkerKind = (typeof MARKER_KINDS)[number]

/** How the data is replicated: in order (a log), or each item by itself. */
export const REPLICATION_ORDERS = ['ordered', 'unordered'] as const
export type ReplicationOrder = (typeof REPLICATION_ORDERS)[number]

/** What a read-back answers: every number, inclusive ranges of them, or the highest one at or below `{{upTo}}`. */
export const MARKER_ANSWERS = ['numbers', 'ranges', 'highest'] as const
export type MarkerAnswerKind = (typeof MARKER_ANSWERS)[number]

/** What a template of a marker may name, as `{{name}}`. */
export const MARKER_PLACEHOLDERS = ['sequence', 'run', 'marker', 'upTo'] as const
export type MarkerPlaceholder = (typeof MARKER_PLACEHOLDERS)[number]

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, starting with a letter')
const ms = z.int().nonnegative()

/** One request template. Placeholders may stand in url, headers and body. */
export const markerRequestSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
  /** Accepted status codes. */
  status: z.array(z.int().min(100).max(599)).min(1),
})
export type MarkerRequest = z.infer<typeof markerRequestSchema>

const base = {
  name,
  /** Time between the starts of two writes, world time; the next one waits for the answer. */
  periodMs: ms.min(100),
  timeoutMs: ms.min(50),
  order: z.enum(REPLICATION_ORDERS),
  /** Writes stop after so many. */
  writesMax: z.int().min(1).max(100_000),
}

/** A marker writer with every default filled in: numbered writes through the application's own write path. */
export const compiledMarkerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...base,
    kind: z.literal('http'),
    /** The vantage whose resolver is asked; absent: the environment's first. */
    vantage: name.optional(),
    /** Needs `{{sequence}}`. Acknowledged by an accepted status, and by `includes` in the body when given. */
    write: z.strictObject({ ...markerRequestSchema.shape, includes: z.string().optional() }),
    /** `path`: keys down a JSON answer, separated by dots; empty for the answer itself. */
    read: z.strictObject({
      ...markerRequestSchema.shape,
      path: z.string(),
      holds: z.enum(MARKER_ANSWERS),
    }),
    /** Absent: the writes stay, which the scenario has to say. */
    cleanUp: markerRequestSchema.optional(),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('postgresql'),
    /** The vantage whose resolver is asked; absent: the environment's first. */
    vantage: name.optional(),
    /** Name of a database of the environment. */
    database: name,
    /** Where the numbers are read back; absent: `database`. */
    survivor: name.optional(),
    /** Absent: a table of the run's own, made before and dropped after. */
    statements: z
      .strictObject({
        write: z.string(),
        /** Answers rows whose first column is a number that is present. */
        read: z.string(),
        cleanUp: z.string().optional(),
      })
      .optional(),
  }),
])
export type CompiledMarker = z.infer<typeof compiledMarkerSchema>
