-- What a chunk is drawn from unless somebody looks closely; chunks from before have none and are unpacked instead.
ALTER TABLE "sample_chunk" ADD COLUMN "outline" JSON;
