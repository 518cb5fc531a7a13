import { expect, it } from 'vitest'
import { systemClock } from './system-clock.ts'

it('waits at least as long as asked, and no longer than its signal, which is no failure', async () => {
  const beganMs = systemClock.monotonicMs()
  await systemClock.sleep(20)
  expect(systemClock.monotonicMs() - beganMs).toBeGreaterThanOrEqual(19)
  const stopping = new AbortController()
  const waiting = systemClock.sleep(3_600_000, stopping.signal)
  stopping.abort()
  await expect(waiting).resolves.toBeUndefined()
  await expect(systemClock.sleep(3_600_000, stopping.signal)).resolves.toBeUndefined()
  await expect(systemClock.sleep(-5)).resolves.toBeUndefined()
})
