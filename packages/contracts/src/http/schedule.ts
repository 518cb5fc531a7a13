import {
  CONFLICT_KINDS,
  missedRuleSchema,
  OCCURRENCE_OUTCOMES,
  scheduleTimeSchema,
  STATUSES,
  VERDICTS,
} from '@firedrill/core'
import { z } from 'zod'
import { actorSchema, instantSchema, nameSchema } from './shared.ts'

const title = z.string().trim().min(1).max(120)

/** What a person decides about a schedule. Instants are platform time. */
const terms = {
  /** Without one it gets the drill's. */
  title: title.optional(),
  when: scheduleTimeSchema,
  missed: missedRuleSchema.default({ policy: 'skip' }),
  enabled: z.boolean().default(true),
  validFrom: instantSchema.optional(),
  validUntil: instantSchema.optional(),
}

/** Books a drill for a time, or again and again. */
export const createScheduleSchema = z.object({ drillId: z.string(), ...terms }).meta({ id: 'CreateSchedule' })
export type CreateSchedule = z.input<typeof createScheduleSchema>

/** Replaces what a schedule says. What is left out gets its default, as at the beginning. */
export const changeScheduleSchema = z.object(terms).meta({ id: 'ChangeSchedule' })
export type ChangeSchedule = z.input<typeof changeScheduleSchema>

/** A booked drill that is started by itself. Its `version` is its ETag. */
export const scheduleSchema = z
  .object({
    id: z.string(),
    drillId: z.string(),
    title: z.string(),
    scenario: z.string(),
    environment: z.string(),
    when: scheduleTimeSchema,
    missed: missedRuleSchema,
    enabled: z.boolean(),
    validFrom: instantSchema.nullable(),
    validUntil: instantSchema.nullable(),
    /** Null when it never comes again. */
    nextAt: instantSchema.nullable(),
    version: z.int(),
    createdAt: instantSchema,
    createdBy: actorSchema,
    updatedAt: instantSchema,
    updatedBy: actorSchema,
  })
  .meta({ id: 'Schedule' })
export type ScheduleView = z.infer<typeof scheduleSchema>

/** What is in the way of a booked drill, as far as is known now. The guardrails have the last word at its start. */
export const conflictSchema = z.object({ kind: z.enum(CONFLICT_KINDS), reason: z.string() })
export type ConflictView = z.infer<typeof conflictSchema>

/** One occurrence to come. */
export const upcomingSchema = z
  .object({
    at: instantSchema,
    /** `2026-12-01T09:00` on the wall clock of the schedule's zone. */
    local: z.string(),
    timeZone: z.string(),
    /** What a change of clocks does to it; empty when nothing. */
    note: z.string(),
    conflicts: z.array(conflictSchema),
  })
  .meta({ id: 'UpcomingOccurrence' })
export type UpcomingView = z.infer<typeof upcomingSchema>

/** Occurrences of what has not been booked yet. */
export const previewScheduleSchema = z
  .object({
    environment: nameSchema,
    scenario: nameSchema,
    when: scheduleTimeSchema,
    validFrom: instantSchema.optional(),
    validUntil: instantSchema.optional(),
    count: z.int().min(1).max(50).default(10),
    /** The schedule that is being changed: it is not in its own way. */
    scheduleId: z.string().optional(),
  })
  .meta({ id: 'PreviewSchedule' })
export type PreviewSchedule = z.input<typeof previewScheduleSchema>

/** What a calendar shows of one occurrence: booked, or what became of it. */
export const CALENDAR_STATES = ['booked', ...OCCURRENCE_OUTCOMES] as const

/** One occurrence in a calendar. */
export const calendarEntrySchema = z
  .object({
    at: instantSchema,
    /** The longest it may take, in platform milliseconds. */
    lengthMs: z.int(),
    state: z.enum(CALENDAR_STATES),
    title: z.string(),
    scheduleId: z.string(),
    drillId: z.string(),
    scenario: z.string(),
    environment: z.string(),
    reason: z.string(),
    run: z
      .object({
        id: z.string(),
        number: z.int(),
        status: z.enum(STATUSES),
        verdict: z.enum(VERDICTS).nullable(),
      })
      .nullable(),
    conflicts: z.array(conflictSchema),
  })
  .meta({ id: 'CalendarEntry' })
export type CalendarEntry = z.infer<typeof calendarEntrySchema>

/** A time in which no drill may start. */
export const freezeViewSchema = z.object({
  from: instantSchema,
  to: instantSchema,
  reason: z.string(),
  /** The imported calendar it comes from, or `environment` for the environment's own file. */
  source: z.string(),
  /** The environment it holds in; null for all. */
  environment: z.string().nullable(),
})
export type FreezeView = z.infer<typeof freezeViewSchema>

/** Everything between two instants. `isCut`: there is more than is shown. */
export const calendarSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    now: instantSchema,
    entries: z.array(calendarEntrySchema),
    freezes: z.array(freezeViewSchema),
    isCut: z.boolean(),
  })
  .meta({ id: 'Calendar' })
export type CalendarView = z.infer<typeof calendarSchema>

/** An iCalendar file of freezes. */
export const importCalendarSchema = z
  .object({
    source: z.string().min(1).max(900_000),
    /** Holds in this environment alone; left out: in every one. */
    environment: nameSchema.optional(),
    /** The zone of dates and times that name none. */
    timeZone: z.string().optional(),
  })
  .meta({ id: 'ImportCalendar' })
export type ImportCalendar = z.input<typeof importCalendarSchema>

/** An imported calendar. */
export const freezeCalendarSchema = z
  .object({
    name: z.string(),
    environment: z.string().nullable(),
    events: z.int(),
    at: instantSchema,
    actor: actorSchema,
    /** The next freezes that it brings, within two years. */
    next: z.array(freezeViewSchema),
  })
  .meta({ id: 'FreezeCalendar' })
export type FreezeCalendarView = z.infer<typeof freezeCalendarSchema>
