-- CreateTable
CREATE TABLE "sign_off" (
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "team_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "report" TEXT NOT NULL,
    "data" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "own" BOOLEAN NOT NULL,
    "at" BIGINT NOT NULL,
    "prev" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "sign_off_pkey" PRIMARY KEY ("run_id","seq")
);

-- AddForeignKey
ALTER TABLE "sign_off" ADD CONSTRAINT "sign_off_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "sign_off" ADD CONSTRAINT "sign_off_seq_positive" CHECK ("seq" > 0);
ALTER TABLE "sign_off" ADD CONSTRAINT "sign_off_hash_form" CHECK ("hash" ~ '^[0-9a-f]{64}$' AND "prev" ~ '^[0-9a-f]{64}$' AND "report" ~ '^[0-9a-f]{64}$' AND "data" ~ '^[0-9a-f]{64}$');
ALTER TABLE "sign_off" ADD CONSTRAINT "sign_off_role_known" CHECK ("role" IN ('prepared', 'reviewed', 'accepted'));
ALTER TABLE "sign_off" ADD CONSTRAINT "sign_off_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));

CREATE TRIGGER "sign_off_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "sign_off"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
