import { createClient, type ReportSamples } from '@firedrill/contracts'
import { platformInstant, worldInstant, type RemoteProbing, type RunId } from '@firedrill/core'
import { createRemoteProber, type RemoteTrouble } from '@firedrill/probes'
import { hostNow, systemClock } from '@firedrill/runtime'
import { buildEnvironment, buildScenario, memoryStores } from '@firedrill/testkit'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { status } from '../../../test/run-story.ts'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
let service: Server
let runId: RunId
beforeEach(async () => {
  service = createServer((_, response) => response.end('ok'))
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  api = await startTestApi({ stores: memoryStores(() => hostNow()) })
  const { port } = service.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/`
  const [front] = buildScenario().probes
  if (front?.kind !== 'http') throw new Error('the built scenario has another probe')
  const scenario = buildScenario({ probes: [{ ...front, url, periodMs: 100, timeoutMs: 100 }] })
  const environment = buildEnvironment({
    probes: { vantages: [{ name: 'here' }, { name: 'far', remote: true }] },
  })
  runId = (await api.client.runs.start({ drillId: await api.book(scenario, environment) })).id as RunId
  await api.append(runId, status('booked', 'planning'), status('planning', 'preflight'))
  await api.append(runId, status('preflight', 'baseline'))
})
afterEach(async () => {
  service.close()
  await api.close()
})

const nowMicros = () => hostNow() as number
const batch = (changes: Partial<ReportSamples['samples'][number]> = {}, vantage = 'far'): ReportSamples => {
  const start = nowMicros() - 1_000_000
  const sample = { probe: 'front', start, end: start + 1000, outcome: 'good', clockErrorMicros: 500 } as const
  return { vantage, samples: [{ ...sample, ...changes }] }
}

describe('GET /v1/probe-work', () => {
  it('names the runs of a remote vantage, and nothing to a vantage that the platform looks from itself', async () => {
    const { platformAt, runs } = await api.client.probing.work('far')
    expect(runs.map(({ id, probes }) => [id, probes.length])).toEqual([[runId, 1]])
    expect(Math.abs(platformAt - nowMicros())).toBeLessThan(1_000_000)
    expect((await api.client.probing.work('here')).runs).toEqual([])
  })
})

describe('POST /v1/runs/:id/samples', () => {
  it('keeps samples moved apart by what the clock may be off, and a batch that comes twice once', async () => {
    const sent = batch()
    for (let time = 0; time < 2; time++)
      expect(await api.client.probing.report(runId, sent)).toEqual({ taken: 1 })
    const [kept, ...others] = await api.stores.samples.read(runId)
    expect(others).toEqual([])
    const [was] = sent.samples
    expect((was?.start ?? 0) - (kept?.start ?? 0)).toBe(3500)
    expect((kept?.end ?? 0) - (was?.end ?? 0)).toBe(3500)
  })

  it('keeps what the prober’s clock may be off beside them, once in some seconds', async () => {
    const { vantage, samples } = batch({ clockErrorMicros: 9000 })
    const [late] = samples
    if (late === undefined) throw new Error('the batch is empty')
    const early = { ...late, start: late.start - 6_000_000, end: late.end - 6_000_000, clockErrorMicros: 500 }
    await api.client.probing.report(runId, { vantage, samples: [early, late] })
    await api.client.probing.report(runId, { vantage, samples: [late] })
    const clocks = await api.stores.samples.clocks(runId)
    expect(clocks).toEqual([
      { clock: 'vantage far', at: expect.any(Number) as number, lo: -12_000, hi: 12_000 },
    ])
  })

  it.each([
    ['a vantage of the platform', batch({}, 'here')],
    ['a probe that the scenario has not', batch({ probe: 'other' })],
    ['an end before the start', batch({ end: 1 })],
    ['the future', batch({ end: nowMicros() + 3_600_000_000 })],
  ])('refuses %s and keeps nothing', async (_, sent) => {
    await expect(api.client.probing.report(runId, sent)).rejects.toMatchObject({
      problem: { code: 'request-invalid' },
    })
    expect(await api.stores.samples.read(runId)).toEqual([])
  })

  it('takes no batch without bounds, and nobody without the permission', async () => {
    const path = `/v1/runs/${runId}/samples`
    const many = { vantage: 'far', samples: Array.from({ length: 1001 }, () => batch().samples[0]) }
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' }
    const answer = await api.raw(path, { method: 'POST', headers, body: JSON.stringify(many) })
    expect(answer.status).toBe(400)
    const { authorization: _, ...nobody } = headers
    const body = JSON.stringify(batch())
    expect((await api.raw(path, { method: 'POST', headers: nobody, body })).status).toBe(401)
  })
})

describe('a remote prober', () => {
  it('loses nothing while the platform is away, and hands it over in the end', async () => {
    const client = createClient({ baseUrl: api.url, token: api.token, sleep: systemClock.sleep })
    let isAway = false
    const platform: RemoteProbing = {
      work: async (vantage) => {
        if (isAway) throw new Error('cut off')
        const { platformAt, runs } = await client.probing.work(vantage)
        const known = runs.map(({ clock, ...run }) => ({
          ...run,
          id: run.id as RunId,
          clock: {
            anchorPlatform: platformInstant(clock.anchorPlatform),
            anchorWorld: worldInstant(clock.anchorWorld),
            rate: clock.rate,
          },
        }))
        return { platformAt: platformInstant(platformAt), runs: known }
      },
      report: async (id, vantage, samples) => {
        if (isAway) throw new Error('cut off')
        await client.probing.report(id, { vantage, samples: samples.map((one) => ({ ...one })) })
        return 'taken'
      },
    }
    const troubles: RemoteTrouble[] = []
    const { promise: isWaiting, resolve: onWaiting } = Promise.withResolvers<void>()
    const prober = createRemoteProber({
      vantage: 'far',
      platform,
      clock: systemClock,
      pollMs: 50,
      onTrouble: (trouble) => {
        troubles.push(trouble)
        if (trouble.kind === 'begun') isAway = true
        if (trouble.kind === 'waiting') onWaiting()
      },
    })
    await isWaiting
    isAway = false
    await prober.stop()
    const kept = await api.stores.samples.read(runId)
    expect(kept.length).toBeGreaterThanOrEqual(3)
    expect(kept.filter(({ vantage }) => vantage !== 'far')).toEqual([])
    // None is missing: starts lie no further apart than a period and its scatter, whatever the clock's bound.
    const gaps = kept.slice(1).map(({ start }, i) => start - (kept[i]?.start ?? 0))
    expect(Math.max(...gaps)).toBeLessThan(400_000)
    expect(troubles.filter(({ kind }) => kind === 'lost')).toEqual([])
  })
})
