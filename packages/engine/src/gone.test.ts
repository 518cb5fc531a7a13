import type { FaultDriver } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { cleanUpLab } from './testing/clean-up-lab.ts'

/** A fault whose targets are never the same again: what is back as it was has been replaced. */
const replacing =
  (isMadeUpFor: boolean) =>
  (driver: FaultDriver): FaultDriver => ({
    ...driver,
    restoration: 'equivalent',
    isMadeUpFor,
    async confirmRecovered(undo, context) {
      const seen = await driver.confirmRecovered(undo, context)
      if (!seen.ok) return seen
      const observations = seen.value.observations.map((one) =>
        one.injection === 'restored'
          ? { ...one, injection: 'replaced' as const, seen: `terminated; replaced by ${one.target}-new` }
          : one,
      )
      return { ok: true, value: { ...seen.value, observations } }
    },
  })

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

  it('is the response that is drilled where the system has made up for what is gone for good', async () => {
    const endOf = async (isMadeUpFor: boolean) => {
      const lab = cleanUpLab({ wrap: replacing(isMadeUpFor) })
      const run = await lab.start()
      await lab.until(run, ({ status }) => status === 'observing')
      for (const id of lab.world.broken()) lab.world.change(id, 'running')
      return lab.toEnd(run)
    }
    const closed = await endOf(true)
    expect(closed.measurement?.reason).not.toContain('gone before')
    const [step] = Object.values(closed.steps)
    expect(step?.recovery?.gone).toBeUndefined()
    expect(Object.values(step?.targets ?? {}).map(({ injection }) => injection)).toContain('replaced')
    expect((await endOf(false)).measurement?.reason).toContain('gone before')
  })

  it('control: one that stayed in until it was asked to go is not called gone', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    const closed = await lab.toEnd(run)
    expect(closed.measurement?.reason).not.toContain('gone before')
    expect(Object.values(closed.steps)[0]?.recovery?.gone).toBeUndefined()
  })
})
