import { describe, expect, it } from 'vitest'
import { PLANTED_BUGS } from '../testing/lockstep-model-process.ts'
import { runLockstepModel, type ModelOptions } from '../testing/lockstep-model.ts'

/** The first seed of some thousands in whose history a promise does not hold, and which one. */
const firstBroken = async (count: number, options: Omit<ModelOptions, 'seed'>) => {
  for (let seed = 1; seed <= count; seed += 1) {
    const { broken } = await runLockstepModel({ seed, ...options })
    if (broken !== null) return { seed, broken }
  }
  return null
}

describe('lockstep time in random histories', () => {
  it('never moves past what anybody sleeps for, nor while anybody works, and always goes on', async () => {
    expect(await firstBroken(3000, { harsh: false })).toBeNull()
  })

  it('goes on over processes that are killed, restarted or cut off, and lets those that live finish', async () => {
    expect(await firstBroken(3000, { harsh: true })).toBeNull()
  })

  it.each(PLANTED_BUGS)('is seen to fail with a fault planted: %s', async (bug) => {
    const found =
      (await firstBroken(500, { harsh: false, bug })) ?? (await firstBroken(2000, { harsh: true, bug }))
    expect(found).not.toBeNull()
  })
})
