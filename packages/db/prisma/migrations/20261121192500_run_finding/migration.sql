-- CreateTable
CREATE TABLE "run_finding" (
    "run_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "team_id" TEXT NOT NULL,
    "gap" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "due" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "ticket" TEXT,
    "retest" TEXT,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "run_finding_pkey" PRIMARY KEY ("run_id","number","version")
);

-- AddForeignKey
ALTER TABLE "run_finding" ADD CONSTRAINT "run_finding_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "run_finding" ADD CONSTRAINT "run_finding_counts_positive" CHECK ("number" > 0 AND "version" > 0);
ALTER TABLE "run_finding" ADD CONSTRAINT "run_finding_severity_known" CHECK ("severity" IN ('critical', 'high', 'medium', 'low'));
ALTER TABLE "run_finding" ADD CONSTRAINT "run_finding_state_known" CHECK ("state" IN ('open', 'done', 'accepted'));
ALTER TABLE "run_finding" ADD CONSTRAINT "run_finding_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));

CREATE TRIGGER "run_finding_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "run_finding"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
