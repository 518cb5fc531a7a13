import { SIGN_OFF_ROLES } from '@firedrill/core'
import { z } from 'zod'
import { actorSchema, instantSchema } from './shared.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** Puts one's name to the report that one has looked at. */
export const signReportSchema = z
  .object({ role: z.enum(SIGN_OFF_ROLES), report: hash, note: z.string().trim().max(1000).default('') })
  .meta({ id: 'SignReport' })
export type SignReport = z.input<typeof signReportSchema>

/** One act. Instants are platform time. */
export const signOffSchema = z
  .object({
    seq: z.int(),
    role: z.enum(SIGN_OFF_ROLES),
    report: hash,
    data: hash,
    by: actorSchema,
    note: z.string(),
    /** The same person had signed before, which only a sandbox lets them do. */
    own: z.boolean(),
    at: instantSchema,
    /** It no longer counts: journal or evidence are not what was signed. */
    isVoid: z.boolean(),
    hash,
  })
  .meta({ id: 'SignOff' })
export type SignOffView = z.infer<typeof signOffSchema>

/** Where the sign-off of a run's report stands. */
export const signOffSheetSchema = z
  .object({
    /** Hash of the report as it is now: what a new act has to name. */
    report: hash,
    /** Hash of what it is made from. Acts stand as long as it stays the same. */
    data: hash,
    /** What is next; null when all is signed, or while the run is not over. */
    next: z.enum(SIGN_OFF_ROLES).nullable(),
    /** Every act there ever was, in order. */
    acts: z.array(signOffSchema),
  })
  .meta({ id: 'SignOffSheet' })
export type SignOffSheetView = z.infer<typeof signOffSheetSchema>
