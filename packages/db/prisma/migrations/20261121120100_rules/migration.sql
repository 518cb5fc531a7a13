-- What is written once stays: not even the application's own role rewrites history by mistake.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION '% rows are written once and never changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER "run_event_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "run_event"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "definition_version_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "definition_version"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "halt_change_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "halt_change"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "evidence_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "evidence"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "evidence_blob_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "evidence_blob"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The halt is one row, there from the start: a guard that finds none has to assume the worst.
ALTER TABLE "halt" ADD CONSTRAINT "halt_one_row" CHECK ("id" = 1);
INSERT INTO "halt" ("id") VALUES (1);

ALTER TABLE "environment_clock" ADD CONSTRAINT "environment_clock_rate_positive" CHECK ("rate" > 0);
ALTER TABLE "run" ADD CONSTRAINT "run_folded_seq_positive" CHECK ("folded_seq" > 0);
ALTER TABLE "run_event" ADD CONSTRAINT "run_event_seq_positive" CHECK ("seq" > 0);
ALTER TABLE "run_event" ADD CONSTRAINT "run_event_hash_form" CHECK ("hash" ~ '^[0-9a-f]{64}$' AND "prev" ~ '^[0-9a-f]{64}$');
ALTER TABLE "evidence_blob" ADD CONSTRAINT "evidence_blob_hash_true" CHECK ("hash" = encode(sha256("bytes"), 'hex'));

-- Closed sets. Their words come from core; see src/rules/closed-columns.ts.
ALTER TABLE "definition_version" ADD CONSTRAINT "definition_version_kind_known" CHECK ("kind" IN ('scenario', 'environment', 'runbook'));
ALTER TABLE "definition_version" ADD CONSTRAINT "definition_version_origin_known" CHECK ("origin" IN ('file', 'editor', 'ci'));
ALTER TABLE "definition_version" ADD CONSTRAINT "definition_version_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "drill" ADD CONSTRAINT "drill_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "run" ADD CONSTRAINT "run_status_known" CHECK ("status" IN ('booked', 'planning', 'awaiting-approval', 'preflight', 'baseline', 'injecting', 'observing', 'responding', 'recovering', 'verifying', 'settling', 'paused', 'aborting', 'needs-person', 'closed', 'refused', 'cancelled', 'missed'));
ALTER TABLE "run_event" ADD CONSTRAINT "run_event_type_known" CHECK ("type" IN ('run-created', 'status-changed', 'planned', 'guardrails-checked', 'steady-state-checked', 'undo-prepared', 'kit-acknowledged', 'injection-requested', 'injection-accepted', 'injection-observed', 'step-waited', 'call-failed', 'stop-condition-breached', 'response-seen', 'recovery-requested', 'recovery-accepted', 'restoration-observed', 'abort-requested', 'note-added', 'measured', 'person-needed'));
ALTER TABLE "run_event" ADD CONSTRAINT "run_event_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "undo_plan" ADD CONSTRAINT "undo_plan_status_known" CHECK ("status" IN ('prepared', 'live', 'undone'));
ALTER TABLE "halt" ADD CONSTRAINT "halt_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "halt_change" ADD CONSTRAINT "halt_change_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "probe_sample" ADD CONSTRAINT "probe_sample_outcome_known" CHECK ("outcome" IN ('good', 'bad', 'unusable'));
