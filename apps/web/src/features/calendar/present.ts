import type { CalendarEntry, CalendarView, FreezeView, ScheduleView } from '@firedrill/contracts'
import { isEnd } from '@firedrill/contracts'
import { clockTime, shortMoment, type Zone } from '../../format/time.ts'
import { STATUS_WORDS } from '../../vocabulary/statuses.ts'
import { verdictWord } from '../../vocabulary/verdicts.ts'
import type { Word } from '../../vocabulary/word.ts'
import type { Day, Month } from './month.ts'

/** An occurrence as a day shows it. */
export type EntryRow = Readonly<{
  key: string
  /** Hours and minutes in the reader's zone. */
  time: string
  /** The same with its day. */
  moment: string
  title: string
  environment: string
  word: Word
  runId: string | undefined
  /** What is in the way, or why it did not start; empty when all is well. */
  remarks: readonly string[]
  /** In one or two words, for a narrow cell. */
  flag: string
}>

/** A freeze as a day shows it. `edge` says whether it begins or ends there. */
export type FreezeRow = Readonly<{ key: string; reason: string; where: string; edge: string }>

/** A day with what is in it. */
export type DayCell = Day &
  Readonly<{ isToday: boolean; entries: readonly EntryRow[]; freezes: readonly FreezeRow[] }>

/** Sorts a calendar into the days of a month. */
export function presentMonth(
  month: Month,
  { entries, freezes, now }: Pick<CalendarView, 'entries' | 'freezes' | 'now'>,
  zone: Zone,
): readonly (readonly DayCell[])[] {
  return month.weeks.map((week) =>
    week.map((day): DayCell => ({
      ...day,
      isToday: day.from <= now && now < day.to,
      entries: entries
        .filter(({ at }) => day.from <= at && at < day.to)
        .map((one) => presentEntry(one, zone)),
      freezes: freezes
        .filter(({ from, to }) => from < day.to && to > day.from)
        .map((freeze) => presentFreeze(freeze, day, zone)),
    })),
  )
}

/** What needs somebody's eye: missed, refused, or with something in the way. */
export function presentTroubles(entries: readonly CalendarEntry[], zone: Zone): readonly EntryRow[] {
  return entries.map((one) => presentEntry(one, zone)).filter(({ remarks }) => remarks.length > 0)
}

function presentEntry(entry: CalendarEntry, zone: Zone): EntryRow {
  const { at, title, environment, run, conflicts, reason } = entry
  const failed = entry.state === 'missed' || entry.state === 'refused' || run?.status === 'refused'
  return {
    key: `${entry.scheduleId}/${at}`,
    time: clockTime(at, zone, 0).slice(0, 5),
    moment: shortMoment(at, zone),
    title,
    environment,
    word: wordOf(entry),
    runId: run?.id,
    remarks: [...(failed && reason !== '' ? [reason] : []), ...conflicts.map((conflict) => conflict.reason)],
    flag: [...new Set(conflicts.map(({ kind }) => FLAGS[kind]))].join(', '),
  }
}

const FLAGS: Readonly<Record<CalendarEntry['conflicts'][number]['kind'], string>> = {
  disabled: 'disabled',
  window: 'outside window',
  freeze: 'frozen',
  overlap: 'overlaps',
  'runs-into-freeze': 'freeze near',
}

function wordOf({ state, run }: CalendarEntry): Word {
  if (run !== null)
    return isEnd(run.status) && run.status === 'closed' ? verdictWord(run.verdict) : STATUS_WORDS[run.status]
  return STATUS_WORDS[state === 'started' ? 'booked' : state]
}

function presentFreeze({ from, to, reason, environment }: FreezeView, day: Day, zone: Zone): FreezeRow {
  const begins = from > day.from ? `from ${clockTime(from, zone, 0).slice(0, 5)}` : ''
  const ends = to < day.to ? `until ${clockTime(to, zone, 0).slice(0, 5)}` : ''
  return {
    key: `${from}/${reason}/${environment ?? ''}`,
    reason,
    where: environment ?? 'all environments',
    edge: [begins, ends].filter(Boolean).join(' '),
  }
}

/** When a schedule comes, in words. */
export function whenWords({ when }: Pick<ScheduleView, 'when'>): string {
  return when.kind === 'cron' ? when.expression : `once, ${when.local.replace('T', ' ')}`
}

/** What becomes of a missed occurrence, in words. */
export function missedWords({ missed }: Pick<ScheduleView, 'missed'>): string {
  return missed.policy === 'skip'
    ? 'skipped'
    : `run once, up to ${Math.round(missed.graceMs / 60_000)} min late`
}
