-- Who changed what, when, why and by which request, in a hash chain a team. Written by triggers at the end of the very transaction
-- that changes something: without the entry there is no change, whoever makes it.
CREATE TABLE "audit_head" (
    "team_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("team_id")
);
CREATE TABLE "audit_entry" (
    "team_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" BIGINT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    "prev" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("team_id","seq")
);
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_seq_positive" CHECK ("seq" > 0);
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_hash_form" CHECK ("hash" ~ '^[0-9a-f]{64}$' AND "prev" ~ '^[0-9a-f]{64}$');
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_actor_kind_known" CHECK ("actor_kind" IN ('person', 'ci', 'worker', 'reaper', 'prober', 'system'));
CREATE TRIGGER "audit_entry_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Canonical JSON of text, as JavaScript writes it.
CREATE FUNCTION audit_text(word TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE
AS $$ SELECT coalesce(to_json(word)::text, 'null') $$;

-- Arguments: the columns of the key, then those that are left out because they are large or secret; separated by commas.
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked JSONB := coalesce(nullif(current_setting('firedrill.audit', true), ''), '{}')::jsonb;
  hidden TEXT[] := string_to_array(coalesce(TG_ARGV[1], ''), ',');
  old_row JSONB := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  new_row JSONB := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  some_row JSONB := coalesce(new_row, old_row);
  own TEXT := CASE WHEN some_row ? 'updated_actor_id' THEN 'updated_actor_' ELSE 'actor_' END;
  team TEXT := coalesce(some_row->>'team_id', asked->>'teamId', 'installation');
  kind TEXT := coalesce(asked->'actor'->>'kind', CASE WHEN TG_OP <> 'DELETE' THEN some_row->>(own || 'kind') END, 'system');
  id TEXT := coalesce(asked->'actor'->>'id', CASE WHEN TG_OP <> 'DELETE' THEN some_row->>(own || 'id') END, session_user);
  name TEXT := coalesce(asked->'actor'->>'name', CASE WHEN TG_OP <> 'DELETE' THEN some_row->>(own || 'name') END, 'not by the API');
  action TEXT := replace(TG_TABLE_NAME, '_', ' ') || ' ' || lower(TG_OP);
  object TEXT;
  reason TEXT := coalesce(nullif(asked->>'reason', ''), some_row->'data'->>'reason', some_row->>'reason', some_row->>'note', '');
  request_id TEXT := coalesce(asked->>'requestId', '');
  route TEXT := coalesce(asked->>'route', '');
  before TEXT := (old_row - hidden)::text;
  after TEXT := (new_row - hidden)::text;
  head audit_head%ROWTYPE;
  at BIGINT;
  line TEXT;
BEGIN
  SELECT string_agg(some_row->>part, '/' ORDER BY place) INTO object
  FROM unnest(string_to_array(TG_ARGV[0], ',')) WITH ORDINALITY AS key(part, place);
  -- The version before says what it was; both are kept whole and for good.
  IF TG_TABLE_NAME = 'definition_version' AND (new_row->>'version')::int > 1 THEN
    SELECT (to_jsonb(earlier) - hidden)::text INTO before FROM definition_version earlier
    WHERE earlier.team_id = NEW.team_id AND earlier.kind = NEW.kind AND earlier.name = NEW.name AND earlier.version = NEW.version - 1;
  END IF;
  INSERT INTO audit_head VALUES (team, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
  SELECT * INTO head FROM audit_head WHERE audit_head.team_id = team FOR UPDATE;
  head.seq := head.seq + 1;
  -- After the lock, so that times do not run backwards along the chain.
  at := now_micros();
  line := '{"action":' || audit_text(action) || ',"actor":{"id":' || audit_text(id) || ',"kind":' || audit_text(kind)
    || ',"name":' || audit_text(name) || '},"after":' || audit_text(after) || ',"at":' || at || ',"before":' || audit_text(before)
    || ',"object":' || audit_text(object) || ',"prev":' || audit_text(head.hash) || ',"reason":' || audit_text(reason)
    || ',"requestId":' || audit_text(request_id) || ',"route":' || audit_text(route) || ',"seq":' || head.seq
    || ',"team":' || audit_text(team) || '}';
  INSERT INTO audit_entry VALUES (team, head.seq, at, kind, id, name, action, object, reason, request_id, route, before, after,
    head.hash, encode(sha256(convert_to(line, 'UTF8')), 'hex'))
  RETURNING audit_entry.hash INTO head.hash;
  UPDATE audit_head SET seq = head.seq, hash = head.hash WHERE audit_head.team_id = team;
  RETURN NULL;
END
$$;

-- Deferred to the commit, so that the head of the chain is the last lock of a transaction and is held for a moment only.
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT ON "definition_version" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('kind,name,version', 'compiled,source');
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT OR UPDATE OR DELETE ON "drill" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
-- What a tick moves on is no change of the booking.
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT OR DELETE ON "schedule" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE CONSTRAINT TRIGGER "audit_update" AFTER UPDATE ON "schedule" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version OR OLD.removed_at IS DISTINCT FROM NEW.removed_at)
  EXECUTE FUNCTION audit_change('id');
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT OR UPDATE OR DELETE ON "freeze_calendar" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('name', 'events,source');
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT ON "run_finding" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('run_id,number,version');
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT ON "sign_off" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('run_id,seq');
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT ON "halt_change" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
-- What the platform itself does to a run is in the run's own journal; what people and pipelines have it do is here too.
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT ON "run_event" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.actor_kind IN ('person', 'ci')) EXECUTE FUNCTION audit_change('run_id,seq', 'prev');
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT ON "evidence" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (nullif(current_setting('firedrill.audit', true), '') IS NOT NULL)
  EXECUTE FUNCTION audit_change('run_id,kind,hash');
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT OR DELETE ON "token" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('id', 'hash');
CREATE CONSTRAINT TRIGGER "audit_update" AFTER UPDATE ON "token" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (to_jsonb(OLD) - 'last_used_at' IS DISTINCT FROM to_jsonb(NEW) - 'last_used_at')
  EXECUTE FUNCTION audit_change('id', 'hash');
