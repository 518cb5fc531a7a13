import type { GameDay, GameDayStore, GameDayTerms, Id } from '@firedrill/core'
import type { Pool } from 'pg'
import { platformOf } from '../connection/micros.ts'
import { actorOf } from '../journal/event-row.ts'

const STANDING = `
  SELECT DISTINCT ON (id) id, team_id, version, terms, actor_kind, actor_id, actor_name, at,
    first_value(at) OVER (PARTITION BY id ORDER BY version) AS created_at
  FROM game_day WHERE team_id = $1 AND ($2::text IS NULL OR id = $2) ORDER BY id, version DESC`
const WRITE = `
  INSERT INTO game_day (id, version, team_id, terms, actor_kind, actor_id, actor_name)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`
const LINES = `
  SELECT number, text, actor_kind, actor_id, actor_name, at FROM game_day_line
  WHERE game_day_id = $1 ORDER BY number`
const ADD_LINE = `
  INSERT INTO game_day_line (game_day_id, number, team_id, text, actor_kind, actor_id, actor_name)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`

type By = Readonly<{ actor_kind: string; actor_id: string; actor_name: string; at: number }>
type DayRow = By &
  Readonly<{ id: string; team_id: string; version: number; terms: GameDayTerms; created_at: number }>
type LineRow = By & Readonly<{ number: number; text: string }>

/** `GameDayStore` on PostgreSQL: a row a version, of which the newest stands. */
export function gameDayStore(pool: Pool): GameDayStore {
  const standing = async (teamId: string, id: string | null) =>
    (await pool.query<DayRow>(STANDING, [teamId, id])).rows.map(dayOf)
  return {
    list: async (teamId) =>
      (await standing(teamId, null)).sort((a, b) => (a.date === b.date ? 0 : a.date < b.date ? 1 : -1)),
    get: async (teamId, id) => (await standing(teamId, id))[0],
    write: async ({ teamId, id, version }, terms, by) => {
      const values = [id, version, teamId, JSON.stringify(terms), by.kind, by.id, by.name]
      return (await pool.query(WRITE, values)).rowCount === 1
    },
    lines: async (id) =>
      (await pool.query<LineRow>(LINES, [id])).rows.map((row) => ({
        number: row.number,
        at: platformOf(row.at),
        by: byOf(row),
        text: row.text,
      })),
    addLine: async ({ teamId, id, number }, text, by) => {
      const values = [id, number, teamId, text, by.kind, by.id, by.name]
      return (await pool.query(ADD_LINE, values)).rowCount === 1
    },
  }
}

function dayOf(row: DayRow): GameDay {
  return {
    ...row.terms,
    id: row.id as Id<'gameDay'>,
    teamId: row.team_id,
    version: row.version,
    createdAt: platformOf(row.created_at),
    changedAt: platformOf(row.at),
    changedBy: byOf(row),
  }
}

function byOf({ actor_kind: kind, actor_id: id, actor_name: name }: By) {
  return actorOf(kind, id, name)
}
