import type { RunDetail, TimelineEvent } from '@firedrill/contracts'
import type { Zone } from '../../../format/time.ts'
import { duration } from '../../../format/duration.ts'
import { STATUS_WORDS } from '../../../vocabulary/statuses.ts'
import { TONE_WORDS } from '../../../vocabulary/tones.ts'
import type { Role } from '../../../vocabulary/word.ts'
import { runbookRow } from '../runbook/runbook-row.ts'
import { stepRows } from './fault-rows.ts'
import type { BarLook, Mark, Row } from './row.ts'

/** What the rows are made from. Everything in it is of one moment. */
export type RowsSource = Readonly<{
  run: RunDetail
  events: readonly TimelineEvent[]
  worldNow: number
  zone: Zone
}>

/** All rows of the timeline above the probe lanes, from top to bottom. Pure. */
export function timelineRows(source: RowsSource): readonly Row[] {
  return [
    platformRow(source),
    ...source.run.steps.flatMap((step) => stepRows(step, source)),
    ...alarmRow(source),
    ...runbookRow(source.run, source.events, source.worldNow),
    peopleRow(source),
    ...troubleRow(source),
    journalRow(source),
  ]
}

function platformRow({ run, events, worldNow }: RowsSource): Row {
  const marks = run.phases.flatMap((phase): Mark[] => {
    const to = phase.leftWorldAt ?? worldNow
    const word = STATUS_WORDS[phase.status]
    const seq = events.find(
      (event) => event.type === 'status-changed' && event.worldAt === phase.worldAt,
    )?.seq
    const says = `${word.word} for ${duration(to - phase.worldAt)}: ${phase.why}`
    return [
      {
        kind: 'bar',
        look: lookOf(word.role),
        from: phase.worldAt,
        to,
        isOpen: phase.leftWorldAt === null && !run.isOver,
        says,
        ...(seq === undefined ? {} : { seq }),
      },
    ]
  })
  const word = STATUS_WORDS[run.status]
  return {
    key: 'platform',
    icon: word.icon,
    role: word.role,
    label: 'Platform',
    meta: word.word,
    depth: 0,
    marks,
  }
}

/** What the platform does is ink; only the way back and waiting for people have their own look. */
function lookOf(role: Role): BarLook {
  switch (role) {
    case 'recovering':
      return 'undo'
    case 'people':
      return 'people'
    case 'fault':
    case 'held':
    case 'deviated':
    case 'inconclusive':
    case 'alarm':
    case 'accent':
    case 'plain':
      return 'work'
  }
}

function alarmRow({ run, worldNow }: RowsSource): readonly Row[] {
  const detected = run.measurement?.points.detected
  if (detected === undefined) return []
  return [
    {
      key: 'alarm',
      icon: 'alarm',
      role: 'alarm',
      label: 'Alarm',
      meta: 'went off',
      depth: 0,
      marks: [
        {
          kind: 'bar',
          look: 'alarm',
          from: detected.hi,
          to: Math.min(worldNow, run.measurement?.points.recovered?.hi ?? worldNow),
          isOpen: false,
          says: 'after the first alarm',
        },
        {
          kind: 'bounds',
          lo: detected.lo,
          hi: detected.hi,
          role: 'alarm',
          says: `first alarm, by ${detected.source}`,
        },
        { kind: 'text', at: detected.hi, text: detected.source, isQuiet: true, end: false },
      ],
    },
  ]
}

function peopleRow({ events }: RowsSource): Row {
  const byPeople = events.filter((event) => event.tone === 'person')
  const marks = byPeople.flatMap((event): Mark[] => [
    {
      kind: 'glyph',
      at: event.worldAt,
      icon: event.type === 'note-added' ? 'note' : 'people',
      role: 'people',
      says: `${event.actor.name}: ${event.summary}`,
      seq: event.seq,
    },
    { kind: 'text', at: event.worldAt, text: event.summary, isQuiet: false, end: false },
  ])
  const meta = byPeople.length === 0 ? 'nobody yet' : String(byPeople.length)
  return { key: 'people', icon: 'people', role: 'people', label: 'People and notes', meta, depth: 0, marks }
}

function troubleRow({ events }: RowsSource): readonly Row[] {
  const troubles = events.filter((event) => event.tone === 'warning' || event.tone === 'bad')
  if (troubles.length === 0) return []
  const marks = troubles.map((event): Mark => {
    const { icon, role } = TONE_WORDS[event.tone]
    return { kind: 'glyph', at: event.worldAt, icon, role, says: event.summary, seq: event.seq }
  })
  const meta = `${troubles.length} ${troubles.length === 1 ? 'event' : 'events'}`
  return [
    { key: 'trouble', icon: 'alarm', role: 'alarm', label: 'Warnings and problems', meta, depth: 0, marks },
  ]
}

function journalRow({ events }: RowsSource): Row {
  const byRole = Map.groupBy(events, (event) => TONE_WORDS[event.tone].role)
  return {
    key: 'journal',
    icon: 'document',
    role: 'plain',
    label: 'Journal',
    meta: `${events.length} events`,
    depth: 0,
    marks: [...byRole].map(([role, group]): Mark => ({
      kind: 'ticks',
      role,
      at: group.map((event) => event.worldAt),
    })),
  }
}
