-- What runs came to, one row a run, so that trends and portfolios need not read every folded state.
CREATE TABLE "run_outcome" (
    "run_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "service" TEXT NOT NULL,
    "scenario" TEXT NOT NULL,
    "scenario_hash" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "at" BIGINT NOT NULL,
    "margin_percent" DOUBLE PRECISION,
    "objectives" JSON NOT NULL,

    CONSTRAINT "run_outcome_pkey" PRIMARY KEY ("run_id")
);

-- Which service each stored scenario is about, by the label of its newest version.
CREATE TABLE "scenario_service" (
    "team_id" TEXT NOT NULL,
    "scenario" TEXT NOT NULL,
    "service" TEXT NOT NULL,

    CONSTRAINT "scenario_service_pkey" PRIMARY KEY ("team_id","scenario")
);

CREATE FUNCTION note_service() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO scenario_service (team_id, scenario, service)
  VALUES (NEW.team_id, NEW.name, coalesce(NEW.compiled->'labels'->>'service', NEW.name))
  ON CONFLICT (team_id, scenario) DO UPDATE SET service = excluded.service;
  RETURN NULL;
END
$$;

CREATE TRIGGER "definition_version_note_service" AFTER INSERT ON "definition_version"
  FOR EACH ROW WHEN (NEW.kind = 'scenario') EXECUTE FUNCTION note_service();

-- Scenarios that are stored already.
INSERT INTO scenario_service (team_id, scenario, service)
SELECT DISTINCT ON (team_id, name) team_id, name, coalesce(compiled->'labels'->>'service', name)
FROM definition_version WHERE kind = 'scenario' ORDER BY team_id, name, version DESC;

-- CreateIndex
CREATE INDEX "run_outcome_team_id_number_idx" ON "run_outcome"("team_id", "number");
CREATE INDEX "run_outcome_team_id_scenario_number_idx" ON "run_outcome"("team_id", "scenario", "number");
CREATE INDEX "run_outcome_team_id_service_number_idx" ON "run_outcome"("team_id", "service", "number");
CREATE INDEX "run_finding_team_id_idx" ON "run_finding"("team_id");

-- AddForeignKey
ALTER TABLE "run_outcome" ADD CONSTRAINT "run_outcome_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "run_outcome" ADD CONSTRAINT "run_outcome_verdict_known" CHECK ("verdict" IN ('held', 'deviated', 'inconclusive', 'not-run'));

-- What is left of the objective with least left, in percent of it; none when any that was seen has no upper bound.
CREATE FUNCTION outcome_margin(state json) RETURNS double precision
LANGUAGE sql IMMUTABLE
AS $$
  SELECT CASE WHEN bool_and(o->'observed'->>'hi' IS NOT NULL)
    THEN min(100 * ((o->>'maxMicros')::double precision - (o->'observed'->>'hi')::double precision) / (o->>'maxMicros')::double precision) END
  FROM json_array_elements(coalesce(state->'measurement'->'objectives', '[]'::json)) AS each(o)
  WHERE o->'observed' IS NOT NULL
$$;

-- In the transaction that ends the run. A run ends once, and stays as it ended.
CREATE FUNCTION note_outcome() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO run_outcome (run_id, team_id, number, service, scenario, scenario_hash, environment, verdict, at, margin_percent, objectives)
  VALUES (
    NEW.id, NEW.team_id, NEW.number,
    coalesce(
      (SELECT d.compiled->'labels'->>'service' FROM definition_version d
       WHERE d.team_id = NEW.team_id AND d.kind = 'scenario' AND d.hash = NEW.scenario_hash ORDER BY d.version DESC LIMIT 1),
      NEW.state->'scenario'->>'name'),
    NEW.state->'scenario'->>'name', NEW.scenario_hash, NEW.environment,
    coalesce(NEW.state->'measurement'->>'verdict', CASE WHEN NEW.abort_requested THEN 'inconclusive' ELSE 'not-run' END),
    NEW.last_at, outcome_margin(NEW.state), coalesce(NEW.state->'measurement'->'objectives', '[]'::json))
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER "run_note_outcome" AFTER INSERT OR UPDATE ON "run"
  FOR EACH ROW WHEN (NEW.is_over) EXECUTE FUNCTION note_outcome();

-- Runs that are over already.
UPDATE "run" SET is_over = is_over WHERE is_over;

CREATE TRIGGER "run_outcome_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "run_outcome"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
