-- Sessions of people who signed in. Only the hash of what the browser holds is kept.
CREATE TABLE "session" (
    "hash" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "permissions" TEXT[],
    "created_at" BIGINT NOT NULL DEFAULT now_micros(),
    "last_seen_at" BIGINT NOT NULL DEFAULT now_micros(),
    "expires_at" BIGINT NOT NULL,
    "revoked_at" BIGINT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("hash")
);
CREATE INDEX "session_team_id_actor_id_idx" ON "session"("team_id", "actor_id");
ALTER TABLE "session" ADD CONSTRAINT "session_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT OR DELETE ON "session" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('actor_id', 'hash');
CREATE CONSTRAINT TRIGGER "audit_update" AFTER UPDATE ON "session" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (to_jsonb(OLD) - 'last_seen_at' IS DISTINCT FROM to_jsonb(NEW) - 'last_seen_at')
  EXECUTE FUNCTION audit_change('actor_id', 'hash');
