import { describe, expect, it } from 'vitest'
import { systemClock } from '../time/system-clock.ts'
import { createHealth } from './health.ts'

describe('health', () => {
  it('is failing when an essential part fails, degraded when another does, and tells nothing of the inside', async () => {
    const health = createHealth({ clock: systemClock, timeoutMs: 30 })
    expect((await health.report()).state).toBe('ok')
    health.add('database', async () => undefined)
    health.add('queue', () => Promise.reject(new Error('redis://me:pw@10.0.0.1')), { essential: false })
    const degraded = await health.report()
    expect(degraded.state).toBe('degraded')
    expect(JSON.stringify(degraded)).not.toContain('10.0.0.1')
    health.add('hung', () => new Promise<void>(() => undefined))
    const failing = await health.report()
    expect(failing.state).toBe('failing')
    expect(failing.parts.map((part) => [part.name, part.ok])).toEqual([
      ['database', true],
      ['queue', false],
      ['hung', false],
    ])
  })
})
