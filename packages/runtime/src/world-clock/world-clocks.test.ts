import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import {
  isAppError,
  platformInstant,
  plusMs,
  REAL_CLOCK,
  worldAt,
  type ClockStore,
  type EnvironmentClock,
} from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { hostNow, systemClock } from '../time/system-clock.ts'
import { readEnvironmentClock } from './read-clock.ts'
import { createWorldClocks } from './world-clocks.ts'

let server: Server
let url: string
let answer: { platformAt: number; worldAt: number; rate: number; mode: string } | undefined
let asked: () => void
const noone = () => undefined
/** The host's clock, whatever this process takes it to be. */
const rightNow = () => platformInstant(Math.round((performance.timeOrigin + performance.now()) * 1000))

beforeEach(async () => {
  answer = { platformAt: hostNow(), worldAt: 5_000_000_000, rate: 30, mode: 'scaled' }
  asked = noone
  server = createServer((_request, response) => {
    response.statusCode = answer === undefined ? 500 : 200
    response.end(JSON.stringify(answer === undefined ? {} : { ...answer, wallAt: rightNow() }))
    asked()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => void server.close())

/** The rule of the port, by hand: a reading that would set world time back does not hold. */
function keeper(): ClockStore & { puts: number } {
  const held = new Map<string, EnvironmentClock>()
  const store = {
    puts: 0,
    put: (_team: string, name: string, fresh: EnvironmentClock) => {
      store.puts++
      const old = held.get(name)
      const back = old !== undefined && worldAt(fresh, hostNow()) < worldAt(old, hostNow())
      if (!back) held.set(name, fresh)
      return Promise.resolve(back ? old : fresh)
    },
    get: (_team: string, name: string) => Promise.resolve(held.get(name)),
  }
  return store
}

const simulated = () => ({ name: 'sandbox', clock: { source: 'simulator' as const, url } })
const reading = (platformNow = () => Promise.resolve(hostNow())) => ({
  environment: simulated(),
  platformNow,
  signal: AbortSignal.timeout(5000),
})
const nextQuestion = () => new Promise<void>((resolve) => (asked = resolve))

describe('reading a clock', () => {
  it('takes the anchor of a simulator as it is when database and host share a clock', async () => {
    const clock = await readEnvironmentClock(reading())
    expect(clock).toEqual({ anchorPlatform: answer?.platformAt, anchorWorld: 5_000_000_000, rate: 30 })
  })

  it('moves the anchor to the clock of a database that is an hour ahead of this host', async () => {
    const clock = await readEnvironmentClock(reading(() => Promise.resolve(plusMs(hostNow(), 3_600_000))))
    expect(Math.abs(clock.anchorPlatform - (answer?.platformAt ?? 0) - 3_600_000_000)).toBeLessThan(20_000)
  })

  it.each([3_600_000, -3_600_000])('is the same when the clock of this process is %d ms off', async (off) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off })
    onTestFinished(() => void vi.useRealTimers())
    const clock = await readEnvironmentClock(reading(() => Promise.resolve(rightNow())))
    expect(clock.anchorPlatform).toBe(answer?.platformAt)
  })

  it('refuses a simulated clock that is not on loopback, before any packet leaves', async () => {
    const environment = {
      name: 'far',
      clock: { source: 'simulator' as const, url: 'http://198.51.100.1:1/' },
    }
    await expect(readEnvironmentClock({ ...reading(), environment })).rejects.toSatisfy(isAppError)
  })

  it('answers the real clock without asking anybody', async () => {
    const environment = { name: 'cloud', clock: { source: 'real' as const } }
    expect(await readEnvironmentClock({ ...reading(), environment })).toBe(REAL_CLOCK)
  })
})

describe('world clocks', () => {
  const clocksOf = (store: ClockStore, onFailure: (environment: string) => void = noone) =>
    createWorldClocks({
      store,
      platformNow: () => Promise.resolve(hostNow()),
      clock: systemClock,
      pollMs: 5,
      onFailure,
    })

  it('follows a change of rate, and stores only what is new', async () => {
    const store = keeper()
    const clocks = clocksOf(store)
    expect((await clocks.of('default', simulated())).rate).toBe(30)
    await nextQuestion()
    expect(store.puts).toBe(1)
    answer = {
      platformAt: hostNow(),
      worldAt: worldAt(await clocks.of('default', simulated()), hostNow()) + 10_000_000,
      rate: 10,
      mode: 'scaled',
    }
    await nextQuestion()
    await nextQuestion()
    expect((await clocks.of('default', simulated())).rate).toBe(10)
    await clocks.stop()
  })

  it('keeps world time going forwards when a simulator comes back with an older world, and says so', async () => {
    const failed: string[] = []
    const clocks = clocksOf(keeper(), (name) => void failed.push(name))
    const before = worldAt(await clocks.of('default', simulated()), hostNow())
    answer = { platformAt: hostNow(), worldAt: 1000, rate: 30, mode: 'scaled' }
    await nextQuestion()
    await nextQuestion()
    expect(worldAt(await clocks.of('default', simulated()), hostNow())).toBeGreaterThanOrEqual(before)
    expect(failed).toEqual(['sandbox'])
    await clocks.stop()
  })

  it('keeps the last clock of a simulator that fails, and says that it is stale', async () => {
    const failed: string[] = []
    const clocks = clocksOf(keeper(), (name) => void failed.push(name))
    const held = await clocks.of('default', simulated())
    answer = undefined
    await nextQuestion()
    await nextQuestion()
    expect(await clocks.of('default', simulated())).toBe(held)
    expect(clocks.stale().map((entry) => entry.environment)).toEqual(['sandbox'])
    expect(failed).toEqual(['sandbox'])
    await clocks.stop()
  })

  it('refuses an environment whose clock was never read', async () => {
    answer = undefined
    const clocks = clocksOf(keeper())
    await expect(clocks.of('default', simulated())).rejects.toMatchObject({ code: 'upstream-failed' })
    await clocks.stop()
  })
})
