import { AsyncLocalStorage } from 'node:async_hooks'
import { auditProblem, type AuditContext, type AuditEntry } from '@firedrill/core'
import { openStores } from '../stores.ts'
import { buildEnvironment, buildScenario, definitionHash, PERSON, realClock, TEAM } from '@firedrill/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../journal/envelope-writer.ts'
import { execute, migratedDatabase } from '../testing/test-stores.ts'
import { AUDITED_TABLES, UNAUDITED_TABLES } from './audited-tables.ts'

let database: Awaited<ReturnType<typeof migratedDatabase>>
let stores: ReturnType<typeof openStores>
const scope = new AsyncLocalStorage<AuditContext>()

beforeAll(async () => {
  database = await migratedDatabase()
  stores = openStores({
    url: database.url,
    clock: realClock,
    auditContext: () => scope.getStore(),
    connectionsMax: 3,
  })
})
afterAll(async () => {
  await stores.close()
  await database.drop()
})

const ADA: AuditContext = {
  actor: { kind: 'person', id: 'usr_ada', name: 'Ada "the \\ first"\u0001\n\u2028é😀' },
  teamId: TEAM,
  requestId: 'req_1',
  route: 'PUT /v1/scenarios/:name',
  reason: 'because',
}
const as = <T>(context: AuditContext, work: () => Promise<T>): Promise<T> => scope.run(context, work)
const put = (title: string) => {
  const compiled = buildScenario({ name: 'audited', title })
  const about = { kind: 'scenario', teamId: TEAM, name: 'audited', origin: 'file', actor: PERSON } as const
  return stores.definitions.put({ ...about, compiled, hash: definitionHash(compiled), source: title })
}
const all = () => stores.audit.entries(TEAM, 0, 10_000)

