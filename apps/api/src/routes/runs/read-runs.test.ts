import { plusMs, worldInstant, type Sample } from '@firedrill/core'
import { hostNow } from '@firedrill/runtime'
import { memoryStores } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { status, injectFault, putBack } from '../../../test/run-story.ts'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
let skewMs = 0
beforeEach(async () => {
  skewMs = 0
  api = await startTestApi({ stores: memoryStores(() => plusMs(hostNow(), skewMs)) })
})
afterEach(() => api.close())

describe('GET /v1/runs/:id', () => {
  it('tells of a booked run without inventing anything', async () => {
    const id = await api.startRun()
    expect(await api.client.runs.get(id)).toMatchObject({
      status: 'booked',
      verdict: null,
      isOver: false,
      mayBeBroken: false,
      guardrails: null,
      measurement: null,
      abort: null,
      planHash: null,
      phases: [{ status: 'booked', leftAt: null }],
      steps: [{ name: 'break', kind: 'inject', isDone: false, targets: [] }],
      objectives: [{ name: 'rto', maxMicros: 60_000_000, sinceWorldAt: null, untilWorldAt: null }],
    })
  })

  it('shows what is broken, since when the objective runs, and how the fault got in', async () => {
    const id = await api.startRun()
    await injectFault(api, id)
    const run = await api.client.runs.get(id)
    expect(run).toMatchObject({
      status: 'observing',
      mayBeBroken: true,
      guardrails: { allowed: true },
      steadyState: { holds: true },
      steps: [
        {
          fault: 'fake-break',
          restoration: 'exact',
          population: 3,
          isKitAcknowledged: true,
          handle: 'effect-1',
          targets: [{ id: 'i-1', zone: 'eu-west-1a', injection: 'injected', isClean: false }],
        },
      ],
    })
    expect(run.phases.map((phase) => phase.status)).toEqual([
      'booked',
      'planning',
      'preflight',
      'baseline',
      'injecting',
      'observing',
    ])
    for (const [index, phase] of run.phases.entries())
      expect(phase.leftAt).toBe(run.phases[index + 1]?.at ?? null)
    const [objective] = run.objectives
    expect(objective?.sinceWorldAt).toBe(run.steps[0]?.injected?.lo)
    expect(objective?.untilWorldAt).toBeNull()
    expect(run.now.at - hostNow()).toBeLessThan(2_000_000)
  })

  it('gives the latency of an abort only when the last revert was issued, and verified', async () => {
    const id = await api.startRun()
    await injectFault(api, id)
    expect(await api.client.runs.abort(id, 'customers are calling')).toMatchObject({
      status: 'aborting',
      isAborted: true,
    })
    const before = await api.client.runs.get(id)
    expect(before.abort).toMatchObject({
      reason: 'customers are calling',
      by: 'first token',
      lastRevertIssuedMicros: null,
      lastRevertVerifiedMicros: null,
    })
    skewMs = 3000
    await putBack(api, id, 'aborting')
    const { abort, mayBeBroken, steps } = await api.client.runs.get(id)
    expect(mayBeBroken).toBe(false)
    expect(steps[0]?.targets[0]).toMatchObject({
      injection: 'restored',
      isClean: true,
      seen: 'no difference',
    })
    expect(abort?.lastRevertIssuedMicros).toBeGreaterThan(2_900_000)
    expect(abort?.lastRevertVerifiedMicros).toBeGreaterThanOrEqual(abort?.lastRevertIssuedMicros ?? Infinity)
    expect(abort?.lastRevertVerifiedMicros).toBeLessThan(6_000_000)
  })

  it('is not there for another team, whatever is asked of it', async () => {
    const id = await api.startRun()
    const { stores } = api
    const stranger = await startTestApi({
      stores: {
        ...stores,
        tokens: {
          ...stores.tokens,
          byHash: async () => ({
            id: 'tok',
            teamId: 'others',
            name: 'x',
            permissions: ['*'],
            actor: { kind: 'person', id: 'tok', name: 'x' },
          }),
        },
      },
    })
    const { runs } = stranger.client
    const asked = [
      runs.get(id),
      runs.timeline(id),
      runs.samples(id),
      runs.evidence(id),
      runs.abort(id, 'x'),
      runs.note(id, 'x'),
      runs.report(id, 'json'),
    ]
    for (const answer of await Promise.allSettled(asked))
      expect(answer).toMatchObject({ status: 'rejected', reason: { problem: { code: 'not-found' } } })
    expect(await runs.list()).toEqual([])
    expect((await stores.runs.get('default', id))?.foldedSeq).toBe(1)
    await stranger.close()
  })
})

