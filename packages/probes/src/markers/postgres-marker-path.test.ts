import { connect } from 'node:net'
import { dataLoss, type CompiledMarker } from '@firedrill/core'
import { testPostgres } from '@firedrill/local'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildEnvironment } from '@firedrill/testkit'
import { addressRecord, createResources, realWorld, type Resources } from '../testing/loopback.ts'
import { FROM_THE_START, MARKED_RUN, markerLab } from '../testing/marker-lab.ts'
import { createMarkerPaths } from './marker-paths.ts'
import { postgresMarkerPath } from './postgres-marker-path.ts'

const marker: Extract<CompiledMarker, { kind: 'postgresql' }> = {
  kind: 'postgresql',
  name: 'orders',
  order: 'ordered',
  periodMs: 100,
  timeoutMs: 400,
  writesMax: 1000,
  database: 'orders',
}

let resources: Resources
beforeEach(() => {
  resources = createResources()
})
afterEach(() => resources.close())

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows as readonly Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

const soon = () => AbortSignal.timeout(3000)

describe('a PostgreSQL write path', () => {
  it('loses with the primary exactly what the survivor had not received, and leaves no table behind', async () => {
    const server = await testPostgres()
    const [primary, survivor] = [await server.freshDatabase(), await server.freshDatabase()]
    // One address in front of both, which the failover turns round, as a managed database does.
    let target: string | undefined = primary.url
    const port = await resources.tcp((socket) => {
      if (target === undefined) return void socket.destroy()
      const { hostname, port: to } = new URL(target)
      const onward = connect({ host: hostname, port: Number(to) })
      onward.on('error', () => socket.destroy())
      socket.on('close', () => onward.destroy())
      onward.on('close', () => socket.destroy())
      socket.pipe(onward).pipe(socket)
    })
    const behind = (url: string) => {
      const address = new URL(url)
      address.host = `127.0.0.1:${port}`
      return address.toString()
    }
    const lab = await markerLab(marker, realWorld)
    // Both databases are told apart by name, so the address is opened with the name of whoever is primary.
    const login = {
      get url() {
        return behind(target ?? primary.url)
      },
    }
    const writer = lab.start(
      postgresMarkerPath(marker, { runId: MARKED_RUN, database: login, survivor: login }),
    )
    await lab.until(({ writes }) => writes.length >= 10)
    target = undefined
    await query(
      primary.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'firedrill marker'`,
    )
    const [table] = await query(
      primary.url,
      `SELECT table_name AS name FROM information_schema.tables WHERE table_name LIKE 'firedrill%'`,
    )
    const name = String(table?.['name'])
    await lab.until(({ writes }) => writes.some(({ outcome }) => outcome === 'failed'))
    await query(
      survivor.url,
      `CREATE TABLE ${name} (number bigint PRIMARY KEY); INSERT INTO ${name} SELECT * FROM generate_series(0, 6)`,
    )
    target = survivor.url
    await lab.until(({ readings }) => readings.length > 0)
    const loss = dataLoss(await lab.observations(), FROM_THE_START)
    if ('unknown' in loss) throw new Error(loss.unknown)
    const acknowledged = (
      await query(primary.url, `SELECT number FROM ${name} WHERE number > 6 ORDER BY number`)
    ).map(({ number }) => Number(number))
    const heard = new Set(
      (await lab.record()).writes.flatMap((one) => (one.outcome === 'acknowledged' ? [one.seq] : [])),
    )
    expect(loss.missing).toEqual(acknowledged.filter((number) => heard.has(number)))
    expect(loss.missing[0]).toBe(7)
    await query(
      survivor.url,
      `INSERT INTO ${name} SELECT * FROM generate_series(7, 100) ON CONFLICT DO NOTHING`,
    )
    await writer.finish()
    expect(dataLoss(await lab.observations(), FROM_THE_START)).toMatchObject({
      late: loss.missing.length,
      lost: 0,
    })
    expect((await lab.record()).cleanUp).toEqual({ state: 'removed', note: `table ${name} is dropped` })
    expect(await query(survivor.url, `SELECT to_regclass('${name}') AS name`)).toEqual([{ name: null }])
    await primary.drop()
    await survivor.drop()
  })

  it('binds values into statements of the scenario, and sees for itself that they are gone', async () => {
    const database = await (await testPostgres()).freshDatabase()
    const { url } = database
    await query(url, 'CREATE TABLE note (run text, number bigint)')
    const statements = {
      write: 'INSERT INTO note VALUES ({{run}}, {{sequence}})',
      read: 'SELECT number FROM note WHERE run = {{run}} AND number <= {{upTo}}',
      cleanUp: 'DELETE FROM note WHERE run = {{run}}',
    }
    const where = { runId: MARKED_RUN, database: { url }, survivor: { url } }
    const path = postgresMarkerPath({ ...marker, statements }, where)
    for (const seq of [0, 1, 3]) expect(await path.write(seq, soon())).toEqual({ end: 'acknowledged' })
    expect(await path.read(2, soon())).toEqual({ ok: true, value: [[0, 1]] })
    await query(url, 'ALTER TABLE note RENAME TO elsewhere')
    expect(await path.write(4, soon())).toMatchObject({ end: 'failed', isProven: true })
    expect(await path.read(9, soon())).toMatchObject({ ok: false })
    expect(await path.cleanUp(soon())).toMatchObject({ state: 'failed' })
    await query(url, 'ALTER TABLE elsewhere RENAME TO note')
    const idle = postgresMarkerPath({ ...marker, statements: { ...statements, cleanUp: 'SELECT 1' } }, where)
    expect(await idle.cleanUp(soon())).toEqual({ state: 'failed', note: '3 are still there' })
    expect(await path.cleanUp(soon())).toEqual({ state: 'removed', note: 'read back: none is left' })
    await path.close()
    await idle.close()
    await database.drop()
  })

  it('finds the database by the resolver of its vantage, and says so when the name leads nowhere', async () => {
    const database = await (await testPostgres()).freshDatabase()
    const url = new URL(database.url)
    const { hostname } = url
    url.hostname = 'orders.example.test'
    let answers: readonly string[] = [hostname]
    const resolver = await resources.dns(({ name }) =>
      answers.length === 0 ? 'nxdomain' : answers.map((data) => addressRecord(name, data)),
    )
    const environment = buildEnvironment()
    const path = createMarkerPaths({}).open(
      MARKED_RUN,
      marker,
      {
        ...environment,
        probes: { vantages: [{ name: 'here', resolver }] },
        databases: { orders: { url: url.toString() } },
      },
      (ms) => ms,
    )
    await path.prepare(soon())
    expect(await path.write(0, soon())).toEqual({ end: 'acknowledged' })
    expect(await path.read(9, soon())).toEqual({ ok: true, value: [[0, 0]] })
    expect(await path.cleanUp(soon())).toMatchObject({ state: 'removed' })
    await path.close()
    answers = []
    expect(await path.write(1, soon())).toEqual({ end: 'failed', detail: 'nxdomain', isProven: true })
    expect(await path.read(9, soon())).toEqual({ ok: false, detail: 'nxdomain' })
    await database.drop()
  })

  it('gives up on a server that is silent when its time is over, and on one that is not there', async () => {
    const silent = await resources.tcp(() => undefined)
    const at = (port: number) => ({ url: `postgresql://nobody@127.0.0.1:${port}/none` })
    const open = (port: number) =>
      postgresMarkerPath(marker, { runId: MARKED_RUN, database: at(port), survivor: at(port) })
    expect(await open(silent).write(0, AbortSignal.timeout(50))).toEqual({
      end: 'failed',
      detail: 'timeout sql',
      isProven: false,
    })
    expect(await open(await resources.freePort()).write(0, soon())).toMatchObject({
      end: 'failed',
      isProven: true,
    })
  })
})
