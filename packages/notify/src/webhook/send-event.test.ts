import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DueDelivery, JournalEvent, WebhookKind } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSendEvent, type Post } from './send-event.ts'

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const NOW = 1_795_255_200_000_000
const soon = () => AbortSignal.timeout(10_000)

type Got = Readonly<{ url: string; headers: IncomingHttpHeaders; body: string }>
let got: Got[]
let answer: Readonly<{ status: number; headers?: Record<string, string> }>
let base: string
let server: ReturnType<typeof createServer>
beforeEach(async () => {
  got = []
  answer = { status: 204 }
  server = createServer((incoming, response) => {
    let body = ''
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
    incoming.on('end', () => {
      got.push({ url: incoming.url ?? '', headers: incoming.headers, body })
      response.writeHead(answer.status, answer.headers).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => server.close())

const post: Post = (url, { headers, body, signal }) =>
  new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers, signal }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] })
    })
      .on('error', reject)
      .end(body)
  })
const send = createSendEvent({ post, dashboard: 'https://drills.example' })

function due(kind: WebhookKind, event: Partial<JournalEvent> = {}, secret = SECRET): DueDelivery {
  return {
    webhook: { kind, url: `${base}/T0/secret-path`, secret } as DueDelivery['webhook'],
    event: {
      runId: 'run_1',
      seq: 7,
      v: 1,
      type: 'status-changed',
      at: NOW - 5_000_000,
      worldAt: NOW - 5_000_000,
      actor: { kind: 'worker', id: 'w', name: 'advance 1' },
      data: { from: 'baseline', to: 'injecting', why: 'steady <!channel> & "well"' },
      ...event,
    } as JournalEvent,
    run: { number: 12, scenario: 'instance-kill', environment: 'shop', drillId: 'drl_1' },
    attempt: 1,
    now: NOW as DueDelivery['now'],
  }
}

/** What a receiver does, written from standardwebhooks.com; five minutes of tolerance. */
function isGenuine({ headers, body }: Got, secret: string, nowS: number): boolean {
  const [id, time, signed] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name]),
  )
  const mac = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
  const wanted = Buffer.from(mac.update(`${id}.${time}.${body}`).digest('base64'))
  return (
    Math.abs(nowS - Number(time)) <= 300 &&
    (signed ?? '').split(' ').some((one) => {
      const [version, given = ''] = one.split(',')
      return version === 'v1' && given.length === wanted.length && timingSafeEqual(Buffer.from(given), wanted)
    })
  )
}

describe('a CloudEvent', () => {
  it('has what the specification demands, one id however often it is sent, and a signature that a receiver can check', async () => {
    expect(await send(due('cloudevents'), soon())).toEqual({ ok: true })
    expect(await send({ ...due('cloudevents'), attempt: 2 }, soon())).toEqual({ ok: true })
    const [first, second] = got
    if (first === undefined || second === undefined) throw new Error('nothing came')
    expect(first.headers['content-type']).toMatch(/^application\/cloudevents\+json/)
    expect(JSON.parse(first.body)).toMatchObject({
      specversion: '1.0',
      id: 'run_1/7',
      source: '/firedrill/runs/run_1',
      type: 'io.firedrill.run.status-changed.v1',
      time: '2026-11-21T09:59:55.000000Z',
      sequence: '0000000007',
      data: { run: { number: 12, link: 'https://drills.example/runs/run_1' }, event: { to: 'injecting' } },
    })
    expect([second.headers['webhook-id'], second.body]).toEqual(['run_1/7', first.body])
    expect(isGenuine(first, SECRET, NOW / 1e6)).toBe(true)
  })

  it('control: is not genuine when changed, replayed later or signed with another key', async () => {
    await send(due('cloudevents'), soon())
    const [first] = got
    if (first === undefined) throw new Error('nothing came')
    expect(isGenuine({ ...first, body: first.body.replace('injecting', 'closed') }, SECRET, NOW / 1e6)).toBe(
      false,
    )
    expect(isGenuine(first, SECRET, NOW / 1e6 + 301)).toBe(false)
    expect(isGenuine(first, `${SECRET.slice(0, -8)}AAAAAAA=`, NOW / 1e6)).toBe(false)
  })
})

it('a message of Slack keeps its limits, links to the run and lets no name call anybody', async () => {
  await send(due('slack'), soon())
  await send(due('slack', { data: { from: 'baseline', to: 'injecting', why: '<&'.repeat(3000) } }), soon())
  const [first, long] = got.map(
    ({ body }) => JSON.parse(body) as { text: string; blocks: Record<string, { text: string }>[] },
  )
  expect(first?.blocks[0]?.['text']?.text).toBe(
    '*Run 12 of instance-kill in shop*\ninjecting: steady &lt;!channel&gt; &amp; "well"',
  )
  expect(JSON.stringify(first?.blocks[1])).toContain('https://drills.example/runs/run_1')
  expect(long?.blocks[0]?.['text']?.text.length).toBeLessThanOrEqual(3000)
  expect(long?.blocks[0]?.['text']?.text).toMatch(/&(lt|amp);…$/)
})

it('Grafana gets one region for a fault once its figures stand, and nothing for anything else', async () => {
  const at = (seconds: number) => ({ lo: NOW + seconds * 1e6, hi: NOW + (seconds + 1) * 1e6 })
  const measured = (provisional: boolean) =>
    due(
      'grafana',
      {
        type: 'measured',
        data: {
          measurement: {
            provisional,
            verdict: 'held',
            reason: 'as planned',
            objectives: [],
            points: { injected: at(0), restored: at(90) },
          },
        },
      } as unknown as Partial<JournalEvent>,
      'glsa_token',
    )
  for (const one of [due('grafana', {}, 'glsa_token'), measured(true), measured(false)])
    expect(await send(one, soon())).toEqual({ ok: true })
  expect(got).toHaveLength(1)
  expect(got[0]).toMatchObject({
    url: '/T0/secret-path/api/annotations',
    headers: { authorization: 'Bearer glsa_token' },
  })
  expect(JSON.parse(got[0]?.body ?? '')).toMatchObject({
    time: NOW / 1000,
    timeEnd: NOW / 1000 + 91_000,
    tags: ['firedrill', 'drill:drl_1', 'scenario:instance-kill', 'env:shop'],
  })
})

describe('what goes wrong', () => {
  it.each([
    [500, {}, { ok: false, why: 'the receiver answered 500' }],
    [302, { location: 'http://127.0.0.1:1/' }, { ok: false, why: 'the receiver answered 302' }],
    [429, { 'retry-after': '120' }, { ok: false, why: 'the receiver answered 429', afterMs: 120_000 }],
    [410, {}, { ok: false, why: 'the receiver answered 410', gone: true }],
  ])('is told of a %i', async (status, headers, outcome) => {
    answer = { status, headers }
    expect(await send(due('slack'), soon())).toEqual(outcome)
  })

  it('repeats neither address nor secret', async () => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
    const came = await send(due('cloudevents'), soon())
    expect(came).toEqual({ ok: false, why: 'the receiver could not be reached: ECONNREFUSED' })
  })
})