describe('the journal and what is kept', () => {
  it('comes by pages that join without gap or overlap, with a sentence for each event', async () => {
    const id = await api.startRun()
    await injectFault(api, id)
    const all = (await api.client.runs.timeline(id)).events
    const found = []
    for (let after: number | null = 0; after !== null;) {
      const page = await api.client.runs.timeline(id, { after, limit: 4 })
      found.push(...page.events)
      after = page.nextAfter
    }
    expect(found).toEqual(all)
    expect(all.map((event) => event.seq)).toEqual(all.map((_, index) => index + 1))
    for (const event of all) expect(event.summary.length).toBeGreaterThan(10)
  })

  it('holds notes, from runs that are not over', async () => {
    const id = await api.startRun()
    const note = await api.client.runs.note(id, 'the pager rang')
    expect(note).toMatchObject({
      seq: 2,
      type: 'note-added',
      tone: 'person',
      summary: 'the pager rang',
      actor: { kind: 'person' },
    })
    await api.append(id, status('booked', 'cancelled'))
    await expect(api.client.runs.note(id, 'too late')).rejects.toMatchObject({
      problem: { code: 'state-conflict' },
    })
    await expect(api.client.runs.abort(id, 'too late')).rejects.toMatchObject({
      problem: { code: 'state-conflict' },
    })
  })

  it('gives evidence byte for byte, but only to the run it belongs to', async () => {
    const id = await api.startRun()
    const other = await api.startRun()
    const hash = await api.stores.evidence.put(id, 'aws-answer', new Uint8Array([0, 255, 10, 13, 128]))
    expect(await api.client.runs.evidence(id)).toMatchObject([{ hash, kind: 'aws-answer', size: 5 }])
    expect([...(await api.client.runs.evidenceBytes(id, hash))]).toEqual([0, 255, 10, 13, 128])
    await expect(api.client.runs.evidenceBytes(other, hash)).rejects.toMatchObject({
      problem: { code: 'not-found' },
    })
  })

  it('renders the same report twice, in a box that can reach nothing', async () => {
    const id = await api.startRun()
    await injectFault(api, id)
    await putBack(api, id, 'observing')
    await api.append(id, status('settling', 'closed'))
    expect(await api.client.runs.report(id, 'html')).toBe(await api.client.runs.report(id, 'html'))
    expect(JSON.parse(await api.client.runs.report(id, 'json'))).toBeTypeOf('object')
    const headers = { host: `127.0.0.1:${api.port}`, authorization: `Bearer ${api.token}` }
    const page = await api.raw(`/v1/runs/${id}/report.html`, { headers })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox allow-scripts/)
  })

  it('gives journal and evidence to compute the figures again anywhere, and says when there are none', async () => {
    const id = await api.startRun()
    await api.stores.evidence.put(id, 'plan', new Uint8Array([1]))
    const bundle = await api.client.runs.bundle(id)
    expect(bundle).toMatchObject({ format: 1, run: id, events: [{ seq: 1 }], evidence: [{ kind: 'plan' }] })
    expect(await api.client.runs.recomputed(id)).toMatchObject({
      faults: [],
      verified: 1,
      recomputed: null,
      why: 'the journal holds no measurement',
    })
  })

  it('draws samples as lanes in which no failure disappears', async () => {
    const id = await api.startRun()
    const base = 1_800_000_000_000_000
    const samples = Array.from({ length: 1000 }, (_, n): Sample => {
      const isBad = n === 500
      return {
        probe: 'front',
        vantage: n % 2 === 0 ? 'eu' : 'us',
        start: worldInstant(base + n * 1_000_000),
        end: worldInstant(base + n * 1_000_000 + (isBad ? 500_000 : 20_000)),
        outcome: isBad ? 'bad' : 'good',
        ...(isBad ? { detail: 'timeout' } : {}),
      }
    })
    await api.stores.samples.append(id, samples)
    const lanes = await api.client.runs.samples(id, { points: 10 })
    expect(lanes.map(({ vantage, good, bad, points }) => [vantage, good, bad, points.length])).toEqual([
      ['eu', 499, 1, 10],
      ['us', 500, 0, 10],
    ])
    const broken = lanes[0]?.points.filter((point) => point.bad > 0)
    expect(broken).toMatchObject([{ bad: 1, good: 49, detail: 'timeout', slowestMicros: 500_000 }])
    const part = await api.client.runs.samples(id, { from: base + 10_000_000, to: base + 20_000_000 })
    expect(part.map((lane) => lane.points.length)).toEqual([5, 5])
  })
})

describe('GET /v1/runs', () => {
  it('lists newest first, by pages', async () => {
    const ids = [await api.startRun(), await api.startRun(), await api.startRun()]
    const newest = await api.client.runs.list({ limit: 2 })
    expect(newest.map((run) => run.id)).toEqual([ids[2], ids[1]])
    const rest = await api.client.runs.list({ before: newest[1]?.id ?? '' })
    expect(rest.map((run) => run.id)).toEqual([ids[0]])
  })
})
