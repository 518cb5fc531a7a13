import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { joinLockstep, type LockstepClock } from './lockstep-clock.ts'

type Wait = { report: number; until: number | null; holds: number[][] }

/** A time keeper with one member: time goes to whatever it waits for, unless it has work in hand. */
let server: Server
let control: string
let joins = 0
let forgets = false
let worldAt = 0
const clocks: LockstepClock[] = []

beforeEach(async () => {
  joins = 0
  forgets = false
  worldAt = 0
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const reply = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body))
      if (request.url === '/lockstep/join') {
        joins += 1
        return reply(201, { worldAt })
      }
      if (request.url !== '/lockstep/wait') return reply(200, { ok: true })
      if (forgets) {
        forgets = false
        return reply(410, {})
      }
      const { until, holds } = JSON.parse(text) as Wait
      // Work in hand, or nothing to wake for: the answer does not come.
      if (holds.length > 0 || until === null) return undefined
      worldAt = Math.max(worldAt, until)
      return reply(200, { kind: 'due', worldAt })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  control = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  await Promise.all(clocks.splice(0).map((clock) => clock.leave()))
  server.closeAllConnections()
  server.close()
})

const join = async (): Promise<LockstepClock> => {
  const clock = await joinLockstep({ control, name: 'test' })
  clocks.push(clock)
  return clock
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('a lockstep clock', () => {
  it('sleeps for hours in no time, and wakes in the order in which sleeps are due', async () => {
    const clock = await join()
    const woken: string[] = []
    const sleeper = async (name: string, hours: number) => {
      await clock.sleep(hours * 3_600_000)
      woken.push(`${name} ${clock.monotonicMs() / 3_600_000}`)
    }
    await Promise.all([sleeper('late', 5), sleeper('early', 1), sleeper('second early', 1)])
    expect(woken).toEqual(['early 1', 'second early 1', 'late 5'])
  })

  it('holds time while work runs, but for its own sleeps; without work it does not', async () => {
    const clock = await join()
    const gate = Promise.withResolvers<void>()
    const work = clock.work(async () => {
      await clock.sleep(1000)
      await gate.promise
    })
    const other = clock.sleep(60_000)
    await turns(300)
    expect(clock.monotonicMs()).toBe(1000)
    gate.resolve()
    await Promise.all([work, other])
    expect(clock.monotonicMs()).toBe(60_000)
  })

  it('ends a sleep at once when its signal ends, without time going on', async () => {
    const clock = await join()
    const stop = new AbortController()
    await clock.work(async () => {
      const slept = clock.sleep(1000, stop.signal)
      stop.abort()
      await slept
    })
    expect(clock.monotonicMs()).toBe(0)
  })

  it('joins again when the time keeper has gone on without it, and its sleeps go on', async () => {
    const clock = await join()
    forgets = true
    await clock.sleep(5000)
    expect(joins).toBe(2)
    expect(clock.monotonicMs()).toBe(5000)
  })

  it('refuses a time keeper whose clock runs by itself', async () => {
    server.removeAllListeners('request')
    server.on('request', (_request, response) => void response.writeHead(409).end('{"error":"--lockstep"}'))
    await expect(joinLockstep({ control, name: 'test' })).rejects.toThrow('refused to join: 409')
  })
})
