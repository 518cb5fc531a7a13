import {
  OLD_FINDING_MS,
  type ObjectiveResult,
  type OutcomeStore,
  type RunId,
  type RunOutcome,
  type ServiceStanding,
  type Verdict,
} from '@firedrill/core'
import type { Pool } from 'pg'
import { platformOf } from '../connection/micros.ts'

const TREND = `
  SELECT run_id, number, service, scenario, scenario_hash, environment, verdict, at, margin_percent, objectives
  FROM run_outcome
  WHERE team_id = $1 AND ($2::int IS NULL OR number < $2) AND ($3::text IS NULL OR service = $3)
    AND ($4::text IS NULL OR scenario = $4) AND ($5::text IS NULL OR environment = $5)
  ORDER BY number DESC LIMIT $6`

// One look at every run of the team, which has hundreds of services; a page is most of them. `decided` is the newest run that
// held or deviated, twice its number, and one more when it deviated.
const PORTFOLIO = `
  WITH plans AS MATERIALIZED (
    SELECT service, count(*)::int AS scenarios FROM scenario_service WHERE team_id = $1 GROUP BY service
  ), pairs AS MATERIALIZED (
    SELECT service, max(number) AS number,
      count(*) FILTER (WHERE verdict = 'held' AND at >= $4)::int AS held,
      count(*) FILTER (WHERE verdict = 'deviated' AND at >= $4)::int AS deviated,
      count(*) FILTER (WHERE verdict = 'inconclusive' AND at >= $4)::int AS inconclusive,
      count(*) FILTER (WHERE verdict = 'not-run' AND at >= $4)::int AS not_run,
      min(margin_percent) FILTER (WHERE at >= $4) AS margin_percent,
      max(2 * number::bigint + (verdict = 'deviated')::int) FILTER (WHERE verdict IN ('held', 'deviated')) AS decided
    FROM run_outcome WHERE team_id = $1 GROUP BY service, scenario, environment
  ), drilled AS MATERIALIZED (
    SELECT service, max(number) AS number, sum(held)::int AS held, sum(deviated)::int AS deviated, sum(inconclusive)::int AS inconclusive,
      sum(not_run)::int AS not_run, min(margin_percent) AS margin_percent, (count(*) FILTER (WHERE decided % 2 = 1))::int AS failing
    FROM pairs GROUP BY service
  ), page AS MATERIALIZED (
    SELECT service FROM (SELECT service FROM plans UNION SELECT service FROM drilled) s
    WHERE $2::text IS NULL OR service > $2 COLLATE "C" ORDER BY service COLLATE "C" LIMIT $3
  ), standing AS (
    SELECT DISTINCT ON (run_id, number) run_id, number, state FROM run_finding WHERE team_id = $1 ORDER BY run_id, number, version DESC
  ), found AS MATERIALIZED (
    SELECT o.service, count(*)::int AS open_findings, count(*) FILTER (WHERE f.at < now_micros() - $5::bigint)::int AS old_findings
    FROM standing JOIN run_finding f ON f.run_id = standing.run_id AND f.number = standing.number AND f.version = 1
      JOIN run_outcome o ON o.run_id = standing.run_id
    WHERE standing.state = 'open' GROUP BY o.service
  ), due AS MATERIALIZED (
    SELECT p.service, min(s.next_at) AS due_at FROM schedule s JOIN drill d ON d.id = s.drill_id
      JOIN scenario_service p ON p.team_id = $1 AND p.scenario = d.scenario
    WHERE s.team_id = $1 AND s.enabled AND s.removed_at IS NULL GROUP BY p.service
  )
  SELECT page.service, coalesce(scenarios, 0) AS scenarios, coalesce(held, 0) AS held, coalesce(deviated, 0) AS deviated,
    coalesce(inconclusive, 0) AS inconclusive, coalesce(not_run, 0) AS not_run, drilled.margin_percent,
    newest.run_id, newest.number, newest.at, newest.verdict, due_at,
    coalesce(open_findings, 0) AS open_findings, coalesce(old_findings, 0) AS old_findings, coalesce(failing, 0) AS failing
  FROM page LEFT JOIN plans USING (service) LEFT JOIN drilled USING (service)
    LEFT JOIN LATERAL (SELECT * FROM run_outcome o WHERE o.team_id = $1 AND o.number = drilled.number LIMIT 1) newest ON true
    LEFT JOIN found ON found.service = page.service LEFT JOIN due ON due.service = page.service
  ORDER BY page.service COLLATE "C"`

type OutcomeRow = Readonly<{
  run_id: string
  number: number
  service: string
  scenario: string
  scenario_hash: string
  environment: string
  verdict: Verdict
  at: number
  margin_percent: number | null
  objectives: readonly ObjectiveResult[]
}>

type StandingRow = Readonly<{
  service: string
  scenarios: number
  held: number
  deviated: number
  inconclusive: number
  not_run: number
  margin_percent: number | null
  run_id: string | null
  number: number | null
  at: number | null
  verdict: Verdict | null
  due_at: number | null
  open_findings: number
  old_findings: number
  failing: number
}>

/** `OutcomeStore` on PostgreSQL, which writes the rows itself when a run ends. */
export function outcomeStore(pool: Pool): OutcomeStore {
  return {
    trend: async (teamId, { before, service, scenario, environment, limit }) => {
      const asked = [before ?? null, service ?? null, scenario ?? null, environment ?? null, limit]
      return (await pool.query<OutcomeRow>(TREND, [teamId, ...asked])).rows.map(outcomeOf)
    },
    portfolio: async (teamId, { after, limit, since }) => {
      const asked = [teamId, after ?? null, limit, since, OLD_FINDING_MS * 1000]
      return (await pool.query<StandingRow>(PORTFOLIO, asked)).rows.map(standingOf)
    },
  }
}

function outcomeOf(row: OutcomeRow): RunOutcome {
  const { number, service, scenario, environment, verdict } = row
  return {
    runId: row.run_id as RunId,
    number,
    service,
    scenario,
    scenarioHash: row.scenario_hash,
    environment,
    verdict,
    at: platformOf(row.at),
    marginPercent: row.margin_percent,
    objectives: row.objectives.map(({ objective, kind, maxMicros, observed, ...result }) => ({
      objective,
      kind,
      maxMicros,
      ...(observed === undefined ? {} : { observed }),
      verdict: result.verdict,
    })),
  }
}

function standingOf(row: StandingRow): ServiceStanding {
  const { service, scenarios, held, deviated, inconclusive, failing, run_id, number, at, verdict } = row
  const isDrilled = run_id !== null && number !== null && at !== null && verdict !== null
  return {
    service,
    scenarios,
    held,
    deviated,
    inconclusive,
    notRun: row.not_run,
    last: isDrilled ? { runId: run_id as RunId, number, at: platformOf(at), verdict } : null,
    marginPercent: row.margin_percent,
    dueAt: row.due_at === null ? null : platformOf(row.due_at),
    openFindings: row.open_findings,
    oldFindings: row.old_findings,
    failing,
  }
}
