import { describe, expect, it } from 'vitest'
import { withClient } from './create-database.ts'
import { testPostgres } from './test-postgres.ts'
import type { TestPostgres } from './test-postgres.ts'

async function templateCounting(): Promise<{
  key: string
  prepare(url: string): Promise<void>
  prepared(): number
}> {
  let count = 0
  return {
    key: `counting ${process.pid} ${performance.now()}`,
    prepare: async (url) => {
      count += 1
      await withClient(url, (client) =>
        client.query('CREATE TABLE filled AS SELECT generate_series(1, 100) AS n'),
      )
    },
    prepared: () => count,
  }
}

const tables = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return rows.map(({ tablename }: { tablename: string }) => tablename)
  })

describe('testPostgres', () => {
  it('gives every caller a database of its own', async () => {
    const server: TestPostgres = await testPostgres()
    const [one, two] = await Promise.all([server.freshDatabase(), server.freshDatabase()])
    await withClient(one.url, (client) => client.query('CREATE TABLE mine (n int)'))
    expect(await tables(one.url)).toEqual(['mine'])
    expect(await tables(two.url)).toEqual([])
    await Promise.all([one.drop(), two.drop()])
    await expect(withClient(one.url, async () => {})).rejects.toMatchObject({ code: '3D000' })
  })

  it('prepares a template once, however many ask for it at the same time', async () => {
    const server = await testPostgres()
    const template = await templateCounting()
    const copies = await Promise.all([1, 2, 3, 4].map(() => server.freshDatabase(template)))
    expect(template.prepared()).toBe(1)
    for (const copy of copies) expect(await tables(copy.url)).toEqual(['filled'])
    await Promise.all(copies.map((copy) => copy.drop()))
  })

  it('does not take a half-prepared template for a whole one', async () => {
    const server = await testPostgres()
    const template = await templateCounting()
    const broken = { ...template, prepare: () => Promise.reject(new Error('migration failed')) }
    await expect(server.freshDatabase(broken)).rejects.toThrow('migration failed')
    const copy = await server.freshDatabase(template)
    expect(await tables(copy.url)).toEqual(['filled'])
    await copy.drop()
  })
})
