import { formatMicros, type OverviewRow, type OverviewView, type TrendRun } from '@firedrill/contracts'
import { limit } from '../../format/duration.ts'
import { shortInterval } from '../../format/interval.ts'
import { shortMoment, type Zone } from '../../format/time.ts'
import { STATUS_WORDS } from '../../vocabulary/statuses.ts'
import { verdictWord, VERDICT_WORDS } from '../../vocabulary/verdicts.ts'
import type { Role, Word } from '../../vocabulary/word.ts'
import { rulerOf, type Ruler } from '../run/objectives/ruler.ts'

/** What can be compared across services. */
export const MEASURES = ['recovery-time', 'detection-time', 'data-loss'] as const
export type Measure = (typeof MEASURES)[number]

/** What each is called above the table. */
export const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  'recovery-time': 'Recovery',
  'detection-time': 'Detection',
  'data-loss': 'Data loss',
}

/** One line of the overview. */
export type OverviewLine = Readonly<{
  key: string
  scenario: string
  environment: string | undefined
  title: string
  service: string
  place: string
  isProduction: boolean
  objective: string
  observed: string
  ruler: Ruler | undefined
  label: string
  spare: string
  spareRole: Role
  /** Of the objective that is compared, not of the whole run. */
  verdict: Word
  last: Readonly<{ at: string; runId: string; number: number }> | undefined
  due: string
  isLate: boolean
  /** Why it is late; empty when it is not. */
  why: string
  live: Readonly<{ runId: string; number: number; word: Word }> | undefined
}>

/** Lines under a heading, the most urgent heading first. */
export type OverviewGroup = Readonly<{ title: string; lines: readonly OverviewLine[] }>

const DAY = 86_400_000_000
const NEVER: Word = { ...VERDICT_WORDS['not-run'], word: 'never drilled', means: 'No run was carried out.' }
const NO_OBJECTIVE: Word = { word: 'no objective', icon: 'open', role: 'plain', means: 'Nothing to compare.' }

/** Which figures any scenario has an objective for. */
export function measuresIn({ rows }: OverviewView): readonly Measure[] {
  return MEASURES.filter((measure) =>
    rows.some(({ objectives }) => objectives.some(({ kind }) => kind === measure)),
  )
}

/** The overview in groups: overdue, booked, not booked, never drilled; within each the most urgent first. Pure. */
export function presentOverview(view: OverviewView, measure: Measure, zone: Zone): readonly OverviewGroup[] {
  const group = (title: string, rows: readonly OverviewRow[]) => ({
    title,
    lines: rows.map((row) => lineOf(row, measure, view.now, zone)),
  })
  const overdue = view.rows.filter((row) => row.overdueSince !== null)
  const rest = view.rows.filter((row) => row.overdueSince === null)
  const byTitle = (a: OverviewRow, b: OverviewRow) => a.title.localeCompare(b.title)
  return [
    group(
      'Overdue',
      overdue.toSorted((a, b) => (a.overdueSince ?? 0) - (b.overdueSince ?? 0)),
    ),
    group(
      'Booked',
      rest.filter(isBooked).toSorted((a, b) => (a.nextAt ?? 0) - (b.nextAt ?? 0)),
    ),
    group(
      'Drilled, not booked again',
      rest.filter((row) => !isBooked(row) && isDrilled(row)).toSorted(byTitle),
    ),
    group('Never drilled', rest.filter((row) => !isBooked(row) && !isDrilled(row)).toSorted(byTitle)),
  ].filter(({ lines }) => lines.length > 0)
}

const isBooked = ({ nextAt }: OverviewRow) => nextAt !== null
const isDrilled = ({ runs, live }: OverviewRow) => runs.length > 0 || live !== null

