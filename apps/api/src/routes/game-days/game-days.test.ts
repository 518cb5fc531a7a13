import { ApiError, createClient } from '@firedrill/contracts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'
import { status } from '../../../test/run-story.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const TERMS = {
  title: 'Autumn game day',
  date: '2026-12-01',
  participants: [{ name: 'Ada', role: 'leader' as const }],
}
const item = { time: '14:30', scenario: 'lose-one-instance', environment: 'lab', isBlind: true }
const codeOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  return error instanceof ApiError ? error.problem?.code : 'it was accepted'
}

describe('a game day', () => {
  it('tells the room nothing of a blind drill, its run and its log before it is revealed', async () => {
    const run = await api.startRun()
    const { gameDays } = api.client
    const planned = await gameDays.plan({ ...TERMS, agenda: [{ ...item, run }] })
    expect(planned).toMatchObject({ mayLead: true, drills: [{ isHidden: false, run: { id: run } }] })
    const blind = await gameDays.get(planned.id, 'room')
    expect(blind.drills).toEqual([{ isHidden: true, title: 'Blind drill', run: null }])
    expect(JSON.stringify(blind)).not.toMatch(/lose-one-instance|run_/)
    const agenda = [{ ...item, run, isRevealed: true }]
    await gameDays.change(planned.id, 1, { ...TERMS, agenda })
    const shown = await gameDays.get(planned.id, 'room')
    expect(shown.drills[0]).toMatchObject({ isHidden: false, run: { id: run } })
  })

  it('merges what the scribe writes with what the platform does, in order, and loses no line of many at once', async () => {
    const run = await api.startRun()
    const { gameDays } = api.client
    const { id } = await gameDays.plan({ ...TERMS, agenda: [{ ...item, isBlind: false, run }] })
    await gameDays.write(id, 'the pager is quiet')
    await api.append(run, status('booked', 'planning'))
    await Promise.all(['a', 'b', 'c'].map((text) => gameDays.write(id, text)))
    const { log } = await gameDays.get(id)
    expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).toSorted((a, b) => a - b))
    const quiet = log.findIndex(({ text }) => text === 'the pager is quiet')
    expect(log.findIndex(({ text }) => text.startsWith('booked → planning'))).toBeGreaterThan(quiet)
    expect(log.filter(({ kind }) => kind === 'scribe')).toHaveLength(4)
  })

  it('shows findings of its runs, and is changed only as it was read', async () => {
    const run = await api.startRun()
    const { gameDays, runs } = api.client
    await runs.addFinding(run, { gap: 'no alarm', severity: 'high', owner: 'Ada', due: '2026-12-24' })
    const { id } = await gameDays.plan({ ...TERMS, agenda: [{ ...item, run }] })
    const { findings } = await gameDays.get(id)
    expect(findings).toMatchObject([{ finding: { gap: 'no alarm', state: 'open' }, heldAgain: null }])
    const ended = await gameDays.change(id, 1, { ...TERMS, summary: 'we learned a lot' })
    expect(ended).toMatchObject({ version: 2, terms: { summary: 'we learned a lot' } })
    expect(await codeOf(gameDays.change(id, 1, TERMS))).toBe('changed-meanwhile')
    expect((await gameDays.list())[0]).toMatchObject({ id, isOver: true })
  })

  it('is of its team alone, and takes no run of nobody', async () => {
    expect(await codeOf(api.client.gameDays.get('gmd_nothing'))).toBe('not-found')
    const nobodys = 'run_00000000000000000000000000'
    const asked = api.client.gameDays.plan({ ...TERMS, agenda: [{ ...item, run: nobodys }] })
    expect(await codeOf(asked)).toBe('not-found')
    const stranger = createClient({ baseUrl: api.url })
    expect(await codeOf(stranger.gameDays.list())).toBe('not-signed-in')
  })
})
