import { ApiError } from '@firedrill/contracts'
import type { RunId } from '@firedrill/core'
import { sha256, systemIds } from '@firedrill/runtime'
import { buildEnvironment, buildScenario } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'
import { DEFAULT_TEAM } from '../../security/first-token.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

async function answerOf(promise: Promise<unknown>): Promise<readonly [string | undefined, string]> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  return error instanceof ApiError
    ? [error.problem?.code, error.problem?.detail ?? '']
    : ['it was accepted', '']
}

const hash = 'a'.repeat(64)
/** A run whose one fault is in and was asked to go. */
async function recoveringRun() {
  const id = await api.startRun()
  const [name = ''] = (await api.client.runs.get(id)).steps.map((step) => step.name)
  const target = { id: 'i-1', label: 'web-1', region: 'eu-west-1' }
  const step = {
    step: name,
    fault: 'fake-break',
    faultVersion: 1,
    restoration: 'exact',
    population: 1,
  } as const
  await api.append(
    id,
    {
      type: 'planned',
      data: { planHash: hash, steps: [{ ...step, targets: [target], capture: hash }], permissions: [] },
    },
    { type: 'undo-prepared', data: { step: name, undo: hash, expiresAt: 1 } },
    { type: 'kit-acknowledged', data: { step: name, undo: hash, reaper: 'r' } },
    { type: 'injection-requested', data: { step: name, key: 'k', attempt: 1, expiresAt: 1 } },
    { type: 'status-changed', data: { from: 'injecting', to: 'recovering', why: 'test' } },
    { type: 'recovery-requested', data: { step: name, reason: 'abort', attempt: 1 } },
    {
      type: 'restoration-observed',
      data: {
        step: name,
        observations: [
          {
            target: 'i-1',
            injection: 'unknown',
            seen: 'changed by somebody else',
            foreign: { captured: 'running', ours: 'broken', now: 'theirs' },
          },
        ],
      },
    },
  )
  return { id, step: name }
}

describe('holding a run', () => {
  it('202: pauses and resumes it, with the reason and the person in the journal', async () => {
    const id = await api.startRun()
    expect(await api.client.runs.pause(id, 'a deploy is under way')).toMatchObject({ status: 'paused' })
    expect(await api.client.runs.get(id)).toMatchObject({ resumesTo: 'booked', mayPause: false })
    expect(await api.client.runs.resume(id, 'deployed')).toMatchObject({ status: 'booked' })
    const { events } = await api.client.runs.timeline(id)
    expect(events.at(-1)).toMatchObject({ actor: { kind: 'person' }, data: { why: 'deployed' } })
  })

  it('409: says why not, and what to do instead', async () => {
    const { id } = await recoveringRun()
    expect(await answerOf(api.client.runs.pause(id, 'wait'))).toEqual([
      'state-conflict',
      expect.stringContaining('never held up'),
    ])
    expect(await answerOf(api.client.runs.resume(id, 'go'))).toEqual([
      'state-conflict',
      expect.stringContaining('not paused'),
    ])
  })

  it('400: takes no act without a reason', async () => {
    const id = await api.startRun()
    expect(await answerOf(api.client.runs.pause(id, ' '))).toEqual(['request-invalid', expect.any(String)])
    expect(await answerOf(api.client.runs.takeOver(id, ''))).toEqual(['request-invalid', expect.any(String)])
  })
})

