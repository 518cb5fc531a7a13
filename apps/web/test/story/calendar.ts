import {
  calendarSchema,
  freezeCalendarSchema,
  scheduleSchema,
  upcomingSchema,
  type CalendarView,
  type FreezeCalendarView,
  type ScheduleView,
  type UpcomingView,
} from '@firedrill/contracts'
import { closedRun } from './told-runs.ts'

const at = (text: string) => Date.parse(`2026-12-${text}Z`) * 1000
const OKAFOR = { kind: 'person', id: 'tok_1', name: 'M. Okafor' } as const
const about = {
  drillId: 'drl_1',
  scenario: 'instance-kill',
  environment: 'sandbox',
  lengthMs: 900_000,
  reason: '',
  run: null,
  conflicts: [],
} as const
const weekly = { ...about, scheduleId: 'sch_weekly', title: 'All primary web instances stop' } as const
const nightly = { ...about, scheduleId: 'sch_nightly', title: 'A record disappears, at night' } as const

/** The month in which the calendar is told. */
export const TOLD_MONTH = '2026-12'

/** December 2026, looked at on the ninth: some started, some missed, a freeze over the end of the year. */
export function calendar(from: number, to: number): CalendarView {
  const yearEnd = {
    kind: 'freeze',
    reason: 'frozen until 2027-01-03 23:00 UTC: Year end, all teams',
  } as const
  const entries = [
    {
      ...weekly,
      at: at('01T09:00:00'),
      state: 'started',
      run: { id: closedRun().id, number: 211, status: 'closed', verdict: 'held' },
    },
    {
      ...nightly,
      at: at('03T01:30:00'),
      state: 'missed',
      reason:
        'its time had passed 2 h 4 min before anything could start it; the schedule skips what is missed',
    },
    {
      ...weekly,
      at: at('08T09:00:00'),
      state: 'refused',
      reason: 'run run_01 of the same drill is not over',
    },
    { ...nightly, at: at('10T01:30:00'), state: 'booked' },
    {
      ...weekly,
      at: at('15T09:00:00'),
      state: 'booked',
      conflicts: [
        {
          kind: 'overlap',
          reason: 'Release rehearsal is booked in the same environment for 2026-12-15 09:05 UTC',
        },
      ],
    },
    {
      ...weekly,
      title: 'Release rehearsal',
      scheduleId: 'sch_once',
      at: at('15T09:05:00'),
      state: 'booked',
      conflicts: [
        {
          kind: 'overlap',
          reason: 'All primary web instances stop is booked in the same environment for 2026-12-15 09:00 UTC',
        },
      ],
    },
    { ...nightly, at: at('17T01:30:00'), state: 'booked' },
    { ...weekly, at: at('22T09:00:00'), state: 'booked', conflicts: [yearEnd] },
    {
      ...nightly,
      at: at('24T01:30:00'),
      state: 'booked',
      conflicts: [yearEnd, { kind: 'window', reason: 'outside every allowed window of sandbox' }],
    },
    { ...weekly, at: at('29T09:00:00'), state: 'booked', conflicts: [yearEnd] },
  ]
  const freezes = [
    {
      from: at('19T23:00:00'),
      to: at('31T23:00:00') + 3 * 86_400_000_000,
      reason: 'Year end, all teams',
      source: 'company',
      environment: null,
    },
    {
      from: at('11T16:00:00'),
      to: at('11T20:00:00'),
      reason: 'Launch of the new shop',
      source: 'environment',
      environment: 'sandbox',
    },
  ]
  return calendarSchema.parse({
    from,
    to,
    now: at('09T12:00:00'),
    entries: entries.filter((entry) => from <= entry.at && entry.at < to),
    freezes: freezes.filter((freeze) => freeze.from < to && freeze.to > from),
    isCut: false,
  })
}

/** Two schedules, one of them paused. */
export function schedules(): readonly ScheduleView[] {
  const common = {
    drillId: 'drl_1',
    scenario: 'instance-kill',
    environment: 'sandbox',
    validFrom: null,
    validUntil: null,
    version: 2,
    createdAt: at('01T00:00:00'),
    createdBy: OKAFOR,
    updatedAt: at('02T00:00:00'),
    updatedBy: OKAFOR,
  }
  return [
    {
      ...common,
      id: 'sch_weekly',
      title: weekly.title,
      when: { kind: 'cron', expression: '0 10 * * tue', timeZone: 'Europe/Berlin' },
      missed: { policy: 'run-once-late', graceMs: 7_200_000 },
      enabled: true,
      nextAt: at('15T09:00:00'),
    },
    {
      ...common,
      id: 'sch_nightly',
      title: nightly.title,
      when: { kind: 'cron', expression: '30 2 * * thu', timeZone: 'Europe/Berlin' },
      missed: { policy: 'skip' },
      enabled: false,
      nextAt: null,
    },
  ].map((one) => scheduleSchema.parse(one))
}

/** One imported calendar. */
export function calendars(): readonly FreezeCalendarView[] {
  const { freezes } = calendar(at('01T00:00:00'), at('31T00:00:00'))
  return [
    freezeCalendarSchema.parse({
      name: 'company',
      environment: null,
      events: 3,
      at: at('01T00:00:00'),
      actor: OKAFOR,
      next: freezes.slice(0, 1),
    }),
  ]
}

/** What a booking would come to: once in a gap of the clock, once in a freeze. */
export function upcoming(): readonly UpcomingView[] {
  return [
    {
      at: Date.parse('2027-03-28T01:00:00Z') * 1000,
      local: '2027-03-28T03:00',
      timeZone: 'Europe/Berlin',
      note: 'clocks go forward to 03:00 in Europe/Berlin: a time that is skipped runs then',
      conflicts: [],
    },
    {
      at: at('22T09:00:00'),
      local: '2026-12-22T10:00',
      timeZone: 'Europe/Berlin',
      note: '',
      conflicts: [{ kind: 'freeze', reason: 'frozen until 2027-01-03 23:00 UTC: Year end, all teams' }],
    },
  ].map((one) => upcomingSchema.parse(one))
}