/** How many of the last runs ended with which word. */
export function countVerdicts(
  groups: readonly OverviewGroup[],
): readonly Readonly<{ word: Word; lines: number }>[] {
  const lines = groups.flatMap((group) => group.lines)
  return [...Object.values(VERDICT_WORDS).filter(({ word }) => word !== 'not run'), NEVER]
    .map((word) => ({ word, lines: lines.filter((line) => line.verdict.word === word.word).length }))
    .filter((count) => count.lines > 0)
}

/** What one run says about one objective. */
export type Result = TrendRun['results'][number]

/** What a run says about the objective of a name. */
export function resultOf(run: TrendRun, objective: string): Result | undefined {
  return run.results.find((result) => result.objective === objective)
}

/** The objective of a row that is compared: its first of that kind. */
export function objectiveOf({ objectives }: OverviewRow, measure: Measure) {
  return objectives.find(({ kind }) => kind === measure)
}

function lineOf(row: OverviewRow, measure: Measure, now: number, zone: Zone): OverviewLine {
  const objective = objectiveOf(row, measure)
  const last = row.runs.at(-1)
  const result = last === undefined || objective === undefined ? undefined : resultOf(last, objective.name)
  const observed = result?.observed ?? null
  const isLate = row.overdueSince !== null
  return {
    key: `${row.scenario} ${row.environment ?? ''}`,
    scenario: row.scenario,
    environment: row.environment ?? undefined,
    title: row.title,
    service: row.service,
    place: row.environment ?? 'nowhere yet',
    isProduction: row.isProduction,
    objective: objective === undefined ? 'none' : limit(result?.maxMicros ?? objective.maxMicros),
    observed: observed === null ? (last === undefined ? '' : 'not observed') : shortInterval(observed),
    ruler:
      observed === null || result === undefined
        ? undefined
        : rulerOf(observed, result.maxMicros, result.verdict),
    label: `${row.title}: ${observed === null ? 'not observed' : shortInterval(observed)}`,
    ...spareOf(result),
    verdict:
      last === undefined
        ? NEVER
        : objective === undefined
          ? NO_OBJECTIVE
          : verdictWord(result?.verdict ?? 'inconclusive'),
    last:
      last === undefined
        ? undefined
        : { at: shortMoment(last.at, zone), runId: last.id, number: last.number },
    due: dueWords(row, now, zone),
    isLate,
    why: isLate ? row.overdueWhy : '',
    live:
      row.live === null
        ? undefined
        : { runId: row.live.id, number: row.live.number, word: STATUS_WORDS[row.live.status] },
  }
}

/** The distance that decided, rounded towards the objective so that it never seems larger than it is. */
function spareOf(result: Result | undefined): Readonly<{ spare: string; spareRole: Role }> {
  if (result === undefined) return { spare: '', spareRole: 'plain' }
  const { observed, maxMicros, verdict } = result
  if (observed === null || verdict === 'inconclusive') return { spare: 'undecided', spareRole: 'plain' }
  if (verdict === 'held' && observed.hi !== null)
    return { spare: formatMicros(maxMicros - observed.hi, 'down'), spareRole: 'plain' }
  if (verdict === 'deviated') {
    const over = `−${formatMicros(Math.max(0, observed.lo - maxMicros), 'down')}`
    return { spare: observed.hi === null ? `${over} or more` : over, spareRole: 'deviated' }
  }
  return { spare: 'undecided', spareRole: 'plain' }
}

function dueWords({ overdueSince, nextAt }: OverviewRow, now: number, zone: Zone): string {
  if (overdueSince !== null) return `${lateWords(now - overdueSince)} late`
  return nextAt === null ? 'not booked' : shortMoment(nextAt, zone)
}

function lateWords(micros: number): string {
  const days = Math.floor(micros / DAY)
  if (days > 0) return days === 1 ? '1 day' : `${days} days`
  const hours = Math.floor(micros / 3_600_000_000)
  return hours > 0 ? `${hours} h` : `${Math.max(1, Math.floor(micros / 60_000_000))} min`
}
