import {
  plusMs,
  REAL_CLOCK,
  type Drill,
  type Occurrence,
  type Schedule,
  type ScheduleTerms,
} from '@firedrill/core'
import { describe, expect, test } from 'vitest'
import { buildRunCreated, PERSON } from '../builders/journal-builder.ts'
import { seededIds } from '../time/seeded.ts'
import { openBench, type StoreFactory } from './store-factory.ts'

const TERMS: ScheduleTerms = {
  title: 'weekly',
  when: { kind: 'cron', expression: '0 10 * * tue', timeZone: 'Europe/Berlin' },
  missed: { policy: 'run-once-late', graceMs: 3_600_000 },
  enabled: true,
}

/** What the stores of schedules and calendars promise, and what a start that is refused under lock does. */
export function scheduleStoreSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: schedules`, () => {
    const bench = openBench(factory)
    const ids = seededIds(11)
    const drill = (teamId: string): Promise<Drill> =>
      bench.stores.drills.book({
        id: ids.mint('drill'),
        teamId,
        title: 'drill',
        scenario: 'lose-one-instance',
        environment: ids.mint('drill'),
        createdBy: PERSON,
      })
    const make = async (teamId: string, terms: Partial<ScheduleTerms>, inMs: number): Promise<Schedule> =>
      bench.stores.schedules.create({
        ...TERMS,
        ...terms,
        id: ids.mint('schedule'),
        teamId,
        drillId: (await drill(teamId)).id,
        createdBy: PERSON,
        nextAt: plusMs(await bench.stores.runs.now(), inMs),
      })

    test('a schedule comes back as it went in, for its team, soonest first', async () => {
      const { schedules } = bench.stores
      const validFrom = await bench.stores.runs.now()
      const later = await make('team-list', { validFrom, validUntil: plusMs(validFrom, 9e9) }, 20_000)
      const sooner = await make('team-list', { enabled: false }, 10_000)
      expect(later).toMatchObject({ ...TERMS, validFrom, version: 1, createdBy: PERSON, updatedBy: PERSON })
      expect(await schedules.list('team-list')).toEqual([sooner, later])
      expect(await schedules.get('team-list', later.id)).toEqual(later)
      expect(await schedules.get('team-nobody', later.id)).toBeUndefined()
    })

    test('of two people who change the same version one is told, also when both do so at once', async () => {
      const { schedules } = bench.stores
      const made = await make('team-stale', {}, 10_000)
      const change = (title: string) => schedules.change(made, { ...TERMS, title }, undefined, PERSON)
      const answers = await Promise.all([change('a'), change('b'), change('c')])
      expect(answers.filter((answer) => answer === 'stale')).toHaveLength(2)
      const kept = await schedules.get('team-stale', made.id)
      expect(kept?.version).toBe(2)
      expect(kept?.nextAt).toBeUndefined()
      expect(await schedules.remove(made, PERSON)).toBe('stale')
      expect(await schedules.remove({ ...made, teamId: 'team-nobody', version: 2 }, PERSON)).toBe('gone')
      expect(await schedules.remove({ ...made, version: 2 }, PERSON)).toBe('removed')
      expect(await schedules.change({ ...made, version: 3 }, TERMS, undefined, PERSON)).toBe('gone')
      expect(await schedules.list('team-stale')).toEqual([])
    })

    test('one is due when it is enabled and its time has come', async () => {
      const due = await make('team-due', {}, -5)
      await make('team-due', { enabled: false }, -5)
      await make('team-due', {}, 600_000)
      const found = (await bench.stores.schedules.due(100)).filter(({ teamId }) => teamId === 'team-due')
      expect(found).toEqual([due])
    })

    test('what became of an occurrence is recorded once, and only who read the newest moves the schedule on', async () => {
      const { schedules } = bench.stores
      const made = await make('team-settle', {}, -5)
      const at = made.nextAt ?? plusMs(made.createdAt, 0)
      const became = (outcome: Occurrence['outcome']): Occurrence => ({
        scheduleId: made.id,
        teamId: made.teamId,
        drillId: made.drillId,
        at,
        outcome,
        reason: outcome,
      })
      const next = plusMs(at, 1000)
      await schedules.settle(made, [became('started')], next)
      await schedules.settle(made, [became('missed')], plusMs(at, 9000))
      expect(await schedules.occurrences('team-settle', at, plusMs(at, 1))).toEqual([became('started')])
      expect(await schedules.occurrences('team-settle', plusMs(at, 1), plusMs(at, 2))).toEqual([])
      const moved = await schedules.get('team-settle', made.id)
      expect(moved).toEqual({ ...made, nextAt: next })
      await schedules.change(made, { ...TERMS, title: 'changed' }, plusMs(at, 2000), PERSON)
      await schedules.settle(moved ?? made, [], undefined)
      expect((await schedules.get('team-settle', made.id))?.nextAt).toBe(plusMs(at, 2000))
    })

    test('a calendar is replaced under its name', async () => {
      const { calendars } = bench.stores
      const calendar = { teamId: 'team-cal', name: 'company', events: [], source: 'one', actor: PERSON }
      await calendars.put({ ...calendar, environment: 'lab' })
      const second = await calendars.put({ ...calendar, source: 'two' })
      expect(await calendars.list('team-cal')).toEqual([second])
      expect(second).toMatchObject({ ...calendar, source: 'two' })
      expect(second).not.toHaveProperty('environment')
      expect(await calendars.remove('team-nobody', 'company')).toBe(false)
      expect(await calendars.remove('team-cal', 'company')).toBe(true)
      expect(await calendars.list('team-cal')).toEqual([])
    })

    test('a start that must not overlap is refused in the transaction that makes it, however many start at once', async () => {
      const teamId = 'team-overlap'
      const { id: drillId } = await drill(teamId)
      const start = (key: string) =>
        bench.stores.runs.create({
          id: bench.runId(),
          teamId,
          drillId,
          clock: REAL_CLOCK,
          created: buildRunCreated({ teamId }),
          actor: PERSON,
          idempotencyKey: key,
          whileOpen: (open) => [
            { type: 'status-changed', data: { from: 'booked', to: 'refused', why: `${open} is not over` } },
          ],
        })
      const runs = await Promise.all(['a', 'b', 'a', 'c', 'b'].map(start))
      const booked = new Set(runs.flatMap(({ id, state }) => (state.status === 'booked' ? [id] : [])))
      expect(booked.size).toBe(1)
      expect(new Set(runs.map(({ id }) => id)).size).toBe(3)
      const refused = runs.find(({ state }) => state.status === 'refused')
      expect(refused?.state.refusal).toBe(`${[...booked][0]} is not over`)
      expect(refused?.foldedSeq).toBe(2)
      const due = (await bench.stores.runs.due(1000)).map(({ id }) => id)
      expect(
        runs
          .map(({ id }) => id)
          .filter((id) => due.includes(id))
          .every((id) => booked.has(id)),
      ).toBe(true)
      expect(due).toContain([...booked][0])
    })
  })
}
