-- CreateTable
CREATE TABLE "clock_reading" (
    "run_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "clock" TEXT NOT NULL,
    "at" BIGINT NOT NULL,
    "lo" BIGINT NOT NULL,
    "hi" BIGINT NOT NULL,

    CONSTRAINT "clock_reading_pkey" PRIMARY KEY ("run_id","clock","at")
);

-- AddForeignKey
ALTER TABLE "clock_reading" ADD CONSTRAINT "clock_reading_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "clock_reading" ADD CONSTRAINT "clock_reading_bounds" CHECK ("lo" <= "hi");

CREATE TRIGGER "clock_reading_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "clock_reading"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
