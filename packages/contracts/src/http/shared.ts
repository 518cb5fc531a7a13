import { ACTOR_KINDS } from '@firedrill/core'
import { z } from 'zod'

/** An instant: integer microseconds since the Unix epoch. `…At` is platform time, `…WorldAt` world time. */
export const instantSchema = z.int().describe('Microseconds since the Unix epoch')

/** A length of time in whole microseconds. */
export const microsSchema = z.int().describe('Microseconds')

/** A pinned definition: its name and the SHA-256 of its compiled form. */
export const pinnedSchema = z.object({ name: z.string(), hash: z.string() })
export type Pinned = z.infer<typeof pinnedSchema>

/** Who did something. */
export const actorSchema = z.object({ kind: z.enum(ACTOR_KINDS), id: z.string(), name: z.string() })
export type ActorView = z.infer<typeof actorSchema>

/** Why something is done, in a person's words; kept in the journal. */
export const reasonSchema = z.string().trim().min(1).max(500)

/** A name as files give it. */
export const nameSchema = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)
