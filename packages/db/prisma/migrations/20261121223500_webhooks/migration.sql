-- Who gets which events of a team's runs.
CREATE TABLE "webhook" (
    "id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "types" TEXT[],
    "removed_at" BIGINT,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL DEFAULT now_micros(),

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("id")
);

-- One row for each event and receiver.
CREATE TABLE "webhook_delivery" (
    "webhook_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" BIGINT NOT NULL,
    "problem" TEXT,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("webhook_id","run_id","seq")
);

-- CreateIndex
CREATE INDEX "webhook_team_id_idx" ON "webhook"("team_id");
CREATE INDEX "webhook_delivery_state_next_at_idx" ON "webhook_delivery"("state", "next_at");

-- AddForeignKey
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhook"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "webhook" ADD CONSTRAINT "webhook_kind_known" CHECK ("kind" IN ('cloudevents', 'slack', 'grafana'));
ALTER TABLE "webhook" ADD CONSTRAINT "webhook_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_state_known" CHECK ("state" IN ('waiting', 'delivered', 'dead'));

-- In the transaction that writes the events, so that none is missed. A team without webhooks pays for one look at an index.
CREATE FUNCTION note_deliveries() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO webhook_delivery (webhook_id, team_id, run_id, seq, next_at)
  SELECT w.id, w.team_id, added.run_id, added.seq, added.at
  FROM added JOIN webhook w ON w.team_id = added.team_id AND w.removed_at IS NULL AND added.type = ANY (w.types)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER "run_event_note_deliveries" AFTER INSERT ON "run_event"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_deliveries();

-- The address may hold a secret.
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT OR UPDATE OR DELETE ON "webhook" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('id', 'secret,url');
