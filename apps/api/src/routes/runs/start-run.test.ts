import { ApiError } from '@firedrill/contracts'
import { buildEnvironment, buildScenario } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

function post(body: unknown, headers: Readonly<Record<string, string>>) {
  return api.raw('/v1/runs', {
    method: 'POST',
    headers: {
      host: `127.0.0.1:${api.port}`,
      authorization: `Bearer ${api.token}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(body),
  })
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  return error instanceof ApiError ? error.problem?.code : undefined
}

describe('POST /v1/runs', () => {
  it('201: one run for a hundred concurrent starts with one key, and the same bytes for each', async () => {
    const drillId = await api.book()
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post({ drillId, seed: 7 }, { 'idempotency-key': 'one-key-for-all' })),
    )
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]))
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
    expect(await api.client.runs.list()).toHaveLength(1)
    expect(api.hints.sent.filter((hint) => hint.queue === 'advance')).toHaveLength(1)
  })

  it('books one drill for a scenario in an environment, whoever asks and however often', async () => {
    const first = await api.book()
    const again = await Promise.all(Array.from({ length: 5 }, () => api.book()))
    expect(new Set([first, ...again]).size).toBe(1)
    expect(await api.client.drills.list()).toHaveLength(1)
  })

  it('201: control: as many runs as keys', async () => {
    const drillId = await api.book()
    const starts = Array.from({ length: 5 }, (_, n) => api.client.runs.start({ drillId }, `key-number-${n}`))
    await Promise.all(starts)
    expect(await api.client.runs.list()).toHaveLength(5)
  })

  it('400: refuses a start without a key, naming the header', async () => {
    const drillId = await api.book()
    const { status, body } = await post({ drillId }, {})
    expect(status).toBe(400)
    const problem = JSON.parse(body) as { code: string; problems: readonly { path: string }[] }
    expect(problem.code).toBe('request-invalid')
    expect(problem.problems[0]?.path).toBe('headers/idempotency-key')
    expect(await api.client.runs.list()).toHaveLength(0)
  })

  it('403: refuses an environment that only says it is a sandbox, and one that does not', async () => {
    const drillId = await api.book()
    const { aws } = buildEnvironment()
    const outside = [
      buildEnvironment({ environmentKind: 'cloud' }),
      buildEnvironment({ aws: { ...aws, endpoint: 'aws' } }),
      buildEnvironment({ aws: { ...aws, endpoint: 'http://127.0.0.1.evil.example:4601' } }),
      buildEnvironment({ aws: { ...aws, credentials: { source: 'profile', profile: 'prod' } } }),
    ]
    for (const environment of outside) {
      // Booking is refused too, and the newest version of the environment is what a start looks at.
      expect(await codeOf(api.book(buildScenario(), environment))).toBe('sandbox-only')
      expect(await codeOf(api.client.runs.start({ drillId }))).toBe('sandbox-only')
    }
    expect(await api.client.runs.list()).toHaveLength(0)
  })

  it('404: refuses a drill that is not there, and lets the key be used again', async () => {
    expect(await codeOf(api.client.runs.start({ drillId: 'drl_nothing' }, 'the-same-key'))).toBe('not-found')
    const drillId = await api.book()
    expect(await codeOf(api.client.runs.start({ drillId }, 'the-same-key'))).toBeUndefined()
  })

  it('409: refuses a key that was used with another request', async () => {
    const drillId = await api.book()
    await api.client.runs.start({ drillId, seed: 1 }, 'the-same-key')
    expect(await codeOf(api.client.runs.start({ drillId, seed: 2 }, 'the-same-key'))).toBe(
      'idempotency-mismatch',
    )
    expect(await api.client.runs.list()).toHaveLength(1)
  })

  it('409: refuses a plan whose scenario has a newer version', async () => {
    const drillId = await api.book()
    const { reference } = await api.client.plan({
      scenario: { name: 'lose-one-instance' },
      environment: { name: 'lab' },
    })
    if (reference === null) throw new Error('the plan could not be resolved')
    await api.book(buildScenario({ title: 'Changed since' }))
    expect(await codeOf(api.client.runs.start({ drillId, plan: reference }))).toBe('plan-drifted')
  })

  it('423: starts nothing while the halt is set, and starts again with the same key once it is lifted', async () => {
    const drillId = await api.book()
    await api.client.halt.set('smoke in the server room')
    expect(await codeOf(api.client.runs.start({ drillId }, 'the-same-key'))).toBe('halted')
    await api.client.halt.lift('it was toast')
    expect(await codeOf(api.client.runs.start({ drillId }, 'the-same-key'))).toBeUndefined()
    expect(await api.client.runs.list()).toHaveLength(1)
  })

  it('503: makes no run while the queue is away, tells no more than that, and works when it is back', async () => {
    const drillId = await api.book()
    const known = await api.client.runs.start({ drillId }, 'known-before')
    api.setQueueAway(true)
    const { status, body, headers } = await post({ drillId }, { 'idempotency-key': 'the-same-key' })
    expect([status, headers['retry-after']]).toEqual([503, '2'])
    expect(JSON.parse(body)).toMatchObject({ code: 'queue-away', status: 503 })
    expect(body).not.toContain('10.0.0.9')
    expect(api.log.join('')).not.toContain('hunter2secret')
    expect(await api.client.runs.list()).toHaveLength(1)
    expect(await api.client.runs.start({ drillId }, 'known-before')).toEqual(known)
    api.setQueueAway(false)
    await api.client.runs.start({ drillId }, 'the-same-key')
    expect(await api.client.runs.list()).toHaveLength(2)
  })
})
