-- In whose name a token acts, who made it, and how long it lives. Tokens from before stand for themselves and do not expire.
ALTER TABLE "token"
  ADD COLUMN "actor_kind" TEXT,
  ADD COLUMN "actor_id" TEXT,
  ADD COLUMN "actor_name" TEXT,
  ADD COLUMN "created_by" JSON,
  ADD COLUMN "expires_at" BIGINT,
  ADD COLUMN "last_used_at" BIGINT,
  ADD COLUMN "revoked_at" BIGINT;
UPDATE "token" SET "actor_kind" = 'person', "actor_id" = "id", "actor_name" = "name";
ALTER TABLE "token"
  ALTER COLUMN "actor_kind" SET NOT NULL,
  ALTER COLUMN "actor_id" SET NOT NULL,
  ALTER COLUMN "actor_name" SET NOT NULL;
ALTER TABLE "token" ADD CONSTRAINT "token_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
