import { describe, expect, it } from 'vitest'
import { cleanUpLab } from './testing/clean-up-lab.ts'

describe('a fault that somebody else took out', () => {
  it('is never evidence of a recovery: the run says so and is not held', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'observing')
    for (const id of lab.world.broken()) lab.world.change(id, 'running')
    const closed = await lab.toEnd(run)
    expect(closed.measurement).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('gone before the platform took it out') as string,
    })
  })

  it('control: one that stayed in until it was asked to go is not called gone', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    const closed = await lab.toEnd(run)
    expect(closed.measurement?.reason).not.toContain('gone before')
    expect(Object.values(closed.steps)[0]?.recovery?.gone).toBeUndefined()
  })
})
