import { platformInstant } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { createPlatformTime } from './platform-time.ts'

function arrange() {
  const host = { monotonic: 0, database: 1_000_000_000, reads: 0, away: false }
  const time = createPlatformTime({
    clock: { monotonicMs: () => host.monotonic, sleep: () => Promise.resolve() },
    refreshMs: 1000,
    read: () => {
      host.reads++
      return host.away ? Promise.reject(new Error('away')) : Promise.resolve(platformInstant(host.database))
    },
  })
  return { host, time }
}

describe('platform time', () => {
  it('costs one query per refresh period however many ask', async () => {
    const { host, time } = arrange()
    await Promise.all(Array.from({ length: 50 }, () => time.now()))
    host.monotonic = 900
    expect(await time.now()).toBe(1_000_900_000)
    expect(host.reads).toBe(1)
  })

  it('goes on while the database is away, and never backwards when it returns behind', async () => {
    const { host, time } = arrange()
    await time.now()
    host.away = true
    host.monotonic = 5000
    expect(await time.now()).toBe(1_005_000_000)
    host.away = false
    host.database = 1_004_000_000
    expect(await time.now()).toBe(1_005_000_000)
  })

  it('does not invent a time when it never read one', async () => {
    const { host, time } = arrange()
    host.away = true
    await expect(time.now()).rejects.toThrow('away')
  })
})
