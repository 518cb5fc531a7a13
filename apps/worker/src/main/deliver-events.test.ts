import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  platformInstant,
  plusMs,
  REAL_CLOCK,
  WEBHOOK_TYPES_BY_DEFAULT,
  type RunId,
  type SendEvent,
} from '@firedrill/core'
import { createDeliverEvents } from '@firedrill/engine'
import { createSendEvent } from '@firedrill/notify'
import { guardedRequest } from '@firedrill/runtime'
import { buildRunCreated, memoryStores, PERSON, seededIds, TEAM } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const MINUTE_MS = 60_000
const RUNS = 3

let server: ReturnType<typeof createServer>
let isDown: boolean
let accepted: string[]
let url: string
beforeEach(async () => {
  isDown = true
  accepted = []
  server = createServer((request, response) => {
    if (!isDown) accepted.push(String(request.headers['webhook-id']))
    request.resume().on('end', () => response.writeHead(isDown ? 503 : 200).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
})
afterEach(() => server.close())

const send: SendEvent = createSendEvent({
  dashboard: undefined,
  post: async (to, message) => {
    const { status } = await guardedRequest(to, { method: 'POST', ...message, reach: 'loopback' })
    return { status, retryAfter: undefined }
  },
})

/** Runs that go on for an hour while the receiver is down, and another hour after it came up; answers what was to arrive. */
async function twoHours(sendWith: SendEvent): Promise<readonly string[]> {
  let now = platformInstant(1_795_255_200_000_000)
  const stores = memoryStores(() => now)
  const ids = seededIds()
  const types = [...WEBHOOK_TYPES_BY_DEFAULT, 'note-added'] as const
  const about = {
    teamId: TEAM,
    name: 'hook',
    kind: 'cloudevents',
    url,
    secret: 'whsec_AAAA',
    createdBy: PERSON,
  } as const
  await stores.webhooks.create({ id: ids.mint('webhook'), types, ...about })
  const runs: RunId[] = []
  for (let n = 0; n < RUNS; n++) {
    const made = { id: ids.mint('run'), teamId: TEAM, drillId: ids.mint('drill'), clock: REAL_CLOCK }
    runs.push((await stores.runs.create({ ...made, created: buildRunCreated(), actor: PERSON })).id)
  }
  const deliver = createDeliverEvents({
    webhooks: stores.webhooks,
    send: sendWith,
    timeout: (ms) => AbortSignal.timeout(ms),
    onFailure: () => undefined,
  })
  const signal = new AbortController().signal
  for (let minute = 0; minute < 120; minute++) {
    isDown = minute < 60
    if (minute % 10 === 0)
      for (const id of runs)
        await stores.runs.append(id, { kind: 'open' }, PERSON, () => [
          { type: 'note-added', data: { text: `${minute}` } },
        ])
    await deliver(signal)
    now = plusMs(now, MINUTE_MS)
  }
  const events = await Promise.all(runs.map((id) => stores.runs.events(id, 0, 100)))
  return events.flat().map(({ runId, seq }) => `${runId}/${seq}`)
}

describe('a receiver that is down for an hour', () => {
  it('gets every event once, and those of a run in order', async () => {
    const wanted = await twoHours(send)
    expect(accepted.toSorted()).toEqual(wanted.toSorted())
    const inOrder = accepted.toSorted((a, b) => (a.split('/')[0] ?? '').localeCompare(b.split('/')[0] ?? ''))
    expect(inOrder).toEqual(wanted)
  })

  it('control: without retries misses those of the hour', async () => {
    const once: SendEvent = async (due, signal) => {
      await send(due, signal)
      return { ok: true }
    }
    const wanted = await twoHours(once)
    expect(accepted.length).toBeLessThan(wanted.length)
  })
})
