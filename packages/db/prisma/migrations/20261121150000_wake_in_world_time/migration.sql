-- A run that waits for its world waits in world time: its clock may change its rate, stand still or jump meanwhile.
ALTER TABLE "run" ADD COLUMN "wake_world_at" BIGINT;
-- A simulated world in lockstep stands still between its jumps.
ALTER TABLE "environment_clock" DROP CONSTRAINT "environment_clock_rate_positive";
ALTER TABLE "environment_clock" ADD CONSTRAINT "environment_clock_rate_not_negative" CHECK (rate >= 0);
