import { z } from 'zod'
import { actorSchema, instantSchema, nameSchema } from './shared.ts'

/** A scenario booked against an environment. */
export const drillSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    scenario: z.string(),
    environment: z.string(),
    createdAt: instantSchema,
    createdBy: actorSchema,
  })
  .meta({ id: 'Drill' })
export type DrillView = z.infer<typeof drillSchema>

/** Books a drill. Without a title it gets the scenario's. */
export const bookDrillSchema = z
  .object({
    scenario: nameSchema,
    environment: nameSchema,
    title: z.string().trim().min(1).max(120).optional(),
  })
  .meta({ id: 'BookDrill' })
export type BookDrill = z.input<typeof bookDrillSchema>
