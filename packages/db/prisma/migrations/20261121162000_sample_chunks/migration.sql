-- CreateTable
CREATE TABLE "sample_chunk" (
    "series_id" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "first_at" BIGINT NOT NULL,
    "last_at" BIGINT NOT NULL,
    "count" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "sample_chunk_pkey" PRIMARY KEY ("series_id","first_at","hash")
);

-- AddForeignKey
ALTER TABLE "sample_chunk" ADD CONSTRAINT "sample_chunk_series_id_fkey" FOREIGN KEY ("series_id") REFERENCES "sample_series"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Packed by our own coder: the database would only try in vain to pack them again.
ALTER TABLE "sample_chunk" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
ALTER TABLE "sample_chunk" ADD CONSTRAINT "sample_chunk_hash_true" CHECK ("hash" = encode(sha256("bytes"), 'hex'));
ALTER TABLE "sample_chunk" ADD CONSTRAINT "sample_chunk_holds_something" CHECK ("count" > 0 AND "first_at" <= "last_at");

CREATE TRIGGER "sample_chunk_write_once" BEFORE UPDATE OR DELETE OR TRUNCATE ON "sample_chunk"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
