import type { Id, RunId } from '../ids/ids.ts'
import type { Actor } from '../journal/envelope.ts'
import type { PlatformInstant } from '../time/instant.ts'

/** What somebody does on a game day. The leader knows of blind drills; the scribe writes down what people say and do. */
export const GAME_DAY_ROLES = ['leader', 'operator', 'scribe', 'observer'] as const
export type GameDayRole = (typeof GAME_DAY_ROLES)[number]

/** One drill of the agenda. */
export type AgendaItem = Readonly<{
  /** Planned beginning in UTC, `14:30`. */
  time: string
  scenario: string
  environment: string
  /** Those who respond are not told what it is before it is revealed. */
  isBlind: boolean
  isRevealed: boolean
  /** The run it became; null: not started. */
  run: RunId | null
}>

/** What people agree on about a game day. `date` is a calendar date, `2026-12-24`. */
export type GameDayTerms = Readonly<{
  title: string
  date: string
  briefing: string
  participants: readonly Readonly<{ name: string; role: GameDayRole }>[]
  agenda: readonly AgendaItem[]
  /** What is said at the end; null: it is not over. */
  summary: string | null
}>

/** A game day as it stands. `version` counts its changes. */
export type GameDay = GameDayTerms &
  Readonly<{
    id: Id<'gameDay'>
    teamId: string
    version: number
    createdAt: PlatformInstant
    changedAt: PlatformInstant
    changedBy: Actor
  }>

/** A line of the scribe. */
export type ScribeLine = Readonly<{ number: number; at: PlatformInstant; by: Actor; text: string }>

/** True while those who respond must not know what a drill of the agenda is. */
export function isHidden({ isBlind, isRevealed }: AgendaItem): boolean {
  return isBlind && !isRevealed
}