describe('the audit', () => {
  it('has every change with who, why, by which request, before and after, in a chain that holds', async () => {
    await as(ADA, () => put('one'))
    await as({ ...ADA, requestId: 'req_2' }, () => put('two'))
    const drill = {
      id: 'drl_x' as never,
      teamId: TEAM,
      title: 'x',
      scenario: 'audited',
      environment: 'e',
      createdBy: PERSON,
    }
    await stores.drills.book(drill)
    const token = { id: 'tok_a', teamId: TEAM, name: 'a', hash: sha256('a'), permissions: ['*'] }
    await as(ADA, () => stores.tokens.add(token))
    await stores.tokens.byHash(sha256('a'))
    await as({ ...ADA, reason: 'left the team' }, () => stores.tokens.revoke(TEAM, 'tok_a'))
    const entries = await all()
    expect(
      entries.map(({ action, object, requestId, reason }) => [action, object, requestId, reason]),
    ).toEqual([
      ['definition version insert', 'scenario/audited/1', 'req_1', 'because'],
      ['definition version insert', 'scenario/audited/2', 'req_2', 'because'],
      ['drill insert', 'drl_x', '', ''],
      ['token insert', 'tok_a', 'req_1', 'because'],
      ['token update', 'tok_a', 'req_1', 'left the team'],
    ])
    expect(auditProblem(entries, sha256)).toBeUndefined()
    expect(entries.map(({ actor }) => actor)).toEqual([ADA.actor, ADA.actor, PERSON, ADA.actor, ADA.actor])
    const [, second, , , revoked] = entries
    expect(JSON.parse(second?.before ?? '')).toMatchObject({ version: 1 })
    expect(JSON.parse(second?.after ?? '')).toMatchObject({ version: 2 })
    expect([
      JSON.parse(revoked?.before ?? '').revoked_at,
      typeof JSON.parse(revoked?.after ?? '').revoked_at,
    ]).toEqual([null, 'number'])
    expect(JSON.stringify(entries)).not.toContain(sha256('a'))
  })

  it('says so when a change came by another way than the API', async () => {
    await execute(database.url, `UPDATE token SET permissions = '{role:admin}' WHERE id = 'tok_a'`)
    const last = (await all()).at(-1)
    expect(last).toMatchObject({
      action: 'token update',
      requestId: '',
      actor: { kind: 'person', name: 'a' },
    })
  })

  it('refuses the change when it cannot be written', async () => {
    const before = (await all()).length
    await execute(database.url, `ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (seq <= ${before})`)
    await expect(as(ADA, () => put('three'))).rejects.toThrow()
    await expect(as(ADA, () => stores.halt.set(PERSON, 'stop'))).rejects.toThrow()
    expect((await stores.definitions.latest(TEAM, 'scenario', 'audited'))?.version).toBe(2)
    expect(await stores.halt.get()).toMatchObject({ set: false })
    await execute(database.url, 'ALTER TABLE audit_entry DROP CONSTRAINT full_disk')
    // The control: with the audit back, the same changes go through.
    await as(ADA, () => put('three'))
    expect((await stores.definitions.latest(TEAM, 'scenario', 'audited'))?.version).toBe(3)
    await as(ADA, () => stores.halt.set(PERSON, 'stop'))
    await as(ADA, () => stores.halt.lift(PERSON, 'go on'))
  })

  it('is one chain when many write at once, and nobody is written down for somebody else', async () => {
    const names = ['ada', 'bo', 'cy', 'di']
    const count = (await all()).length
    await Promise.all(
      names.flatMap((name) =>
        Array.from({ length: 5 }, (_, n) =>
          as({ ...ADA, actor: { kind: 'person', id: name, name } }, () =>
            stores.tokens.add({
              id: `tok_${name}${n}`,
              teamId: TEAM,
              name: `${name}${n}`,
              hash: sha256(name + n),
              permissions: [],
            }),
          ),
        ),
      ),
    )
    const entries = await all()
    expect(auditProblem(entries, sha256)).toBeUndefined()
    expect(entries).toHaveLength(count + 20)
    for (const { actor, object } of entries.slice(count)) expect(object).toContain(`tok_${actor.name}`)
    // A connection that served somebody knows nobody afterwards.
    await stores.drills.book({
      id: 'drl_y' as never,
      teamId: TEAM,
      title: 'y',
      scenario: 's',
      environment: buildEnvironment().name,
      createdBy: PERSON,
    })
    expect((await all()).at(-1)?.actor).toEqual(PERSON)
  })

  it('notices an entry that was changed, taken out, moved, or cut off beside a head that was kept', async () => {
    const entries = await all()
    const kept = entries.at(-1)
    if (kept === undefined) throw new Error('nothing was audited')
    for (const [at, entry] of entries.entries()) {
      const forged = (change: Partial<AuditEntry>) => entries.with(at, { ...entry, ...change })
      for (const change of [
        { reason: 'x' },
        { after: '{}' },
        { at: (entry.at + 1) as never },
        { actor: PERSON, object: 'o' },
        { team: 'o' },
      ])
        expect(auditProblem(forged(change), sha256)).toBeDefined()
      expect(auditProblem(entries.toSpliced(at, 1), sha256, kept)).toBeDefined()
    }
    expect(auditProblem(entries.slice(0, -1), sha256, kept)).toContain('is missing')
    // The control: what nobody touched.
    expect(auditProblem(entries, sha256, kept)).toBeUndefined()
  })

  it('is of every table that people change', async () => {
    const tables = (await execute(
      database.url,
      `SELECT c.relname AS name, bool_or(t.tgname LIKE 'audit%' AND NOT t.tgname LIKE '%write_once') AS audited
       FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
       WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '\\_prisma%' GROUP BY 1 ORDER BY 1`,
    )) as readonly { name: string; audited: boolean | null }[]
    const audited = tables
      .filter((one) => one.audited === true && one.name !== 'audit_entry')
      .map(({ name }) => name)
    expect(audited).toEqual([...AUDITED_TABLES].toSorted())
    const others = tables.map(({ name }) => name).filter((name) => !audited.includes(name))
    expect(others).toEqual(Object.keys(UNAUDITED_TABLES).toSorted())
  })
})
