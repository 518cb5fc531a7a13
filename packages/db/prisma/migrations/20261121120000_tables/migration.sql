-- Platform time: the database's clock as integer microseconds since the Unix epoch.
CREATE FUNCTION now_micros() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint $$;

-- CreateTable
CREATE TABLE "team" (
    "id" TEXT NOT NULL,
    "run_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "definition_version" (
    "team_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "compiled" JSON NOT NULL,
    "origin" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "definition_version_pkey" PRIMARY KEY ("team_id","kind","name","version")
);

-- CreateTable
CREATE TABLE "drill" (
    "id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "scenario" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "drill_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "environment_clock" (
    "team_id" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "anchor_platform" BIGINT NOT NULL,
    "anchor_world" BIGINT NOT NULL,
    "rate" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "environment_clock_pkey" PRIMARY KEY ("team_id","environment")
);

-- CreateTable
CREATE TABLE "run" (
    "id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "drill_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "environment" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "is_over" BOOLEAN NOT NULL,
    "is_probed" BOOLEAN NOT NULL,
    "state" JSON NOT NULL,
    "folded_seq" INTEGER NOT NULL,
    "head" TEXT NOT NULL,
    "last_at" BIGINT NOT NULL,
    "last_world_at" BIGINT NOT NULL,
    "abort_requested" BOOLEAN NOT NULL DEFAULT false,
    "recovering_at" BIGINT,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "owner" TEXT,
    "lease_until" BIGINT NOT NULL DEFAULT 0,
    "wake_at" BIGINT NOT NULL,
    "is_woken" BOOLEAN NOT NULL DEFAULT false,
    "scenario_hash" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "created_at" BIGINT NOT NULL,

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_event" (
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "team_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "v" INTEGER NOT NULL,
    "at" BIGINT NOT NULL,
    "world_at" BIGINT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "epoch" INTEGER,
    "caused_by" INTEGER,
    "data" JSON NOT NULL,
    "prev" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "run_event_pkey" PRIMARY KEY ("run_id","seq")
);

-- CreateTable
CREATE TABLE "undo_plan" (
    "run_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "plan" JSON NOT NULL,
    "expires_at" BIGINT NOT NULL,
    "environment_hash" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "acknowledged_by" TEXT,

    CONSTRAINT "undo_plan_pkey" PRIMARY KEY ("run_id","step")
);

-- CreateTable
CREATE TABLE "target_lock" (
    "team_id" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,

    CONSTRAINT "target_lock_pkey" PRIMARY KEY ("team_id","environment","target")
);

-- CreateTable
CREATE TABLE "halt" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "is_set" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT NOT NULL DEFAULT '',
    "actor_kind" TEXT,
    "actor_id" TEXT,
    "actor_name" TEXT,
    "at" BIGINT,

    CONSTRAINT "halt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "halt_change" (
    "id" SERIAL NOT NULL,
    "is_set" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "halt_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence_blob" (
    "hash" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "evidence_blob_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "evidence" (
    "run_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("run_id","hash","kind")
);

-- CreateTable
CREATE TABLE "sample_series" (
    "id" SERIAL NOT NULL,
    "run_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "probe" TEXT NOT NULL,
    "vantage" TEXT NOT NULL,

    CONSTRAINT "sample_series_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "probe_sample" (
    "series_id" INTEGER NOT NULL,
    "started_at" BIGINT NOT NULL,
    "ended_at" BIGINT NOT NULL,
    "outcome" TEXT NOT NULL,
    "detail" TEXT,

    CONSTRAINT "probe_sample_pkey" PRIMARY KEY ("series_id","started_at")
);

-- CreateTable
CREATE TABLE "token" (
    "id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "permissions" TEXT[],
    "created_at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotent_request" (
    "team_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "begun_at" BIGINT NOT NULL DEFAULT now_micros(),
    "status" INTEGER,
    "body" TEXT,

    CONSTRAINT "idempotent_request_pkey" PRIMARY KEY ("team_id","key")
);

-- CreateIndex
CREATE INDEX "definition_version_team_id_kind_hash_idx" ON "definition_version"("team_id", "kind", "hash");

-- CreateIndex
CREATE INDEX "drill_team_id_created_at_idx" ON "drill"("team_id", "created_at");

-- CreateIndex
CREATE INDEX "run_is_over_wake_at_idx" ON "run"("is_over", "wake_at");

-- CreateIndex
CREATE INDEX "run_is_probed_idx" ON "run"("is_probed");

-- CreateIndex
CREATE UNIQUE INDEX "run_team_id_number_key" ON "run"("team_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "run_team_id_idempotency_key_key" ON "run"("team_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "undo_plan_status_idx" ON "undo_plan"("status");

-- CreateIndex
CREATE INDEX "target_lock_run_id_idx" ON "target_lock"("run_id");

-- CreateIndex
CREATE UNIQUE INDEX "sample_series_run_id_probe_vantage_key" ON "sample_series"("run_id", "probe", "vantage");

-- CreateIndex
CREATE UNIQUE INDEX "token_hash_key" ON "token"("hash");

-- CreateIndex
CREATE INDEX "token_team_id_idx" ON "token"("team_id");

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_team_id_environment_fkey" FOREIGN KEY ("team_id", "environment") REFERENCES "environment_clock"("team_id", "environment") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_event" ADD CONSTRAINT "run_event_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "undo_plan" ADD CONSTRAINT "undo_plan_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "target_lock" ADD CONSTRAINT "target_lock_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_hash_fkey" FOREIGN KEY ("hash") REFERENCES "evidence_blob"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sample_series" ADD CONSTRAINT "sample_series_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "probe_sample" ADD CONSTRAINT "probe_sample_series_id_fkey" FOREIGN KEY ("series_id") REFERENCES "sample_series"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

