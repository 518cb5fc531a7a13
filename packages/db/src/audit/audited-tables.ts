/** Tables whose changes the database writes to the audit, in the same transaction. */
export const AUDITED_TABLES = [
  'definition_version',
  'drill',
  'schedule',
  'freeze_calendar',
  'run_finding',
  'sign_off',
  'halt_change',
  'run_event',
  'evidence',
  'token',
  'session',
  'webhook',
] as const

/** Tables that are not audited, and why not. A table that is in neither list fails a test. */
export const UNAUDITED_TABLES: Readonly<Record<string, string>> = {
  audit_entry: 'the audit itself',
  audit_head: 'the audit itself',
  team: 'a counter',
  scenario_service: 'follows from definition_version',
  run_outcome: 'follows from run_event',
  run: 'follows from run_event',
  halt: 'follows from halt_change',
  schedule_occurrence: 'written by the platform; written once',
  environment_clock: 'a measurement of the platform',
  webhook_delivery: 'what the platform sent of run_event',
  undo_plan: 'follows from run_event',
  target_lock: 'held and let go by the platform',
  evidence_blob: 'the bytes of evidence',
  sample_series: 'measurements',
  probe_sample: 'measurements',
  sample_chunk: 'measurements',
  marker_stream: 'measurements',
  marker_write: 'measurements',
  marker_reading: 'measurements',
  idempotent_request: 'answers kept for repeats; what the request changed is audited',
}
