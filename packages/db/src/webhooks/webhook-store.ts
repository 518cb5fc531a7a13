import {
  retryAfterMs,
  type Delivery,
  type DeliveryState,
  type DueDelivery,
  type Id,
  type RunEventType,
  type Webhook,
  type WebhookKind,
  type WebhookStore,
} from '@firedrill/core'
import type { Pool } from 'pg'
import { platformOf } from '../connection/micros.ts'
import { actorOf, EVENT_COLUMNS, eventOf, type EventRow } from '../journal/event-row.ts'

type Row = Readonly<{
  id: string
  team_id: string
  name: string
  kind: WebhookKind
  url: string
  secret: string
  types: readonly RunEventType[]
  actor_kind: string
  actor_id: string
  actor_name: string
  created_at: number
}>

type DeliveryRow = Readonly<{
  run_id: string
  number: number
  seq: number
  type: RunEventType
  state: DeliveryState
  attempts: number
  at: number
  next_at: number
  problem: string | null
}>

type DueRow = Readonly<{
  webhook: Row
  event: EventRow
  number: number
  scenario: string
  environment: string
  drill_id: string
  attempts: number
  now: number
}>

const COLUMNS = 'id, team_id, name, kind, url, secret, types, actor_kind, actor_id, actor_name, created_at'

const INSERT = `
  INSERT INTO webhook (id, team_id, name, kind, url, secret, types, actor_kind, actor_id, actor_name)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`

const OF_TEAM = 'SELECT id FROM webhook WHERE id = $2 AND team_id = $1'

const DELIVERIES = `
  SELECT d.run_id, r.number, d.seq, e.type, d.state, d.attempts, e.at, d.next_at, d.problem
  FROM webhook_delivery d JOIN run r ON r.id = d.run_id JOIN run_event e ON e.run_id = d.run_id AND e.seq = d.seq
  WHERE d.webhook_id IN (${OF_TEAM}) AND ($3::text IS NULL OR d.state = $3)
  ORDER BY e.at DESC, d.run_id DESC, d.seq DESC LIMIT $4`

const REPLAY = `
  UPDATE webhook_delivery SET state = 'waiting', attempts = 0, next_at = now_micros(), problem = NULL
  WHERE webhook_id IN (${OF_TEAM}) AND state = 'dead'`

// The first of each run that waits holds back those behind it, also while it is being sent.
const CLAIM = `
  WITH head AS (
    SELECT d.webhook_id, d.run_id, d.seq FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id
    WHERE d.state = 'waiting' AND d.next_at <= now_micros() AND w.removed_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM webhook_delivery b
      WHERE b.webhook_id = d.webhook_id AND b.run_id = d.run_id AND b.seq < d.seq AND b.state = 'waiting')
    ORDER BY d.next_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED
  ), taken AS (
    UPDATE webhook_delivery d SET attempts = d.attempts + 1, next_at = now_micros() + $2
    FROM head h WHERE d.webhook_id = h.webhook_id AND d.run_id = h.run_id AND d.seq = h.seq AND d.state = 'waiting'
    RETURNING d.webhook_id, d.run_id, d.seq, d.attempts
  )
  SELECT (SELECT row_to_json(w) FROM (SELECT ${COLUMNS} FROM webhook WHERE id = t.webhook_id) w) AS webhook,
    (SELECT row_to_json(e) FROM (SELECT ${EVENT_COLUMNS} FROM run_event WHERE run_id = t.run_id AND seq = t.seq) e) AS event,
    r.number, r.state->'scenario'->>'name' AS scenario, r.environment, r.drill_id, t.attempts, now_micros() AS now
  FROM taken t JOIN run r ON r.id = t.run_id`

const DELIVERED = `
  UPDATE webhook_delivery SET state = 'delivered', problem = NULL
  WHERE webhook_id = $1 AND run_id = $2 AND seq = $3`

// What is behind it waits as long, so that it is not looked at again and again.
const FAILED = `
  WITH failed AS (
    UPDATE webhook_delivery SET state = $5, next_at = now_micros() + $6, problem = $7
    WHERE webhook_id = $1 AND run_id = $2 AND seq = $3 AND attempts = $4 AND state = 'waiting'
    RETURNING state, next_at
  )
  UPDATE webhook_delivery d SET next_at = greatest(d.next_at, failed.next_at) FROM failed
  WHERE d.webhook_id = $1 AND d.run_id = $2 AND d.seq > $3 AND d.state = 'waiting' AND failed.state = 'waiting'`

/** `WebhookStore` on PostgreSQL. A trigger on the journal says what is to be sent. */
export function webhookStore(pool: Pool): WebhookStore {
  return {
    create: async ({ id, teamId, name, kind, url, secret, types, createdBy: by }) => {
      const values = [id, teamId, name, kind, url, secret, types, by.kind, by.id, by.name]
      const { rows } = await pool.query<Row>(INSERT, values)
      const [row] = rows
      if (row === undefined) throw new Error('the database kept no webhook')
      return webhookOf(row)
    },
    list: async (teamId) => {
      const { rows } = await pool.query<Row>(
        `SELECT ${COLUMNS} FROM webhook WHERE team_id = $1 AND removed_at IS NULL ORDER BY name, id`,
        [teamId],
      )
      return rows.map(webhookOf)
    },
    remove: async (teamId, id) => {
      const { rowCount } = await pool.query(
        'UPDATE webhook SET removed_at = now_micros() WHERE team_id = $1 AND id = $2 AND removed_at IS NULL',
        [teamId, id],
      )
      return rowCount === 1
    },
    deliveries: async (teamId, id, { state, limit }) => {
      const { rows } = await pool.query<DeliveryRow>(DELIVERIES, [teamId, id, state ?? null, limit])
      return rows.map(deliveryOf)
    },
    replay: async (teamId, id) => (await pool.query(REPLAY, [teamId, id])).rowCount ?? 0,
    claim: async (limit, leaseMs) => {
      const { rows } = await pool.query<DueRow>(CLAIM, [limit, Math.round(leaseMs * 1000)])
      return rows.map(dueOf)
    },
    settle: async ({ webhook, event, attempt }, outcome) => {
      const key = [webhook.id, event.runId, event.seq]
      if (outcome.ok) return void (await pool.query(DELIVERED, key))
      const afterMs = outcome.gone === true ? undefined : retryAfterMs(attempt, outcome.afterMs)
      const state: DeliveryState = afterMs === undefined ? 'dead' : 'waiting'
      await pool.query(FAILED, [...key, attempt, state, Math.round((afterMs ?? 0) * 1000), outcome.why])
    },
  }
}

function webhookOf(row: Row): Webhook {
  return {
    id: row.id as Id<'webhook'>,
    teamId: row.team_id,
    name: row.name,
    kind: row.kind,
    url: row.url,
    secret: row.secret,
    types: row.types,
    createdAt: platformOf(row.created_at),
    createdBy: actorOf(row.actor_kind, row.actor_id, row.actor_name),
  }
}

function deliveryOf({
  run_id: run,
  number,
  seq,
  type,
  state,
  attempts,
  problem,
  ...row
}: DeliveryRow): Delivery {
  const [at, nextAt] = [platformOf(row.at), platformOf(row.next_at)]
  return { run, runNumber: number, seq, type, state, attempts, at, nextAt, problem }
}

function dueOf({ webhook, event, number, scenario, environment, ...row }: DueRow): DueDelivery {
  return {
    webhook: webhookOf(webhook),
    event: eventOf(event),
    run: { number, scenario, environment, drillId: row.drill_id },
    attempt: row.attempts,
    now: platformOf(row.now),
  }
}
