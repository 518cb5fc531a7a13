import { z } from 'zod'
import { HEALTH_STATES } from '../closed-sets.ts'
import { actorSchema, instantSchema, reasonSchema } from './shared.ts'

/** One piece of evidence. `hash` is the SHA-256 of its bytes. */
export const evidenceSchema = z
  .object({ hash: z.string(), kind: z.string(), size: z.int(), at: instantSchema })
  .meta({ id: 'Evidence' })
export type EvidenceView = z.infer<typeof evidenceSchema>

/** The public key that reports of this installation are signed with. Keep it where the installation cannot write. */
export const signingKeySchema = z
  .object({
    algorithm: z.literal('Ed25519'),
    /** For people to compare: the first 16 hex digits of the SHA-256 of the key's 32 bytes. */
    id: z.string(),
    /** The key as PEM (SPKI). */
    pem: z.string(),
  })
  .meta({ id: 'SigningKey' })
export type SigningKey = z.infer<typeof signingKeySchema>

/** The global halt. */
export const haltSchema = z
  .object({
    set: z.boolean(),
    reason: z.string(),
    by: actorSchema.nullable(),
    at: instantSchema.nullable(),
  })
  .meta({ id: 'Halt' })
export type HaltView = z.infer<typeof haltSchema>

/** Sets or lifts the halt. */
export const haltRequestSchema = z.object({ reason: reasonSchema }).meta({ id: 'HaltRequest' })

/** A one-time link that gives a browser a session. */
export const ticketSchema = z
  .object({
    /** Path with the ticket in it, to be opened on the same host. Works once. */
    path: z.string(),
    expiresInSeconds: z.int(),
  })
  .meta({ id: 'SessionTicket' })
export type SessionTicket = z.infer<typeof ticketSchema>

/** Who the caller is. */
export const whoAmISchema = z
  .object({ actor: actorSchema, teamId: z.string(), permissions: z.array(z.string()) })
  .meta({ id: 'WhoAmI' })
export type WhoAmI = z.infer<typeof whoAmISchema>

/** Whether the platform works. */
export const healthSchema = z
  .object({
    state: z.enum(HEALTH_STATES),
    parts: z.array(
      z.object({
        name: z.string(),
        ok: z.boolean(),
        essential: z.boolean(),
        detail: z.string(),
        tookMs: z.number(),
      }),
    ),
  })
  .meta({ id: 'Health' })
export type HealthAnswer = z.infer<typeof healthSchema>