describe('approving', () => {
  const waiting = async () => {
    const drillId = await api.book(buildScenario(), buildEnvironment({ approvalsNeeded: 2 }))
    const { id } = await api.client.runs.start({ drillId })
    const targets = [{ id: 'i-1', label: 'web-1', region: 'eu-west-1' }]
    const of = { fault: 'fake-break', faultVersion: 1, restoration: 'exact', population: 4 } as const
    const steps = [{ step: 'break', ...of, targets, capture: hash }]
    const to = { from: 'planning', to: 'awaiting-approval', why: '2 approvals are needed' } as const
    const planned = { planHash: hash, steps, permissions: [] }
    await api.append(id as RunId, { type: 'planned', data: planned }, { type: 'status-changed', data: to })
    return id
  }
  const seen = { plan: hash, reason: 'looked at it' }

  it('202: takes one approval a person, bound to plan and targets, and says whose run it is', async () => {
    const id = await waiting()
    expect((await api.client.runs.get(id)).approval).toMatchObject({ needed: 2, standing: 0, isAsked: true })
    await api.client.runs.approve(id, seen)
    await api.client.runs.approve(id, seen)
    const { approval } = await api.client.runs.get(id)
    expect(approval).toMatchObject({ standing: 1, mayBeOwn: true, given: [{ own: true, flaw: null }] })
    const { events } = await api.client.runs.timeline(id)
    expect(events.filter(({ type }) => type === 'approved')).toMatchObject([
      { actor: { kind: 'person' }, data: { plan: hash, targets: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ])
    expect(events.at(-1)?.summary).toContain('by whoever started the run')
  })

  it('409: not of another plan than the frozen one, nor of a run that does not wait', async () => {
    const id = await waiting()
    const other = { ...seen, plan: 'b'.repeat(64) }
    expect((await answerOf(api.client.runs.approve(id, other)))[1]).toContain('look again')
    const begun = await api.startRun()
    expect((await answerOf(api.client.runs.approve(begun, seen)))[1]).toContain('does not wait')
  })

  it('202: a decline ends the run with the reason', async () => {
    const id = await waiting()
    const { status, reason } = await api.client.runs.decline(id, { plan: hash, reason: 'a launch today' })
    expect([status, reason]).toEqual(['cancelled', expect.stringContaining('a launch today')])
  })
})

describe('steps', () => {
  it('202: leaves one out that nobody asked for; 409: names those there are', async () => {
    const id = await api.startRun()
    const [step = ''] = (await api.client.runs.get(id)).steps.map(({ name }) => name)
    await api.client.runs.skipStep(id, step, 'not today')
    expect((await api.client.runs.get(id)).steps[0]).toMatchObject({ skipped: { reason: 'not today' } })
    expect(await answerOf(api.client.runs.skipStep(id, 'nope', 'x'))).toEqual([
      'state-conflict',
      expect.stringContaining(`it has ${step}`),
    ])
    expect(await answerOf(api.client.runs.retryStep(id, step, 'x'))).toEqual([
      'state-conflict',
      expect.any(String),
    ])
  })
})

describe('an undo that needs people', () => {
  it('202: is taken over, and shows the question side by side until it is answered', async () => {
    const { id, step } = await recoveringRun()
    const asked = await api.client.runs.get(id)
    expect(asked).toMatchObject({ mayTakeOver: true, takenOver: null })
    expect(asked.steps[0]?.targets[0]).toMatchObject({
      isQuestion: true,
      foreign: { captured: 'running', ours: 'broken', now: 'theirs' },
    })
    expect(await api.client.runs.takeOver(id, 'mine')).toMatchObject({ status: 'needs-person' })
    await api.client.runs.resolve(id, { step, target: 'i-1', answer: 'keep-theirs', reason: 'a hotfix' })
    const run = await api.client.runs.get(id)
    expect(run.takenOver).toMatchObject({ reason: 'mine' })
    expect(run.steps[0]?.targets[0]).toMatchObject({
      isQuestion: false,
      decision: { answer: 'keep-theirs', reason: 'a hotfix' },
    })
  })

  it('409: overwrites nothing on “retry”, and takes no word for a restoration', async () => {
    const { id, step } = await recoveringRun()
    const ask = (answer: 'retry' | 'mark-restored' | 'accept-as-is') =>
      answerOf(api.client.runs.resolve(id, { step, target: 'i-1', answer, reason: 'x' }))
    expect((await ask('retry'))[1]).toContain('never overwritten unasked')
    expect((await ask('mark-restored'))[0]).toBe('state-conflict')
    expect((await ask('accept-as-is'))[1]).toContain('touch.irreversible: true')
  })

  it('409: has nothing to take over before anything is being taken out', async () => {
    const id = await api.startRun()
    expect(await answerOf(api.client.runs.takeOver(id, 'x'))).toEqual(['state-conflict', expect.any(String)])
  })
})

it('403: each act has a permission of its own', async () => {
  const id = await api.startRun()
  const token = 'fd_holds_0123456789012345678901234'
  await api.stores.tokens.add({
    id: systemIds.mint('token'),
    teamId: DEFAULT_TEAM,
    name: 'few',
    hash: sha256(token),
    permissions: ['runs:read', 'runs:hold'],
  })
  const post = async (path: string, body: object) =>
    (
      await api.raw(`/v1/runs/${id}${path}`, {
        method: 'POST',
        headers: {
          host: `127.0.0.1:${api.port}`,
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ reason: 'x', ...body }),
      })
    ).status
  expect(await post('/pause', {})).toBe(202)
  expect(await post('/steps/a/skip', {})).toBe(403)
  expect(await post('/steps/a/retry', {})).toBe(403)
  expect(await post('/approve', { plan: hash })).toBe(403)
  expect(await post('/decline', { plan: hash })).toBe(403)
  expect(await post('/take-over', {})).toBe(403)
  expect(await post('/resolve', { step: 'a', target: 'b', answer: 'retry' })).toBe(403)
})
