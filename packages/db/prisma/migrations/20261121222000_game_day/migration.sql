-- CreateTable
CREATE TABLE "game_day" (
    "id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "team_id" TEXT NOT NULL,
    "terms" JSON NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "game_day_pkey" PRIMARY KEY ("id","version")
);

-- CreateTable
CREATE TABLE "game_day_line" (
    "game_day_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "team_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "game_day_line_pkey" PRIMARY KEY ("game_day_id","number")
);

-- CreateIndex
CREATE INDEX "game_day_team_id_idx" ON "game_day"("team_id");

ALTER TABLE "game_day" ADD CONSTRAINT "game_day_version_positive" CHECK ("version" > 0);
ALTER TABLE "game_day" ADD CONSTRAINT "game_day_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "game_day_line" ADD CONSTRAINT "game_day_line_number_positive" CHECK ("number" > 0);
ALTER TABLE "game_day_line" ADD CONSTRAINT "game_day_line_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));

CREATE TRIGGER "game_day_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "game_day"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "game_day_line_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "game_day_line"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
