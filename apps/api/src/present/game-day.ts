import type { GameDaySummary, GameDayView, LogLine } from '@firedrill/contracts'
import {
  isHidden,
  type AgendaItem,
  type GameDay,
  type JournalEvent,
  type RunFinding,
  type RunOutcome,
  type RunRow,
  type ScribeLine,
} from '@firedrill/core'
import { presentEvent } from './event-words.ts'
import { presentFinding } from './finding.ts'
import { presentRun } from './run-summary.ts'

/** What stands in place of the name of a drill that is not to be known. */
const HIDDEN_NAME = 'blind'

/** A run of a game day with what it left. `later`: what runs of the same drill came to, newest first. */
export type DayRun = Readonly<{
  row: RunRow
  events: readonly JournalEvent[]
  findings: readonly RunFinding[]
  later: readonly RunOutcome[]
}>

/** Everything a game day's page is made of. */
export type GameDaySource = Readonly<{
  day: GameDay
  lines: readonly ScribeLine[]
  /** By id. */
  runs: ReadonlyMap<string, DayRun>
  mayLead: boolean
}>

/** A game day as a list shows it. Pure. */
export function presentGameDaySummary({ id, title, date, agenda, summary }: GameDay): GameDaySummary {
  return { id, title, date, drills: agenda.length, isOver: summary !== null }
}

/** A game day with what people and the platform did on it. Whoever does not lead is not told of blind drills before they are revealed. Pure. */
export function presentGameDay({ day, lines, runs, mayLead }: GameDaySource): GameDayView {
  const { id, version, title, date, briefing, participants, summary, changedAt, changedBy } = day
  const isSecret = (item: AgendaItem) => !mayLead && isHidden(item)
  const known = day.agenda.flatMap((item) => {
    const found = item.run === null || isSecret(item) ? undefined : runs.get(item.run)
    return found === undefined ? [] : [found]
  })
  return {
    id,
    version,
    terms: {
      title,
      date,
      briefing,
      participants: participants.map((one) => ({ ...one })),
      agenda: day.agenda.map((item) =>
        isSecret(item)
          ? { ...item, scenario: HIDDEN_NAME, environment: HIDDEN_NAME, run: null }
          : { ...item },
      ),
      summary,
    },
    drills: day.agenda.map((item) => presentDrill(item, runs, isSecret(item))),
    log: [...lines.map(scribeLine), ...known.flatMap(machineLines)].sort((a, b) => a.at - b.at),
    findings: known.flatMap(presentFindings),
    changedAt,
    changedBy: { ...changedBy },
    mayLead,
  }
}

function presentDrill(
  item: AgendaItem,
  runs: ReadonlyMap<string, DayRun>,
  isSecret: boolean,
): GameDayView['drills'][number] {
  if (isSecret) return { isHidden: true, title: 'Blind drill', run: null }
  const row = item.run === null ? undefined : runs.get(item.run)?.row
  const title = `${item.scenario} in ${item.environment}`
  if (row === undefined) return { isHidden: false, title, run: null }
  const { id, number, status, isOver, verdict, reason } = presentRun(row)
  return { isHidden: false, title, run: { id, number, status, isOver, verdict, reason } }
}

function scribeLine({ at, by, text }: ScribeLine): LogLine {
  return { at, kind: 'scribe', by: by.name, text, tone: 'person', run: null }
}

/** What changed the course of a run, not every look at it. */
function machineLines({ row, events }: DayRun): readonly LogLine[] {
  return events.flatMap((event) => {
    const { at, type, tone, summary, actor } = presentEvent(event)
    if (tone === 'neutral' && type !== 'status-changed') return []
    return [{ at, kind: 'machine' as const, by: actor.name, text: summary, tone, run: row.number }]
  })
}

/** A gap stays until somebody closes it, or a later run of the same drill has held. */
function presentFindings({ row, findings, later }: DayRun): GameDayView['findings'] {
  const held = later.findLast(({ number, verdict }) => number > row.number && verdict === 'held')
  return findings.map((finding) => ({
    finding: presentFinding(finding),
    run: row.id,
    runNumber: row.number,
    heldAgain: held?.number ?? null,
  }))
}
