import { manualTime } from '@firedrill/testkit'
import { expect, test } from 'vitest'
import { startHeartbeat, type Heartbeat } from './heartbeat.ts'

test('a worker is alive as long as its heartbeats are worked on', async () => {
  const time = manualTime()
  let heartbeat: Heartbeat | undefined
  heartbeat = startHeartbeat({ clock: time.clock, add: async () => heartbeat?.beat() })
  for (let minute = 0; minute < 5; minute++) {
    await time.advance(60_000)
    expect(heartbeat.isAlive()).toBe(true)
  }
  heartbeat.stop()
})

test('a worker whose heartbeats are sent and never worked on is dead after thirty seconds', async () => {
  const time = manualTime()
  let sent = 0
  const heartbeat = startHeartbeat({ clock: time.clock, add: async () => void (sent += 1) })
  await time.advance(29_000)
  expect(heartbeat.isAlive()).toBe(true)
  await time.advance(1000)
  expect(heartbeat.isAlive()).toBe(false)
  expect(sent).toBeGreaterThan(10)
  heartbeat.beat()
  expect(heartbeat.isAlive()).toBe(true)
  heartbeat.stop()
})

test('a heartbeat that cannot be sent does not end the beating', async () => {
  const time = manualTime()
  let tries = 0
  const heartbeat = startHeartbeat({
    clock: time.clock,
    add: async () => {
      tries += 1
      throw new Error('the queue is away')
    },
  })
  await time.advance(10_000)
  expect(tries).toBeGreaterThan(3)
  heartbeat.stop()
})
