import { z } from 'zod'
import { isTimeZone } from '../time/time-zone.ts'

/** How often a recurring event comes. */
export const FREQUENCIES = ['daily', 'weekly', 'monthly', 'yearly'] as const

/** A rule of recurrence, as iCalendar has it. Weekdays: 0 is Sunday. Wall seconds: see `WallSeconds`. */
export const recurrenceSchema = z.strictObject({
  frequency: z.enum(FREQUENCIES),
  interval: z.int().min(1).max(1000),
  /** How many times at most, the first included. */
  count: z.int().min(1).max(10_000).optional(),
  /** The last wall time at which it may begin. */
  untilWall: z.int().optional(),
  weekStart: z.int().min(0).max(6),
  months: z.array(z.int().min(1).max(12)),
  /** Negative numbers count from the end of the month. */
  monthDays: z.array(z.int().min(-31).max(31)),
  /** `nth` binds a weekday to one week of the month (or of the year); negative counts from the end; absent is every one. */
  weekdays: z.array(
    z.strictObject({ weekday: z.int().min(0).max(6), nth: z.int().min(-53).max(53).optional() }),
  ),
  /** Of the candidates of one period only these, counted from 1 or from the end. */
  positions: z.array(z.int().min(-366).max(366)),
})
export type Recurrence = z.infer<typeof recurrenceSchema>

/** One event of a calendar: when it begins on its zone's wall clock, how long it lasts, and when it comes again. */
export const calendarEventSchema = z.strictObject({
  uid: z.string(),
  summary: z.string(),
  timeZone: z.string().refine(isTimeZone),
  startWall: z.int(),
  /** Whole days end at a midnight of the zone; seconds are exact. */
  length: z.discriminatedUnion('unit', [
    z.strictObject({ unit: z.literal('days'), days: z.int().min(1).max(3660) }),
    z.strictObject({
      unit: z.literal('seconds'),
      seconds: z
        .int()
        .min(1)
        .max(3660 * 86_400),
    }),
  ]),
  recurrence: recurrenceSchema.optional(),
  /** More beginnings, and beginnings that are left out. Wall seconds. */
  extraWalls: z.array(z.int()),
  exceptWalls: z.array(z.int()),
})
export type CalendarEvent = z.infer<typeof calendarEventSchema>
