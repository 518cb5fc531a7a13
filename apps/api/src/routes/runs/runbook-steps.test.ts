import { ApiError, type Client } from '@firedrill/contracts'
import { buildEnvironment, buildScenario } from '@firedrill/testkit'
import type { RunId } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const RUNBOOK = `---
apiVersion: firedrill.dev/v1
kind: Runbook
metadata: { name: bring-up, title: Bring it up }
---
## Decide
Role: lead
Expected: 2m
Marks: decided

Look first.

## Stop it
Role: lead
Expected: 10s
Action: abort
`
const put = (client: Client, source = RUNBOOK) => client.runbooks.put('bring-up', { source, origin: 'file' })
const withRunbook = () =>
  api.book(buildScenario({ response: 'runbook', runbook: 'bring-up' }), buildEnvironment())

async function whyNot(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  return error instanceof ApiError
    ? `${error.problem?.code}: ${error.problem?.detail ?? ''}`
    : 'it was accepted'
}

async function observing(): Promise<RunId> {
  await put(api.client)
  const id = (await api.client.runs.start({ drillId: await withRunbook() })).id as RunId
  await api.append(
    id,
    { type: 'status-changed', data: { from: 'baseline', to: 'injecting', why: 'test' } },
    { type: 'status-changed', data: { from: 'injecting', to: 'observing', why: 'test' } },
  )
  return id
}

describe('runbooks', () => {
  it('201 for a new version, 200 for the same again; 422 with every problem at its line', async () => {
    expect(await put(api.client)).toMatchObject({ isNew: true, runbook: { version: 1, steps: 2 } })
    expect(await put(api.client)).toMatchObject({ isNew: false })
    expect(await api.client.runbooks.list()).toHaveLength(1)
    expect((await api.client.runbooks.get('bring-up')).source).toBe(RUNBOOK)
    const bad = put(api.client, RUNBOOK.replace('Action: abort', 'Action: explode'))
    const problem = await bad.catch((error: unknown) =>
      error instanceof ApiError ? error.problem : undefined,
    )
    expect(problem).toMatchObject({ code: 'definition-invalid', problems: [{ line: 16, column: 1 }] })
  })

  it('are pinned by a run; one that is not stored refuses the start', async () => {
    const drillId = await withRunbook()
    expect(await whyNot(api.client.runs.start({ drillId }))).toContain('There is no runbook named bring-up')
    await put(api.client)
    const { id } = await api.client.runs.start({ drillId })
    await put(api.client, RUNBOOK.replace('Look first', 'Look twice'))
    const { runbook } = await api.client.runs.get(id)
    expect(runbook).toMatchObject({
      isOpen: false,
      steps: [{ name: 'decide', instructions: 'Look first.', state: 'open', marks: 'decided' }, {}],
    })
  })
})

describe('steps of a runbook', () => {
  it('202: are begun and done with a note, by whom, in the journal and on the page', async () => {
    const id = await observing()
    await api.client.runs.runbookStep(id, 'decide', 'start', 'it is me')
    await api.client.runs.runbookStep(id, 'decide', 'done')
    const { runbook } = await api.client.runs.get(id)
    expect(runbook?.steps[0]).toMatchObject({ state: 'done', started: { note: 'it is me' } })
    const { events } = await api.client.runs.timeline(id)
    expect(events.slice(-2)).toMatchObject([
      {
        type: 'runbook-step-started',
        actor: { kind: 'person' },
        summary: expect.stringContaining('“Decide”'),
      },
      { type: 'runbook-step-done', tone: 'person' },
    ])
    expect(await whyNot(api.client.runs.runbookStep(id, 'nope', 'start'))).toContain('it has decide, stop-it')
    expect(await whyNot(api.client.runs.runbookStep(id, 'stop-it', 'skip'))).toContain('takes a note')
  })

  it('202: one that aborts does; 403 for whoever may not, who may begin every other', async () => {
    const id = await observing()
    const permissions = ['runs:read', 'runs:runbook']
    const actor = { kind: 'person', id: 'ben', name: 'Ben' } as const
    const byHash = async () => ({ id: 'tok_1', teamId: 'default', name: 'Ben', permissions, actor }) as never
    const other = await startTestApi({ stores: { ...api.stores, tokens: { ...api.stores.tokens, byHash } } })
    try {
      const refused = await whyNot(other.client.runs.runbookStep(id, 'stop-it', 'start'))
      expect(refused).toContain('needs the permission runs:abort')
      await other.client.runs.runbookStep(id, 'decide', 'start')
    } finally {
      await other.close()
    }
    expect((await api.client.runs.get(id)).status).toBe('observing')
    expect(await api.client.runs.runbookStep(id, 'stop-it', 'start')).toMatchObject({ status: 'aborting' })
  })

  it('409 in a run that follows none', async () => {
    const id = await api.startRun()
    expect(await whyNot(api.client.runs.runbookStep(id, 'decide', 'start'))).toContain('follows no runbook')
    expect((await api.client.runs.get(id)).runbook).toBeNull()
  })
})
