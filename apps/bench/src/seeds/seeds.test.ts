import { describe, expect, it } from 'vitest'
import { WEAKNESSES } from './cloud.ts'
import { playMany, repeatLine } from './play-many.ts'
import { playSeed } from './play-seed.ts'

/** They take some 18 s of a core. */
const SEEDS = 1000
const FIRST_SEED = 1

describe('random interleavings of workers, people, reaper, crashes, stops and throttles', () => {
  it(`keep every promise after every step, in each of ${SEEDS} histories`, async () => {
    const { broken, runs } = await playMany(FIRST_SEED, SEEDS)
    expect(broken.map(({ seed, problem }) => `${problem}: ${repeatLine(seed)}`)).toEqual([])
    expect(runs).toBeGreaterThanOrEqual(SEEDS)
  }, 300_000)

  it('repeat by their seed, event by event', async () => {
    const [one, two] = [await playSeed(7), await playSeed(7)]
    expect(two).toEqual(one)
  })

  it('never undo to the fault of another run that was in when they were planned', async () => {
    expect((await playSeed(874)).problems).toEqual([])
  })

  it.each(WEAKNESSES)(
    'control: break a promise among as many histories when the platform is %s',
    async (weakness) => {
      const { broken } = await playMany(FIRST_SEED, SEEDS, { weakness, brokenMax: 1 })
      expect(broken).toHaveLength(1)
    },
    120_000,
  )
})
