import { ApiError } from '@firedrill/contracts'
import type { RunId } from '@firedrill/core'
import { sha256, systemIds } from '@firedrill/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'
import { status } from '../../../test/run-story.ts'
import { DEFAULT_TEAM } from '../../security/first-token.ts'

let api: TestApi
let id: RunId
beforeEach(async () => {
  api = await startTestApi()
  id = await api.startRun()
  await api.append(id, status('booked', 'refused'))
})
afterEach(() => api.close())

const detailOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  return error instanceof ApiError ? error.problem?.detail : 'it was accepted'
}

describe('the sign-off of a report', () => {
  it('binds three acts to the hash of the report, which stays what it was', async () => {
    const { runs } = api.client
    const open = await runs.signOff(id)
    expect(open).toMatchObject({ next: 'prepared', acts: [] })
    expect(sha256(await runs.report(id, 'json'))).toBe(open.report)
    for (const role of ['prepared', 'reviewed', 'accepted'] as const)
      await runs.sign(id, { role, report: open.report, note: `${role} with care` })
    const signed = await runs.signOff(id)
    expect(signed).toMatchObject({ report: open.report, data: open.data, next: null })
    expect(signed.acts.map(({ role, own, isVoid }) => [role, own, isVoid])).toEqual([
      ['prepared', false, false],
      ['reviewed', true, false],
      ['accepted', true, false],
    ])
    expect((await runs.report(id, 'html')).includes('which only a sandbox lets them do')).toBe(true)
  })

  it('is void once there is other evidence, and has to be given again', async () => {
    const { runs } = api.client
    const { report } = await runs.signOff(id)
    await runs.sign(id, { role: 'prepared', report })
    await api.stores.evidence.put(id, 'capture', new Uint8Array([1]))
    const changed = await runs.signOff(id)
    expect(changed).toMatchObject({ next: 'prepared', acts: [{ isVoid: true }] })
    expect(changed.report).not.toBe(report)
    expect(await detailOf(runs.sign(id, { role: 'prepared', report }))).toContain('look again')
    expect((await runs.sign(id, { role: 'prepared', report: changed.report })).next).toBe('reviewed')
    expect((await runs.report(id, 'html')).includes('Prepared, void')).toBe(true)
  })

  it('needs its own permission, a run that is over, and one act after another', async () => {
    const { report } = await api.client.runs.signOff(id)
    expect(await detailOf(api.client.runs.sign(id, { role: 'accepted', report }))).toContain(
      'nobody has prepared',
    )
    const going = await api.startRun()
    const other = (await api.client.runs.signOff(going)).report
    expect(await detailOf(api.client.runs.sign(going, { role: 'prepared', report: other }))).toContain(
      'not over',
    )
    const token = 'fd_reader_0123456789012345678901234567'
    const permissions = ['runs:read', 'runs:approve', 'runs:note']
    await api.stores.tokens.add({
      id: systemIds.mint('token'),
      teamId: DEFAULT_TEAM,
      name: 'few',
      hash: sha256(token),
      permissions,
    })
    const answer = await fetch(`${api.url}/v1/runs/${id}/sign-off`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ role: 'prepared', report }),
    })
    expect(answer.status).toBe(403)
    expect((await api.client.runs.signOff(id)).acts).toEqual([])
  })
})
