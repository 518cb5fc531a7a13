import {
  ACTOR_KINDS,
  CLEAN_UPS,
  DELIVERY_STATES,
  EVENT_SCHEMAS,
  FINDING_STATES,
  OCCURRENCE_OUTCOMES,
  MARKER_OUTCOMES,
  ORIGINS,
  PROBE_OUTCOMES,
  READING_REASONS,
  SEVERITIES,
  SIGN_OFF_ROLES,
  STATUSES,
  VERDICTS,
  WEBHOOK_KINDS,
  type DefinitionKind,
  type UndoRecord,
} from '@firedrill/core'

/** A column that takes only the words of one closed set. */
export type ClosedColumn = Readonly<{ table: string; column: string; words: readonly string[] }>

const DEFINITION_KINDS = ['scenario', 'environment', 'runbook'] as const satisfies readonly DefinitionKind[]
const UNDO_STATUSES = ['prepared', 'live', 'undone'] as const satisfies readonly UndoRecord['status'][]

/**
 * Every closed column of the schema. The words come from core; a test holds the database's checks against this list
 * and prints the SQL of the migration that is missing.
 */
export const CLOSED_COLUMNS: readonly ClosedColumn[] = [
  { table: 'definition_version', column: 'kind', words: DEFINITION_KINDS },
  { table: 'definition_version', column: 'origin', words: ORIGINS },
  { table: 'definition_version', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'drill', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'schedule', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'schedule', column: 'updated_actor_kind', words: ACTOR_KINDS },
  { table: 'schedule_occurrence', column: 'outcome', words: OCCURRENCE_OUTCOMES },
  { table: 'freeze_calendar', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'run', column: 'status', words: STATUSES },
  { table: 'run_event', column: 'type', words: Object.keys(EVENT_SCHEMAS) },
  { table: 'run_event', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'undo_plan', column: 'status', words: UNDO_STATUSES },
  { table: 'session', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'token', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'audit_entry', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'halt', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'halt_change', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'run_outcome', column: 'verdict', words: VERDICTS },
  { table: 'run_finding', column: 'severity', words: SEVERITIES },
  { table: 'run_finding', column: 'state', words: FINDING_STATES },
  { table: 'run_finding', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'game_day', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'game_day_line', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'sign_off', column: 'role', words: SIGN_OFF_ROLES },
  { table: 'sign_off', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'probe_sample', column: 'outcome', words: PROBE_OUTCOMES },
  { table: 'marker_stream', column: 'clean_up', words: CLEAN_UPS },
  { table: 'marker_write', column: 'outcome', words: MARKER_OUTCOMES },
  { table: 'webhook', column: 'kind', words: WEBHOOK_KINDS },
  { table: 'webhook', column: 'actor_kind', words: ACTOR_KINDS },
  { table: 'webhook_delivery', column: 'state', words: DELIVERY_STATES },
  { table: 'marker_reading', column: 'why', words: READING_REASONS },
]

/** Name of the check on a closed column. */
export function checkName({ table, column }: ClosedColumn): string {
  return `${table}_${column}_known`
}

/** SQL that sets the check of a closed column to the words it has in core now. */
export function checkSql(closed: ClosedColumn): string {
  const name = checkName(closed)
  const words = closed.words.map((word) => `'${word}'`).join(', ')
  return [
    `ALTER TABLE "${closed.table}" DROP CONSTRAINT IF EXISTS "${name}";`,
    `ALTER TABLE "${closed.table}" ADD CONSTRAINT "${name}" CHECK ("${closed.column}" IN (${words}));`,
  ].join('\n')
}

/** Tables whose rows are written once: triggers refuse UPDATE, DELETE and TRUNCATE. */
export const WRITE_ONCE_TABLES = [
  'audit_entry',
  'run_event',
  'definition_version',
  'halt_change',
  'evidence',
  'evidence_blob',
  'schedule_occurrence',
  'sample_chunk',
  'clock_reading',
  'game_day',
  'game_day_line',
  'run_finding',
  'run_outcome',
  'sign_off',
] as const
