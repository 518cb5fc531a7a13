import { describe, expect, test } from 'vitest'
import {
  GENESIS,
  marginPercentOf,
  platformInstant,
  plusMs,
  REAL_CLOCK,
  signOffHash,
  type SignOff,
  type SignOffRole,
} from '@firedrill/core'
import { buildRunCreated, definitionHash, PERSON, TEAM } from '../builders/journal-builder.ts'
import { buildScenario } from '../builders/scenario-builder.ts'
import { sha256 } from '../memory/sha256.ts'
import { openBench, type StoreFactory } from './store-factory.ts'

/** What the stores of sign-offs, findings and outcomes promise. */
export function reportStoresSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: what becomes of reports`, () => {
    const bench = openBench(factory)

    test('a game day stands as its newest version, and of those who change it at once one has to look again', async () => {
      const { gameDays } = bench.stores
      const id = bench.gameDayId()
      const terms = {
        title: 'ünïcode',
        date: '2026-12-01',
        briefing: '',
        participants: [],
        agenda: [],
        summary: null,
      }
      const at = (version: number) => ({ teamId: TEAM, id, version })
      expect(await gameDays.write(at(1), terms, PERSON)).toBe(true)
      const rush = await Promise.all(
        ['one', 'two'].map((summary) => gameDays.write(at(2), { ...terms, summary }, PERSON)),
      )
      expect(rush.filter(Boolean)).toHaveLength(1)
      const day = await gameDays.get(TEAM, id)
      expect(day).toMatchObject({ version: 2, title: 'ünïcode', summary: rush[0] === true ? 'one' : 'two' })
      expect(day?.createdAt).toBeLessThanOrEqual(day?.changedAt ?? 0)
      expect(await gameDays.get('somebody-else', id)).toBeUndefined()
      expect((await gameDays.list(TEAM)).map((one) => one.id)).toContain(id)
      const line = (number: number, text: string) =>
        gameDays.addLine({ teamId: TEAM, id, number }, text, PERSON)
      expect([await line(1, 'first'), await line(1, 'again'), await line(2, 'second')]).toEqual([
        true,
        false,
        true,
      ])
      expect((await gameDays.lines(id)).map(({ text }) => text)).toEqual(['first', 'second'])
    })

    test('of two people who sign at once one has to look again, and acts come back as they were written', async () => {
      const { runs, signOffs } = bench.stores
      const run = await runs.create({
        id: bench.runId(),
        teamId: TEAM,
        drillId: bench.drillId(),
        clock: REAL_CLOCK,
        created: buildRunCreated(),
        actor: PERSON,
      })
      const about = { runId: run.id, report: sha256('report'), data: sha256('data'), by: PERSON, own: false }
      const act = (seq: number, role: SignOffRole, prev: string): SignOff => {
        const open = { ...about, seq, role, note: 'ünïcode "x"', at: run.createdAt, prev }
        return { ...open, hash: signOffHash(open, sha256) }
      }
      const first = act(1, 'prepared', GENESIS)
      const second = act(2, 'reviewed', first.hash)
      expect(await signOffs.append(TEAM, first)).toBe(true)
      const rush = [second, { ...second, note: 'another' }]
      const taken = await Promise.all(rush.map((one) => signOffs.append(TEAM, one)))
      expect(taken.filter(Boolean)).toHaveLength(1)
      const kept = await signOffs.ofRun(run.id)
      expect(kept).toEqual([first, taken[0] === true ? second : rush[1]])
      expect(await signOffs.ofRun(bench.runId())).toEqual([])
    })

    test('a finding stands as its newest version, and of two changes at once one has to look again', async () => {
      const { runs, findings } = bench.stores
      const about = { teamId: TEAM, drillId: bench.drillId(), clock: REAL_CLOCK, actor: PERSON }
      const run = await runs.create({ id: bench.runId(), created: buildRunCreated(), ...about })
      const terms = { gap: 'no alarm', severity: 'high', owner: 'Ada', due: '2026-12-24' } as const
      const open = { ...terms, state: 'open', ticket: null, retest: null } as const
      const at = (number: number, version: number) => ({ runId: run.id, number, version })
      const ben = { ...PERSON, id: 'usr_ben', name: 'Ben' }
      expect(await findings.write(TEAM, at(1, 1), open, PERSON)).toBe(true)
      expect(await findings.write(TEAM, at(2, 1), { ...open, ticket: 'OPS-1' }, PERSON)).toBe(true)
      const rush = ['done', 'accepted'] as const
      const taken = await Promise.all(
        rush.map((state) => findings.write(TEAM, at(1, 2), { ...open, state }, ben)),
      )
      expect(taken.filter(Boolean)).toHaveLength(1)
      const [first, second] = await findings.ofRun(run.id)
      expect(first).toMatchObject({
        ...terms,
        number: 1,
        version: 2,
        state: rush[taken.indexOf(true)],
        openedBy: PERSON,
        changedBy: ben,
      })
      expect(second).toMatchObject({ number: 2, version: 1, state: 'open', ticket: 'OPS-1' })
      expect(await findings.ofRun(bench.runId())).toEqual([])
    })

    test('what a run came to is known once it is over, by service, and how the service stands follows from it', async () => {
      const { runs, outcomes, findings, definitions } = bench.stores
      const teamId = 'team-outcomes'
      const compiled = buildScenario({ name: 'till', labels: { service: 'shop' } })
      const hash = definitionHash(compiled)
      const about = { kind: 'scenario', teamId, name: 'till', hash, source: 'till' } as const
      await definitions.put({ ...about, compiled, origin: 'file', actor: PERSON })
      const run = async (end?: 'refused' | 'aborted') => {
        const id = bench.runId()
        const created = buildRunCreated({ teamId, scenario: compiled })
        await runs.create({ id, teamId, drillId: bench.drillId(), clock: REAL_CLOCK, created, actor: PERSON })
        const over = { type: 'status-changed', data: { from: 'booked', to: 'refused', why: 'test' } } as const
        const aborted = { type: 'abort-requested', data: { reason: 'test' } } as const
        if (end !== undefined)
          await runs.append(id, { kind: 'open' }, PERSON, () =>
            end === 'aborted' ? [aborted, over] : [over],
          )
        return id
      }
      const first = await run('refused')
      await run()
      const second = await run('aborted')
      const since = platformInstant(0)
      const terms = { gap: 'x', severity: 'low', owner: 'Ada', due: '2026-12-24' } as const
      const open = { ...terms, state: 'open', ticket: null, retest: null } as const
      await findings.write(teamId, { runId: first, number: 1, version: 1 }, open, PERSON)
      await findings.write(teamId, { runId: first, number: 2, version: 1 }, open, PERSON)
      await findings.write(
        teamId,
        { runId: first, number: 2, version: 2 },
        { ...open, state: 'done' },
        PERSON,
      )

      const trend = await outcomes.trend(teamId, { limit: 10 })
      expect(trend.map(({ runId, verdict, number }) => [runId, verdict, number])).toEqual([
        [second, 'inconclusive', 3],
        [first, 'not-run', 1],
      ])
      expect(trend[0]).toMatchObject({
        service: 'shop',
        scenario: 'till',
        scenarioHash: hash,
        objectives: [],
        marginPercent: null,
      })
      expect(await outcomes.trend(teamId, { limit: 10, before: 3, service: 'shop' })).toEqual([trend[1]])
      expect(await outcomes.trend(teamId, { limit: 10, scenario: 'other' })).toEqual([])
      const [standing, ...others] = await outcomes.portfolio(teamId, { limit: 10, since })
      expect([standing, others]).toMatchObject([
        {
          service: 'shop',
          scenarios: 1,
          notRun: 1,
          inconclusive: 1,
          held: 0,
          openFindings: 1,
          oldFindings: 0,
          failing: 0,
          dueAt: null,
        },
        [],
      ])
      expect(standing?.last).toMatchObject({ runId: second, verdict: 'inconclusive' })
      expect(await outcomes.portfolio(teamId, { limit: 10, since, after: 'shop' })).toEqual([])
      const later = await outcomes.portfolio(teamId, { limit: 10, since: plusMs(await runs.now(), 1000) })
      expect(later[0]).toMatchObject({ notRun: 0, inconclusive: 0, last: { number: 3 } })
      const measured = await run()
      const objective = {
        objective: 'recovery',
        kind: 'recovery-time',
        maxMicros: 200,
        method: 'm',
        reason: 'r',
      }
      const seen = { ...objective, observed: { lo: 100, hi: 150 }, verdict: 'held' as const }
      const unseen = { ...objective, objective: 'other', verdict: 'inconclusive' as const }
      const figures = { points: {}, parts: {}, crossChecks: [], samples: [], evidence: [] }
      const failure = { provisional: false, verdict: 'deviated', reason: 'r' } as const
      await runs.append(measured, { kind: 'open' }, PERSON, () => [
        { type: 'measured', data: { measurement: { ...figures, ...failure, objectives: [seen, unseen] } } },
        { type: 'status-changed', data: { from: 'settling', to: 'closed', why: 'test' } },
      ])
      const [newest] = await outcomes.trend(teamId, { limit: 1 })
      expect(newest).toMatchObject({ verdict: 'deviated', marginPercent: 25 })
      expect(newest?.objectives[0]).toEqual({
        objective: 'recovery',
        kind: 'recovery-time',
        maxMicros: 200,
        observed: { lo: 100, hi: 150 },
        verdict: 'held',
      })
      expect(newest?.marginPercent).toBe(marginPercentOf(newest?.objectives ?? []))
      const [failed] = await outcomes.portfolio(teamId, { limit: 10, since })
      expect(failed).toMatchObject({ deviated: 1, failing: 1, marginPercent: 25, last: { number: 4 } })
      expect(await outcomes.portfolio('team-nobody', { limit: 10, since })).toEqual([])
    })
  })
}
