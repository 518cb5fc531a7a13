import { z } from 'zod'
import type { DrillId, Id, RunId } from '../ids/ids.ts'
import type { Actor } from '../journal/envelope.ts'
import { platformInstant, type PlatformInstant } from '../time/instant.ts'
import { firstInstantOf, isTimeZone, parseWall } from '../time/time-zone.ts'
import { parseCron } from './cron.ts'
import { occurrencesAfter } from './occurrences.ts'

/** What becomes of an occurrence whose time passed while nothing could start it. */
export const MISSED_POLICIES = ['skip', 'run-once-late'] as const
export type MissedPolicy = (typeof MISSED_POLICIES)[number]

/** What became of one occurrence of a schedule. */
export const OCCURRENCE_OUTCOMES = ['started', 'missed', 'refused'] as const
export type OccurrenceOutcome = (typeof OCCURRENCE_OUTCOMES)[number]

const timeZone = z.string().refine(isTimeZone, 'is no time zone; write a name such as Europe/Berlin or UTC')

/** When a schedule comes: again and again, or once, always by the wall clock of a named zone. */
export const scheduleTimeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('cron'),
    expression: z
      .string()
      .max(200)
      .superRefine((text, context) => {
        const read = parseCron(text)
        if (!read.ok) context.addIssue({ code: 'custom', message: read.problem })
      }),
    timeZone,
  }),
  z.strictObject({
    kind: z.literal('once'),
    /** `2026-12-01T09:00` on the wall clock of the zone. */
    local: z
      .string()
      .refine((text) => parseWall(text) !== undefined, 'is no time; write it as 2026-12-01T09:00'),
    timeZone,
  }),
])
export type ScheduleTime = z.infer<typeof scheduleTimeSchema>

/** Whether a missed occurrence may still run. `graceMs` is platform time after the occurrence. */
export const missedRuleSchema = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('skip') }),
  z.strictObject({
    policy: z.literal('run-once-late'),
    graceMs: z
      .int()
      .min(60_000)
      .max(7 * 86_400_000),
  }),
])
export type MissedRule = z.infer<typeof missedRuleSchema>

/** What a person decides about a schedule. Instants are platform time. */
export type ScheduleTerms = Readonly<{
  title: string
  when: ScheduleTime
  missed: MissedRule
  enabled: boolean
  /** No occurrence before this instant. */
  validFrom?: PlatformInstant
  /** No occurrence at or after this instant. */
  validUntil?: PlatformInstant
}>

/** A drill that is started by itself. `nextAt` is the first occurrence that nothing has become of yet. */
export type Schedule = ScheduleTerms &
  Readonly<{
    id: Id<'schedule'>
    teamId: string
    drillId: DrillId
    /** Counts up with every change by a person; what was read before one cannot overwrite it. */
    version: number
    nextAt?: PlatformInstant
    createdAt: PlatformInstant
    createdBy: Actor
    updatedAt: PlatformInstant
    updatedBy: Actor
  }>

/** What became of one occurrence. `runId` is absent when not even a run could be made. */
export type Occurrence = Readonly<{
  scheduleId: Id<'schedule'>
  teamId: string
  drillId: DrillId
  at: PlatformInstant
  outcome: OccurrenceOutcome
  reason: string
  runId?: RunId
}>

/** Occurrences of a schedule after an instant, ascending, within its validity. Whether it is enabled does not matter. */
export function* occurrencesOf(
  { when, validFrom, validUntil }: Pick<ScheduleTerms, 'when' | 'validFrom' | 'validUntil'>,
  after: PlatformInstant,
): Generator<PlatformInstant> {
  const start = validFrom === undefined ? after : platformInstant(Math.max(after, validFrom - 1))
  for (const at of timesOf(when, start)) {
    if (validUntil !== undefined && at >= validUntil) return
    yield at
  }
}

function* timesOf(when: ScheduleTime, after: PlatformInstant): Generator<PlatformInstant> {
  if (when.kind === 'once') {
    const at = onceAt(when)
    if (at > after) yield at
    return
  }
  const read = parseCron(when.expression)
  if (!read.ok) throw new RangeError(`a stored schedule does not read: ${read.problem}`)
  yield* occurrencesAfter(read.cron, when.timeZone, after)
}

/** The instant of a one-off booking. @throws RangeError when its time does not read. */
export function onceAt({ local, timeZone: zone }: Extract<ScheduleTime, { kind: 'once' }>): PlatformInstant {
  const wall = parseWall(local)
  if (wall === undefined) throw new RangeError(`a stored booking does not read: ${local}`)
  return platformInstant(firstInstantOf(zone, wall) * 1_000_000)
}

/** The next occurrence after an instant, or undefined when none comes. */
export function nextOccurrence(
  terms: Pick<ScheduleTerms, 'when' | 'validFrom' | 'validUntil'>,
  after: PlatformInstant,
): PlatformInstant | undefined {
  const next = occurrencesOf(terms, after).next()
  return next.done === true ? undefined : next.value
}

/** Occurrences in [from, to), at most `max` of them. */
export function occurrencesBetween(
  terms: Pick<ScheduleTerms, 'when' | 'validFrom' | 'validUntil'>,
  from: PlatformInstant,
  to: PlatformInstant,
  max: number,
): readonly PlatformInstant[] {
  const found: PlatformInstant[] = []
  for (const at of occurrencesOf(terms, platformInstant(from - 1))) {
    if (at >= to || found.length >= max) break
    found.push(at)
  }
  return found
}
