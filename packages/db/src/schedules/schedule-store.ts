import {
  platformInstant,
  type DrillId,
  type Id,
  type MissedRule,
  type Occurrence,
  type OccurrenceOutcome,
  type RunId,
  type Schedule,
  type ScheduleStore,
  type ScheduleTerms,
  type ScheduleTime,
} from '@firedrill/core'
import type { Pool } from 'pg'
import { inTransaction } from '../connection/database.ts'
import { platformOf } from '../connection/micros.ts'
import { actorOf } from '../journal/event-row.ts'

type Row = Readonly<{
  id: string
  team_id: string
  drill_id: string
  title: string
  time: ScheduleTime
  missed: MissedRule
  enabled: boolean
  valid_from: number | null
  valid_until: number | null
  next_at: number | null
  version: number
  actor_kind: string
  actor_id: string
  actor_name: string
  created_at: number
  updated_actor_kind: string
  updated_actor_id: string
  updated_actor_name: string
  updated_at: number
}>

type OccurrenceRow = Readonly<{
  schedule_id: string
  at: number
  team_id: string
  drill_id: string
  outcome: OccurrenceOutcome
  reason: string
  run_id: string | null
}>

const COLUMNS = `id, team_id, drill_id, title, time, missed, enabled, valid_from, valid_until, next_at, version,
  actor_kind, actor_id, actor_name, created_at, updated_actor_kind, updated_actor_id, updated_actor_name, updated_at`

const INSERT = `
  INSERT INTO schedule (id, team_id, drill_id, title, time, missed, enabled, valid_from, valid_until, next_at,
    actor_kind, actor_id, actor_name, updated_actor_kind, updated_actor_id, updated_actor_name)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $11, $12, $13)
  RETURNING ${COLUMNS}`

const CHANGE = `
  UPDATE schedule SET title = $4, time = $5, missed = $6, enabled = $7, valid_from = $8, valid_until = $9, next_at = $10,
    updated_actor_kind = $11, updated_actor_id = $12, updated_actor_name = $13, updated_at = now_micros(),
    version = version + 1
  WHERE team_id = $1 AND id = $2 AND version = $3 AND removed_at IS NULL
  RETURNING ${COLUMNS}`

const REMOVE = `
  UPDATE schedule SET removed_at = now_micros(), enabled = false, next_at = NULL, updated_at = now_micros(),
    updated_actor_kind = $4, updated_actor_id = $5, updated_actor_name = $6, version = version + 1
  WHERE team_id = $1 AND id = $2 AND version = $3 AND removed_at IS NULL`

/** `ScheduleStore` on PostgreSQL. */
export function scheduleStore(pool: Pool): ScheduleStore {
  const rows = async (rest: string, values: readonly unknown[]) =>
    (await pool.query<Row>(`SELECT ${COLUMNS} FROM schedule ${rest}`, [...values])).rows.map(scheduleOf)
  const whyNot = async (teamId: string, id: string): Promise<'stale' | 'gone'> => {
    const [known] = await rows('WHERE team_id = $1 AND id = $2 AND removed_at IS NULL', [teamId, id])
    return known === undefined ? 'gone' : 'stale'
  }
  return {
    create: async ({ id, teamId, drillId, nextAt, createdBy, ...terms }) => {
      const { rows: made } = await pool.query<Row>(INSERT, [
        id,
        teamId,
        drillId,
        ...termValues(terms),
        nextAt ?? null,
        createdBy.kind,
        createdBy.id,
        createdBy.name,
      ])
      if (made[0] === undefined) throw new Error('a schedule was not stored')
      return scheduleOf(made[0])
    },
    get: async (teamId, id) =>
      (await rows('WHERE team_id = $1 AND id = $2 AND removed_at IS NULL', [teamId, id]))[0],
    list: (teamId) =>
      rows('WHERE team_id = $1 AND removed_at IS NULL ORDER BY next_at NULLS LAST, id', [teamId]),
    change: async ({ teamId, id, version }, terms, nextAt, actor) => {
      const { rows: changed } = await pool.query<Row>(CHANGE, [
        teamId,
        id,
        version,
        ...termValues(terms),
        nextAt ?? null,
        actor.kind,
        actor.id,
        actor.name,
      ])
      return changed[0] === undefined ? whyNot(teamId, id) : scheduleOf(changed[0])
    },
    remove: async ({ teamId, id, version }, actor) => {
      const values = [teamId, id, version, actor.kind, actor.id, actor.name]
      return (await pool.query(REMOVE, values)).rowCount === 1 ? 'removed' : whyNot(teamId, id)
    },
    due: (limit) => rows('WHERE enabled AND next_at <= now_micros() ORDER BY next_at, id LIMIT $1', [limit]),
    settle: (schedule, occurrences, nextAt) => settle(pool, schedule, occurrences, nextAt),
    occurrences: async (teamId, from, to) => {
      const { rows: found } = await pool.query<OccurrenceRow>(
        `SELECT schedule_id, at, team_id, drill_id, outcome, reason, run_id FROM schedule_occurrence
         WHERE team_id = $1 AND at >= $2 AND at < $3 ORDER BY at, schedule_id`,
        [teamId, from, to],
      )
      return found.map(occurrenceOf)
    },
  }
}

