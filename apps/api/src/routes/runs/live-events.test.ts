import { ApiError, createClient, type LiveEvent } from '@firedrill/contracts'
import { hostNow, systemClock } from '@firedrill/runtime'
import { memoryStores } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { status, injectFault, putBack } from '../../../test/run-story.ts'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'
import { HEARTBEAT_MS } from './live-events.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const seqs = (events: readonly LiveEvent[]) =>
  events.flatMap((event) => (event.kind === 'journal' ? [event.seq] : []))

/** Collects live events until `enough` says so. */
async function collect(
  stream: AsyncIterable<LiveEvent>,
  enough: (events: readonly LiveEvent[]) => boolean,
): Promise<readonly LiveEvent[]> {
  const events: LiveEvent[] = []
  for await (const event of stream) {
    events.push(event)
    if (enough(events)) break
  }
  return events
}

describe('GET /v1/runs/:id/events', () => {
  it('gives every event once and in order, old and new, and ends after the last one of a run that is over', async () => {
    const id = await api.startRun()
    await injectFault(api, id)
    const following = collect(api.client.runs.follow(id), () => false)
    await putBack(api, id, 'observing')
    await api.append(id, status('settling', 'closed'))
    const events = await following
    const row = await api.stores.runs.get('default', id)
    expect(seqs(events)).toEqual(Array.from({ length: row?.foldedSeq ?? 0 }, (_, index) => index + 1))
    expect(events.at(-1)).toMatchObject({ kind: 'end', seq: row?.foldedSeq, status: 'closed' })
  })

  it('resumes exactly after Last-Event-ID, and after the query for browsers that open a stream anew', async () => {
    const id = await api.startRun()
    await injectFault(api, id)
    await api.append(id, status('observing', 'closed'))
    const last = (await api.stores.runs.get('default', id))?.foldedSeq ?? 0
    const headers = { host: `127.0.0.1:${api.port}`, authorization: `Bearer ${api.token}` }
    for (const [path, extra] of [
      [`/v1/runs/${id}/events`, { 'last-event-id': '4' }],
      [`/v1/runs/${id}/events?after=4`, {}],
      [`/v1/runs/${id}/events?after=1`, { 'last-event-id': '4' }],
    ] as const) {
      const { body } = await api.raw(path, { headers: { ...headers, ...extra } })
      const ids = [...body.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))
      expect(ids).toEqual(Array.from({ length: last - 4 }, (_, index) => index + 5))
    }
    const { body } = await api.raw(`/v1/runs/${id}/events?after=${last}`, { headers })
    expect(body).not.toContain('event: journal')
    expect(body).toContain('event: end')
  })

  it('beats at least every two seconds with both clocks, also when nothing happens', async () => {
    const id = await api.startRun()
    const began = systemClock.monotonicMs()
    const beats = await collect(
      api.client.runs.follow(id),
      (events) => events.filter((event) => event.kind === 'heartbeat').length === 3,
    )
    expect(systemClock.monotonicMs() - began).toBeLessThan(2 * HEARTBEAT_MS + 1000)
    expect(HEARTBEAT_MS).toBeLessThan(2000)
    const heartbeat = beats.findLast((event) => event.kind === 'heartbeat')
    expect(heartbeat).toMatchObject({ kind: 'heartbeat', seq: 1, rate: 1 })
    if (heartbeat?.kind === 'heartbeat') expect(Math.abs(heartbeat.at - hostNow())).toBeLessThan(1_000_000)
  })

  it('loses and repeats nothing for a reader whose server goes away and comes back', async () => {
    const stores = memoryStores(hostNow)
    const first = await startTestApi({ stores })
    const id = await first.startRun()
    await injectFault(first, id)
    const second = await startTestApi({ stores })
    // The reader's address stays; what answers there changes, and for a while nothing does.
    let target: string | undefined = first.url
    const states: boolean[] = []
    const reader = createClient({
      baseUrl: 'http://127.0.0.1:1',
      token: first.token,
      sleep: systemClock.sleep,
      fetch: (input, init) => {
        if (target === undefined) return Promise.reject(new TypeError('fetch failed'))
        const headers = new Headers(init?.headers)
        if (target === second.url) headers.set('authorization', `Bearer ${second.token}`)
        const url = (
          typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
        ).replace('http://127.0.0.1:1', target)
        return fetch(url, { ...init, headers })
      },
    })
    const seen: LiveEvent[] = []
    for await (const event of reader.runs.follow(id, {
      onConnection: ({ isOpen }) => void states.push(isOpen),
    })) {
      seen.push(event)
      if (event.kind !== 'journal') continue
      if (event.seq === 5) {
        target = undefined
        await first.close()
      }
      if (event.seq === 12) {
        await putBack(second, id, 'observing')
        await second.append(id, status('settling', 'closed'))
      }
      if (target === undefined && seen.length > 0) target = second.url
    }
    const last = (await stores.runs.get('default', id))?.foldedSeq ?? 0
    expect(seqs(seen)).toEqual(Array.from({ length: last }, (_, index) => index + 1))
    expect(states.filter((isOpen) => isOpen).length).toBeGreaterThan(1)
    await second.close()
  })

  it('does not keep the API from ending', async () => {
    const id = await api.startRun()
    const controller = new AbortController()
    const reading = collect(api.client.runs.follow(id, { signal: controller.signal }), () => false)
    await collect(api.client.runs.follow(id), (events) => events.length === 2)
    const began = systemClock.monotonicMs()
    await api.app.close()
    expect(systemClock.monotonicMs() - began).toBeLessThan(1000)
    controller.abort()
    await reading
  })

  it('tells a reader who may not, instead of trying for ever', async () => {
    const id = await api.startRun()
    const stranger = createClient({
      baseUrl: api.url,
      token: 'fd_00000000000000000000000000',
      sleep: systemClock.sleep,
    })
    await expect(collect(stranger.runs.follow(id), () => false)).rejects.toThrow(ApiError)
    await expect(collect(api.client.runs.follow('run_nothing'), () => false)).rejects.toThrow(
      'There is no run',
    )
  })
})
