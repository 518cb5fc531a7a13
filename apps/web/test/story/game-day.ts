import { gameDayViewSchema, type GameDayTermsView, type GameDayView } from '@firedrill/contracts'
import { platform } from './clock.ts'

const BY = { kind: 'person', id: 'usr_ada', name: 'Ada' } as const

/** A planned game day with a blind drill of which nothing has begun. */
export function plannedDay(): GameDayView {
  return dayOf(
    {
      title: 'Autumn game day',
      date: '2026-12-01',
      briefing: 'checkout, all on call',
      participants: [{ name: 'Ada', role: 'leader' }],
      agenda: [{ time: '14:30', scenario: 'instance-kill', environment: 'sandbox', isBlind: true }],
    },
    1,
    [],
  )
}

/** A game day as the API would answer it. `room`: by somebody who is not to know of blind drills. */
export function dayOf(
  terms: GameDayTermsView,
  version: number,
  log: GameDayView['log'],
  room = false,
): GameDayView {
  const agenda = terms.agenda ?? []
  return gameDayViewSchema.parse({
    id: 'gmd_1',
    version,
    terms,
    drills: agenda.map((item) =>
      room && item.isBlind === true && item.isRevealed !== true
        ? { isHidden: true, title: 'Blind drill', run: null }
        : { isHidden: false, title: `${item.scenario} in ${item.environment}`, run: null },
    ),
    log,
    findings: [],
    changedAt: platform(0),
    changedBy: BY,
    mayLead: !room,
  })
}

/** A line of the scribe as the log shows it. */
export function scribeLine(text: string, seconds: number): GameDayView['log'][number] {
  return { at: platform(seconds), kind: 'scribe', by: BY.name, text, tone: 'person', run: null }
}
