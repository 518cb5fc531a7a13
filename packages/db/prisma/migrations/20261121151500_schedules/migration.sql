-- CreateTable
CREATE TABLE "schedule" (
    "id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "drill_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "time" JSON NOT NULL,
    "missed" JSON NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "valid_from" BIGINT,
    "valid_until" BIGINT,
    "next_at" BIGINT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "removed_at" BIGINT,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL DEFAULT now_micros(),
    "updated_actor_kind" TEXT NOT NULL,
    "updated_actor_id" TEXT NOT NULL,
    "updated_actor_name" TEXT NOT NULL,
    "updated_at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "schedule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schedule_occurrence" (
    "schedule_id" TEXT NOT NULL,
    "at" BIGINT NOT NULL,
    "team_id" TEXT NOT NULL,
    "drill_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "run_id" TEXT,
    "decided_at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "schedule_occurrence_pkey" PRIMARY KEY ("schedule_id","at")
);

-- CreateTable
CREATE TABLE "freeze_calendar" (
    "team_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "environment" TEXT,
    "events" JSON NOT NULL,
    "source" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "freeze_calendar_pkey" PRIMARY KEY ("team_id","name")
);

-- CreateIndex
CREATE INDEX "schedule_team_id_idx" ON "schedule"("team_id");

-- CreateIndex
CREATE INDEX "schedule_enabled_next_at_idx" ON "schedule"("enabled", "next_at");

-- CreateIndex
CREATE INDEX "schedule_occurrence_team_id_at_idx" ON "schedule_occurrence"("team_id", "at");

-- AddForeignKey
ALTER TABLE "schedule" ADD CONSTRAINT "schedule_drill_id_fkey" FOREIGN KEY ("drill_id") REFERENCES "drill"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "schedule_occurrence" ADD CONSTRAINT "schedule_occurrence_schedule_id_fkey" FOREIGN KEY ("schedule_id") REFERENCES "schedule"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "schedule_occurrence" ADD CONSTRAINT "schedule_occurrence_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What became of an occurrence stays.
CREATE TRIGGER "schedule_occurrence_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "schedule_occurrence"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE "schedule" ADD CONSTRAINT "schedule_version_positive" CHECK ("version" > 0);

-- Closed sets. Their words come from core; see src/rules/closed-columns.ts.
ALTER TABLE "schedule" ADD CONSTRAINT "schedule_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "schedule" ADD CONSTRAINT "schedule_updated_actor_kind_known" CHECK ("updated_actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "schedule_occurrence" ADD CONSTRAINT "schedule_occurrence_outcome_known" CHECK ("outcome" IN ('started', 'missed', 'refused'));
ALTER TABLE "freeze_calendar" ADD CONSTRAINT "freeze_calendar_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
