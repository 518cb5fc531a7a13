import { testPostgres } from '@firedrill/local'
import { queueSuite } from '@firedrill/testkit'
import { Client } from 'pg'
import { queueUnderTest } from '../testing/queue-under-test.ts'

queueSuite('on PostgreSQL', async () => {
  const database = await (await testPostgres()).freshDatabase()
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const queue = await queueUnderTest('postgres', database.url, async () => {
    const tables = await client.query<{ tables: string }>(
      `SELECT string_agg(format('bullmq.%I', tablename), ', ') AS tables FROM pg_tables
       WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
    )
    await client.query(`TRUNCATE ${tables.rows[0]?.tables ?? ''}`)
  })
  return {
    ...queue,
    close: async () => {
      await queue.close()
      await client.end()
      await database.drop()
    },
  }
})
