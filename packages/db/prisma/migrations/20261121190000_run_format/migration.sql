-- The highest format that has written to a run: whoever knows less leaves it to newer workers.
ALTER TABLE "run" ADD COLUMN "format" INTEGER NOT NULL DEFAULT 1;
