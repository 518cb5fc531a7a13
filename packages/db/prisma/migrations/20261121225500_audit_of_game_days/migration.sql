-- What people plan and write down on a game day is a change like any other. Both tables are only ever added to.
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT ON "game_day" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('id,version');
CREATE CONSTRAINT TRIGGER "audit" AFTER INSERT ON "game_day_line" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_change('game_day_id,number');
