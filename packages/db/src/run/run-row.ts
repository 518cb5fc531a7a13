import type { DrillId, EnvironmentClock, RunId, RunRow, RunState } from '@firedrill/core'
import { platformOf, worldOf } from '../connection/micros.ts'

/** A row of `run` joined with its environment's clock, as the pool reads it. */
export type RunRecord = Readonly<{
  id: string
  team_id: string
  drill_id: string
  number: number
  state: RunState
  folded_seq: number
  epoch: number
  created_at: number
  wake_at: number
  anchor_platform: number
  anchor_world: number
  rate: number
}>

/** The columns of `RunRecord`, for a run `r` and its clock `c`. */
export const RUN_COLUMNS =
  'r.id, r.team_id, r.drill_id, r.number, r.state, r.folded_seq, r.epoch, r.created_at, r.wake_at, c.anchor_platform, c.anchor_world, c.rate'

/** Joins a run `r` with its clock `c`. */
export const RUN_CLOCK = 'c.team_id = r.team_id AND c.environment = r.environment'

/** World time of a clock `c` at a platform instant, as `worldAt` of core reckons it. */
export const worldNowSql = (reading: string) =>
  `round(c.anchor_world + (${reading} - c.anchor_platform) * c.rate)`

/** Whether a run `r` with its clock `c` wants to be looked at, nobody holds it, and nobody newer has written to it. */
export const isDueSql = (reading: string, format: number) =>
  `NOT r.is_over AND r.format <= ${format} AND r.lease_until <= ${reading} AND (r.wake_at <= ${reading} OR r.wake_world_at <= ${worldNowSql(reading)})`

/** The clock of a joined row. */
export function clockOf(
  row: Readonly<{ anchor_platform: number; anchor_world: number; rate: number }>,
): EnvironmentClock {
  return {
    anchorPlatform: platformOf(row.anchor_platform),
    anchorWorld: worldOf(row.anchor_world),
    rate: row.rate,
  }
}

/** A run as the port shows it. */
export function runOf(row: RunRecord): RunRow {
  return {
    id: row.id as RunId,
    teamId: row.team_id,
    drillId: row.drill_id as DrillId,
    number: row.number,
    state: row.state,
    foldedSeq: row.folded_seq,
    epoch: row.epoch,
    clock: clockOf(row),
    createdAt: platformOf(row.created_at),
    wakeAt: platformOf(row.wake_at),
  }
}