function settle(
  pool: Pool,
  { id, version, nextAt: read }: Parameters<ScheduleStore['settle']>[0],
  occurrences: readonly Occurrence[],
  nextAt: Schedule['nextAt'],
): Promise<void> {
  return inTransaction(pool, async (client) => {
    const column = <T>(of: (one: Occurrence) => T): T[] => occurrences.map(of)
    await client.query(
      `INSERT INTO schedule_occurrence (schedule_id, team_id, drill_id, at, outcome, reason, run_id)
       SELECT $1, o.* FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[]) AS o
       ON CONFLICT (schedule_id, at) DO NOTHING`,
      [
        id,
        column(({ teamId }) => teamId),
        column(({ drillId }) => drillId),
        column(({ at }) => at),
        column(({ outcome }) => outcome),
        column(({ reason }) => reason),
        column(({ runId }) => runId ?? null),
      ],
    )
    await client.query(
      'UPDATE schedule SET next_at = $4 WHERE id = $1 AND version = $2 AND next_at IS NOT DISTINCT FROM $3',
      [id, version, read ?? null, nextAt ?? null],
    )
    return { commit: true, value: undefined }
  })
}

function termValues({ title, when, missed, enabled, validFrom, validUntil }: ScheduleTerms): unknown[] {
  return [title, JSON.stringify(when), JSON.stringify(missed), enabled, validFrom ?? null, validUntil ?? null]
}

function scheduleOf(row: Row): Schedule {
  return {
    id: row.id as Id<'schedule'>,
    teamId: row.team_id,
    drillId: row.drill_id as DrillId,
    title: row.title,
    when: row.time,
    missed: row.missed,
    enabled: row.enabled,
    ...(row.valid_from === null ? {} : { validFrom: platformInstant(row.valid_from) }),
    ...(row.valid_until === null ? {} : { validUntil: platformInstant(row.valid_until) }),
    version: row.version,
    ...(row.next_at === null ? {} : { nextAt: platformInstant(row.next_at) }),
    createdAt: platformOf(row.created_at),
    createdBy: actorOf(row.actor_kind, row.actor_id, row.actor_name),
    updatedAt: platformOf(row.updated_at),
    updatedBy: actorOf(row.updated_actor_kind, row.updated_actor_id, row.updated_actor_name),
  }
}

function occurrenceOf(row: OccurrenceRow): Occurrence {
  return {
    scheduleId: row.schedule_id as Id<'schedule'>,
    teamId: row.team_id,
    drillId: row.drill_id as DrillId,
    at: platformOf(row.at),
    outcome: row.outcome,
    reason: row.reason,
    ...(row.run_id === null ? {} : { runId: row.run_id as RunId }),
  }
}
