-- CreateTable
CREATE TABLE "marker_stream" (
    "run_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "marker" TEXT NOT NULL,
    "clean_up" TEXT,
    "clean_up_note" TEXT,

    CONSTRAINT "marker_stream_pkey" PRIMARY KEY ("run_id","marker")
);

-- CreateTable
CREATE TABLE "marker_write" (
    "run_id" TEXT NOT NULL,
    "marker" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "sent_at" BIGINT NOT NULL,
    "ended_at" BIGINT NOT NULL,
    "outcome" TEXT NOT NULL,
    "detail" TEXT,

    CONSTRAINT "marker_write_pkey" PRIMARY KEY ("run_id","marker","seq")
);

-- CreateTable
CREATE TABLE "marker_reading" (
    "run_id" TEXT NOT NULL,
    "marker" TEXT NOT NULL,
    "started_at" BIGINT NOT NULL,
    "ended_at" BIGINT NOT NULL,
    "why" TEXT NOT NULL,
    "up_to" INTEGER NOT NULL,
    "present" JSON NOT NULL,

    CONSTRAINT "marker_reading_pkey" PRIMARY KEY ("run_id","marker","started_at")
);

-- AddForeignKey
ALTER TABLE "marker_stream" ADD CONSTRAINT "marker_stream_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "marker_write" ADD CONSTRAINT "marker_write_run_id_marker_fkey" FOREIGN KEY ("run_id", "marker") REFERENCES "marker_stream"("run_id", "marker") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "marker_reading" ADD CONSTRAINT "marker_reading_run_id_marker_fkey" FOREIGN KEY ("run_id", "marker") REFERENCES "marker_stream"("run_id", "marker") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Closed sets. Their words come from core; see src/rules/closed-columns.ts.
ALTER TABLE "marker_stream" ADD CONSTRAINT "marker_stream_clean_up_known" CHECK ("clean_up" IN ('removed', 'kept', 'failed', 'pending'));
ALTER TABLE "marker_write" ADD CONSTRAINT "marker_write_outcome_known" CHECK ("outcome" IN ('acknowledged', 'failed', 'unusable'));
ALTER TABLE "marker_reading" ADD CONSTRAINT "marker_reading_why_known" CHECK ("why" IN ('switch', 'return'));
