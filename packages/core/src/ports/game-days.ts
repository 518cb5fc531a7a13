import type { GameDay, GameDayTerms, ScribeLine } from '../game-day/game-day.ts'
import type { Id } from '../ids/ids.ts'
import type { Actor } from '../journal/envelope.ts'

/** Game days and what was written down on them. Every version and every line is kept. */
export type GameDayStore = Readonly<{
  /** As they stand, the latest date first. */
  list(teamId: string): Promise<readonly GameDay[]>
  get(teamId: string, id: Id<'gameDay'>): Promise<GameDay | undefined>
  /** Writes one version; false when that version is there already: read again. */
  write(
    day: Readonly<{ teamId: string; id: Id<'gameDay'>; version: number }>,
    terms: GameDayTerms,
    by: Actor,
  ): Promise<boolean>
  /** Lines in order. */
  lines(id: Id<'gameDay'>): Promise<readonly ScribeLine[]>
  /** Adds a line as number `number`; false when somebody else has: read again. */
  addLine(
    line: Readonly<{ teamId: string; id: Id<'gameDay'>; number: number }>,
    text: string,
    by: Actor,
  ): Promise<boolean>
}>
