import { ApiError } from '@firedrill/contracts'
import type { RunId } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'
import { status } from '../../../test/run-story.ts'

let api: TestApi
let id: RunId
beforeEach(async () => {
  api = await startTestApi()
  id = await api.startRun()
})
afterEach(() => api.close())

const GAP = {
  gap: 'No alarm in the <b>standby</b>',
  severity: 'high',
  owner: 'Ada',
  due: '2026-12-24',
} as const
const codeOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  return error instanceof ApiError ? error.problem?.code : 'it was accepted'
}

describe('findings of a run', () => {
  it('are kept in every version, shown in every form of the report, and changed only as they were read', async () => {
    const { runs } = api.client
    const added = await runs.addFinding(id, GAP)
    expect(added).toMatchObject({ ...GAP, number: 1, version: 1, state: 'open', ticket: null })
    expect((await runs.addFinding(id, { ...GAP, gap: 'another' })).number).toBe(2)
    const done = await runs.changeFinding(id, 1, 1, { ...GAP, state: 'done', ticket: 'OPS-7' })
    expect(done).toMatchObject({ version: 2, state: 'done', openedAt: added.openedAt })
    expect(await codeOf(runs.changeFinding(id, 1, 1, GAP))).toBe('changed-meanwhile')
    expect(await codeOf(runs.changeFinding(id, 3, 1, GAP))).toBe('not-found')
    const html = await runs.report(id, 'html')
    expect([html.includes('1 of 2 findings open'), html.includes('No alarm in the <b>')]).toEqual([
      true,
      false,
    ])
    expect(JSON.parse(await runs.report(id, 'json'))).toMatchObject({ findings: [{ state: 'done' }, {}] })
    expect(await runs.report(id, 'md')).toContain('high: another, Ada, due 2026-12-24')
  })

  it.each([
    ['a date that is none', { due: '2026-02-30' }],
    ['nobody as owner', { owner: ' ' }],
    ['a severity that does not exist', { severity: 'urgent' }],
  ])('are refused with %s', async (_, change) => {
    expect(await codeOf(api.client.runs.addFinding(id, { ...GAP, ...change } as typeof GAP))).toBe(
      'request-invalid',
    )
    expect(await api.client.runs.findings(id)).toEqual([])
  })

  it('reopen a sign-off when what was agreed changes, and not when it moves on', async () => {
    const { runs } = api.client
    await api.append(id, status('booked', 'refused'))
    await runs.addFinding(id, GAP)
    const { report } = await runs.signOff(id)
    await runs.sign(id, { role: 'prepared', report })
    await runs.changeFinding(id, 1, 1, { ...GAP, state: 'done' })
    const moved = await runs.signOff(id)
    expect(moved).toMatchObject({ next: 'reviewed', acts: [{ isVoid: false }] })
    expect(moved.report).not.toBe(report)
    await runs.changeFinding(id, 1, 2, { ...GAP, due: '2030-01-01' })
    expect(await runs.signOff(id)).toMatchObject({ next: 'prepared', acts: [{ isVoid: true }] })
  })
})
