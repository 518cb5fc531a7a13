import { describe, expect, test } from 'vitest'
import { platformInstant, plusMs, REAL_CLOCK, strokesOf, worldInstant, type Sample } from '@firedrill/core'
import { buildEnvironment } from '../builders/environment-builder.ts'
import { buildRunCreated, definitionHash, PERSON, TEAM } from '../builders/journal-builder.ts'
import { buildScenario } from '../builders/scenario-builder.ts'
import { sha256 } from '../memory/sha256.ts'
import { openBench, type StoreFactory } from './store-factory.ts'

/** What the stores of definitions, drills, samples, clocks, tokens, the halt and repeated requests promise. */
export function recordStoresSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: records`, () => {
    const bench = openBench(factory)
    const version = (title: string, teamId = TEAM) => {
      const compiled = buildScenario({ title })
      const { name: scenario } = compiled
      const hash = definitionHash(compiled)
      return {
        kind: 'scenario',
        teamId,
        name: scenario,
        hash,
        source: title,
        compiled,
        origin: 'file',
        actor: PERSON,
      } as const
    }

    test('a definition gets a new version only when its newest differs, also when written at once', async () => {
      const teamId = 'team-versions'
      const { definitions } = bench.stores
      const first = await definitions.put(version('one', teamId))
      expect(await definitions.put(version('one', teamId))).toEqual(first)
      const second = await definitions.put(version('two', teamId))
      const third = await definitions.put(version('one', teamId))
      expect([first.version, second.version, third.version]).toEqual([1, 2, 3])
      expect(await definitions.latest(teamId, 'scenario', first.name)).toEqual(third)
      expect(await definitions.byHash(teamId, 'scenario', second.hash)).toEqual(second)
      expect((await definitions.byHash(teamId, 'scenario', first.hash))?.version).toBe(3)
      expect(await definitions.list(teamId, 'scenario')).toEqual([third])
      expect(await definitions.list(teamId, 'environment')).toEqual([])
      expect(await definitions.latest('team-nobody', 'scenario', first.name)).toBeUndefined()
      const rush = await Promise.all(
        ['a', 'b', 'c', 'a'].map((title) => definitions.put(version(title, 'team-rush'))),
      )
      const numbers = new Set(rush.map((put) => put.version))
      expect(Math.max(...numbers)).toBe(numbers.size)
    })

    test('the compiled form comes back exactly, and names are listed in order', async () => {
      const teamId = 'team-forms'
      for (const environment of ['b', 'a', 'c']) {
        const compiled = buildEnvironment({ name: environment, title: 'ünïcode \u0001 "x"' })
        const hash = definitionHash(compiled)
        await bench.stores.definitions.put({
          kind: 'environment',
          teamId,
          name: environment,
          hash,
          source: 'source',
          compiled,
          origin: 'ci',
          actor: PERSON,
        })
      }
      const listed = await bench.stores.definitions.list(teamId, 'environment')
      expect(listed.map((one) => one.name)).toEqual(['a', 'b', 'c'])
      expect(listed.every(({ compiled, hash }) => definitionHash(compiled) === hash)).toBe(true)
    })

    const drillOf = (teamId: string, environment: string) => ({
      id: bench.drillId(),
      teamId,
      title: environment,
      scenario: 'lose-one-instance',
      environment,
      createdBy: PERSON,
    })

    test('a scenario has one drill an environment, also when several book it at once', async () => {
      const { drills } = bench.stores
      const book = (teamId: string, environment: string) => drills.book(drillOf(teamId, environment))
      const booked = await Promise.all(['lab', 'lab', 'lab', 'other'].map((name) => book('team-once', name)))
      expect(new Set(booked.map(({ id }) => id)).size).toBe(2)
      expect(await book('team-once', 'lab')).toEqual(booked[0])
      expect(await drills.list('team-once')).toHaveLength(2)
      expect((await book('team-twice', 'lab')).id).not.toBe(booked[0]?.id)
    })

    test('a drill is kept for its team, newest first', async () => {
      const a = await bench.stores.drills.book(drillOf('team-drills', 'a'))
      await bench.passTime(1)
      const b = await bench.stores.drills.book(drillOf('team-drills', 'b'))
      expect(await bench.stores.drills.list('team-drills')).toEqual([b, a])
      expect(await bench.stores.drills.get('team-drills', a.id)).toEqual(a)
      expect(await bench.stores.drills.get('team-nobody', a.id)).toBeUndefined()
    })

    test('samples come back by start within a range, and a batch sent twice counts once', async () => {
      const { id } = await bench.run()
      const start = worldInstant(1_700_000_000_000_000)
      const batch = Array.from({ length: 300 }, (_, i): Sample => ({
        probe: i % 2 === 0 ? 'front' : 'name',
        vantage: i % 3 === 0 ? 'here' : 'there',
        start: plusMs(start, 1000 - i),
        end: plusMs(start, 1005 - i),
        outcome: i % 5 === 0 ? 'bad' : 'good',
        ...(i % 5 === 0 ? { detail: 'timeout' } : {}),
      }))
      await bench.stores.samples.append(id, batch)
      await bench.stores.samples.append(id, batch.slice(0, 50))
      await bench.stores.samples.append(id, [])
      expect(await bench.stores.samples.read(id)).toEqual(batch.toReversed())
      const range = { from: plusMs(start, 800), to: plusMs(start, 810) }
      expect((await bench.stores.samples.read(id, range)).map((sample) => sample.start)).toEqual(
        Array.from({ length: 10 }, (_, i) => plusMs(start, 800 + i)),
      )
      expect(await bench.stores.samples.read((await bench.run()).id)).toEqual([])
      await expect(bench.stores.samples.append(bench.runId(), batch)).rejects.toThrow(/no run/)
    })

    test('what was measured of clocks comes back by clock and instant, and a reading that is sent again stays as it was', async () => {
      const { id } = await bench.run()
      const at = worldInstant(1_700_000_000_000_000)
      const readings = [
        { clock: 'prober', at: plusMs(at, 5000), lo: -120, hi: 340 },
        { clock: 'cloudwatch', at, lo: -600_000, hi: 401_000 },
        { clock: 'prober', at, lo: -3_000_000_123, hi: -2_999_999_000 },
      ]
      await bench.stores.samples.noteClocks(id, readings)
      await bench.stores.samples.noteClocks(
        id,
        readings.map((reading) => ({ ...reading, lo: reading.lo - 1 })),
      )
      await bench.stores.samples.noteClocks(id, [])
      expect(await bench.stores.samples.clocks(id)).toEqual([readings[1], readings[2], readings[0]])
      expect(await bench.stores.samples.clocks((await bench.run()).id)).toEqual([])
    })

    test('sealed samples are one series with those that come in later, and those sent again count once', async () => {
      const { id } = await bench.run()
      const { samples } = bench.stores
      const start = worldInstant(1_700_000_000_000_000)
      const sample = (n: number, vantage = 'here'): Sample => ({
        probe: 'front',
        vantage,
        start: plusMs(start, n * 1000 + (n % 7) / 1000),
        end: plusMs(start, n * 1000 + 3 + (n % 11) / 1000),
        outcome: n % 100 === 0 ? 'bad' : 'good',
        detail: n % 100 === 0 ? 'timeout' : '10.0.0.1',
      })
      const all = Array.from({ length: 3000 }, (_, n) => sample(n))
      await samples.append(id, all.slice(10, 2500))
      await samples.append(id, [sample(5, 'there')])
      await samples.seal(id, 'full')
      await samples.append(id, all.slice(2400))
      await samples.append(id, all.slice(0, 20))
      expect(await samples.read(id, { vantage: 'here' })).toEqual(all)
      await samples.seal(id, 'all')
      await samples.seal(id, 'all')
      const hour = { from: plusMs(start, 2_000_000), to: plusMs(start, 2_100_000) }
      expect(await samples.read(id, { ...hour, probe: 'front', vantage: 'here' })).toEqual(
        all.slice(2000, 2100),
      )
      expect(await samples.read(id, { vantage: 'there' })).toEqual([sample(5, 'there')])
      expect(await samples.read(id, { probe: 'none' })).toEqual([])
      expect(await samples.read(id)).toHaveLength(3001)
      const [here, there] = await samples.draw(id, {}, 20)
      expect(here?.strokes.length).toBeLessThanOrEqual(20)
      expect(here?.strokes.reduce((sum, { good }) => sum + good, 0)).toBe(2970)
      expect(here?.strokes.reduce((sum, { bad }) => sum + bad, 0)).toBe(30)
      expect([here?.strokes[0]?.detail, here?.strokes[0]?.start]).toEqual(['timeout', start])
      expect(there?.strokes).toHaveLength(1)
      const [near] = await samples.draw(id, hour, 1000)
      expect(near?.strokes).toEqual(strokesOf(all.slice(2000, 2100), 1))
    })

    test('a world clock takes readings that are ahead, and only the rate of one that is behind', async () => {
      const put = (anchorWorld: number, rate: number) =>
        bench.stores.clocks.put('team-clocks', 'lab', {
          anchorPlatform: start,
          anchorWorld: worldInstant(anchorWorld),
          rate,
        })
      const start = await bench.stores.runs.now()
      expect(await bench.stores.clocks.get('team-clocks', 'lab')).toBeUndefined()
      const first = await put(5_000_000_000, 10)
      expect(first).toMatchObject({ anchorWorld: 5_000_000_000, rate: 10 })
      expect(await put(9_000_000_000, 10)).toMatchObject({ anchorWorld: 9_000_000_000 })
      expect(await put(1_000_000_000, 10)).toMatchObject({ anchorWorld: 9_000_000_000 })
      const slower = await put(1_000_000_000, 1)
      expect(slower.rate).toBe(1)
      expect(slower.anchorWorld).toBeGreaterThanOrEqual(9_000_000_000)
      expect(await bench.stores.clocks.get('team-clocks', 'lab')).toEqual(slower)
    })

    test('a token is found by its hash alone, and acts in the name that it was given, or in its own', async () => {
      const token = { id: 'tok_1', teamId: TEAM, name: 'ci', permissions: ['drills:read', 'runs:start'] }
      await bench.stores.tokens.add({ ...token, hash: sha256('secret') })
      const own = { kind: 'person', id: 'tok_1', name: 'ci' }
      expect(await bench.stores.tokens.byHash(sha256('secret'))).toEqual({ ...token, actor: own })
      expect(await bench.stores.tokens.byHash(sha256('guess'))).toBeUndefined()
      await bench.stores.tokens.add({ ...token, id: 'tok_2', actor: PERSON, hash: sha256('other') })
      expect(await bench.stores.tokens.byHash(sha256('other'))).toEqual({
        ...token,
        id: 'tok_2',
        actor: PERSON,
      })
    })

    test('a token that two processes add at once is there once, as the first one gave it', async () => {
      const hash = sha256('shared')
      const tokens = ['a', 'b', 'c', 'd'].map((n) => ({
        id: `tok_${n}`,
        teamId: TEAM,
        name: n,
        permissions: [],
        actor: PERSON,
      }))
      await Promise.all(tokens.map((token) => bench.stores.tokens.add({ ...token, hash })))
      const kept = await bench.stores.tokens.byHash(hash)
      expect(tokens).toContainEqual(kept)
      await bench.stores.tokens.add({ id: 'tok_later', teamId: TEAM, name: 'later', permissions: [], hash })
      expect(await bench.stores.tokens.byHash(hash)).toEqual(kept)
    })

    test('a token that has expired or was revoked is known no more, and its row says when', async () => {
      const now = await bench.stores.runs.now()
      const teamId = 'team-tokens'
      const about = { teamId, permissions: ['role:viewer'], actor: PERSON, createdBy: PERSON }
      const add = (id: string, expiresAt?: number) =>
        bench.stores.tokens.add({
          ...about,
          id,
          name: id,
          hash: sha256(id),
          ...(expiresAt === undefined ? {} : { expiresAt: platformInstant(expiresAt) }),
        })
      await add('tok_x1')
      await add('tok_x2', now - 1)
      await add('tok_x3', now + 3_600_000_000)
      expect(await bench.stores.tokens.byHash(sha256('tok_x2'))).toBeUndefined()
      expect(await bench.stores.tokens.byHash(sha256('tok_x3'))).toMatchObject({ id: 'tok_x3' })
      expect(await bench.stores.tokens.revoke('another-team', 'tok_x3')).toBe(false)
      expect(await bench.stores.tokens.byHash(sha256('tok_x3'))).toMatchObject({ id: 'tok_x3' })
      expect(await bench.stores.tokens.revoke(teamId, 'tok_x3')).toBe(true)
      expect(await bench.stores.tokens.byHash(sha256('tok_x3'))).toBeUndefined()
      const rows = await bench.stores.tokens.list(teamId)
      expect(rows.map(({ id }) => id).toSorted()).toEqual(['tok_x1', 'tok_x2', 'tok_x3'])
      const row = (id: string) => rows.find((one) => one.id === id)
      expect(row('tok_x1')).toMatchObject({ ...about, name: 'tok_x1' })
      expect([row('tok_x1')?.lastUsedAt, row('tok_x1')?.revokedAt]).toEqual([undefined, undefined])
      expect(row('tok_x3')?.lastUsedAt).toBeGreaterThanOrEqual(now)
      expect(row('tok_x3')?.revokedAt).toBeGreaterThanOrEqual(now)
      const again =
        (await bench.stores.tokens.revoke(teamId, 'tok_x3')) && (await bench.stores.tokens.list(teamId))
      expect(again).toEqual(rows)
      expect(JSON.stringify(rows)).not.toContain(sha256('tok_x1'))
    })

    test('a session ends when it is too old, idle for too long, or revoked', async () => {
      const about = { teamId: 'team-people', actor: PERSON, permissions: ['role:viewer'] }
      const { people } = bench.stores
      await people.open({ ...about, hash: sha256('s1'), lifeMs: 60_000 })
      await people.open({ ...about, hash: sha256('s2'), lifeMs: 0 })
      expect(await people.byHash(sha256('s1'), 60_000)).toEqual(about)
      expect(await people.byHash(sha256('s2'), 60_000)).toBeUndefined()
      expect(await people.byHash(sha256('s1'), 0)).toBeUndefined()
      expect(await people.revokeOf('another-team', PERSON.id)).toBe(0)
      expect(await people.byHash(sha256('s1'), 60_000)).toEqual(about)
      expect(await people.revokeOf('team-people', PERSON.id)).toBe(1)
      expect(await people.byHash(sha256('s1'), 60_000)).toBeUndefined()
    })

    test('the halt is not set at first, and says who set it and why', async () => {
      expect(await bench.stores.halt.get()).toMatchObject({ set: false })
      await bench.stores.halt.set(PERSON, 'smoke')
      expect(await bench.stores.halt.get()).toMatchObject({ set: true, reason: 'smoke', by: PERSON })
      await bench.stores.halt.lift(PERSON, 'aired')
      expect(await bench.stores.halt.get()).toMatchObject({ set: false, reason: 'aired', by: PERSON })
    })

    test('a start that comes too late for whoever sets the halt to find it is refused', async () => {
      const { halt, runs } = bench.stores
      const teamId = 'team-halted'
      const about = { teamId, clock: REAL_CLOCK, created: buildRunCreated({ teamId }), actor: PERSON }
      const start = () =>
        runs.create({
          id: bench.runId(),
          drillId: bench.drillId(),
          ...about,
          whileHalted: (why) => [{ type: 'status-changed', data: { from: 'booked', to: 'refused', why } }],
        })
      const starts = (count: number) => Promise.all(Array.from({ length: count }, start))
      const sweep = halt.set(PERSON, 'stop').then(() => runs.list(teamId, { limit: 100 }))
      const [early, found, late] = await Promise.all([starts(6), sweep, starts(6)])
      const last = await start()
      // Control: nobody asked, nobody refused.
      const unasked = await runs.create({ id: bench.runId(), drillId: bench.drillId(), ...about })
      await halt.lift(PERSON, 'over')
      const ids = new Set(found.map(({ id }) => id))
      const slipped = [...early, ...late].filter(({ id, state }) => state.status === 'booked' && !ids.has(id))
      expect(slipped).toEqual([])
      expect(last).toMatchObject({ foldedSeq: 2, state: { status: 'refused', refusal: 'stop' } })
      expect(unasked.state.status).toBe('booked')
    })

    test('a repeated request gets the first answer; another one under its key is told so', async () => {
      const { idempotency } = bench.stores
      const begun = await Promise.all([1, 2, 3].map(() => idempotency.begin(TEAM, 'key', 'hash')))
      expect(begun.map(({ state }) => state).sort()).toEqual(['new', 'running', 'running'])
      expect(await idempotency.begin(TEAM, 'key', 'other')).toEqual({ state: 'mismatch' })
      await idempotency.finish(TEAM, 'key', 201, '{"id":1}')
      await idempotency.finish(TEAM, 'key', 500, 'late')
      await idempotency.forget(TEAM, 'key')
      expect(await idempotency.begin(TEAM, 'key', 'hash')).toEqual({
        state: 'done',
        status: 201,
        body: '{"id":1}',
      })
      expect(await idempotency.begin('team-other', 'key', 'hash')).toEqual({ state: 'new' })
    })

    test('a request that failed, or whose server died, can be tried again', async () => {
      const { idempotency } = bench.stores
      await idempotency.begin(TEAM, 'failed', 'hash')
      await idempotency.forget(TEAM, 'failed')
      expect(await idempotency.begin(TEAM, 'failed', 'hash')).toEqual({ state: 'new' })
      await bench.passTime(60_001)
      expect(await idempotency.begin(TEAM, 'failed', 'other')).toEqual({ state: 'mismatch' })
      expect(await idempotency.begin(TEAM, 'failed', 'hash')).toEqual({ state: 'new' })
      expect(await idempotency.begin(TEAM, 'failed', 'hash')).toEqual({ state: 'running' })
    })
  })
}
