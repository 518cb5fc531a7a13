import { z } from 'zod'
import { actorSchema, instantSchema } from './shared.ts'

/** Who a token is for: a person, whose acts it stands for, or a machine such as a pipeline, which approves nothing. */
export const TOKEN_KINDS = ['person', 'machine'] as const

/** A token as it is listed. The token itself is shown once, when it is made. */
export const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    /** In whose name it acts. */
    actor: actorSchema,
    /** `*`, a permission, or `role:ROLE`; with `@ENVIRONMENT` it holds there alone. */
    grants: z.array(z.string()),
    createdAt: instantSchema,
    createdBy: actorSchema.nullable(),
    expiresAt: instantSchema.nullable(),
    /** Right to the minute. */
    lastUsedAt: instantSchema.nullable(),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Token' })
export type TokenView = z.infer<typeof tokenSchema>

/** What a new token is to be. */
export const createTokenSchema = z
  .object({
    name: z.string().trim().min(1).max(100),
    kind: z.enum(TOKEN_KINDS),
    grants: z.array(z.string().max(200)).min(1).max(50),
    /** Days until it ends by itself. */
    days: z.int().min(1).max(366).default(90),
  })
  .meta({ id: 'CreateToken' })
export type CreateToken = z.input<typeof createTokenSchema>

/** A token that was made, with the secret that is not shown again. */
export const createdTokenSchema = z
  .object({ token: tokenSchema, secret: z.string() })
  .meta({ id: 'CreatedToken' })
export type CreatedToken = z.infer<typeof createdTokenSchema>
