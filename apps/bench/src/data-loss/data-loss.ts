import { dataLoss, worldInstant, type MarkerObservations } from '@firedrill/core'
import type { Bench, Figure, Size } from '../figures/figure.ts'
import { quantile, rounded } from '../figures/figure.ts'
import { loseRegion, PERIOD_MS, TIMEOUT_MS } from './lose-region.ts'

const WORLDS: Readonly<Record<Size, number>> = { default: 60, full: 300 }

/** Whether one world's interval holds its truth, whether every number was told, and how wide the interval is. */
type Told = Readonly<{ isContained: boolean; isEveryNumberTold: boolean; widthS: number }>

/** Data loss by markers against what the simulator's witness knows, in worlds that lose a Region host by host. */
export const dataLossBench: Bench = {
  name: 'data-loss',
  about: 'data loss by markers beside the truth of simulated worlds that lose a Region host by host',
  run: async function* ({ size, say }) {
    const told: Told[] = []
    const blind: Told[] = []
    for (let seed = 1; seed <= WORLDS[size]; seed += 1) {
      const world = await loseRegion(seed)
      told.push(tell(world, world.observations))
      // What an estimator says that takes the writer's first failure for the end of everybody's writes.
      blind.push(tell(world, { ...world.observations, periodMs: 0 }))
      if (seed % 20 === 0) say(`${seed} of ${WORLDS[size]} worlds`)
    }
    const share = (list: readonly Told[], is: (one: Told) => boolean) =>
      rounded((100 * list.filter(is).length) / list.length)
    const figure = (more: Pick<Figure, 'figure' | 'value' | 'unit' | 'goal' | 'better'>): Figure => ({
      bench: 'data-loss',
      backend: null,
      seed: 1,
      ...more,
    })
    const contained = share(told, ({ isContained }) => isContained)
    const numbers = share(told, ({ isEveryNumberTold }) => isEveryNumberTold)
    const missed = share(blind, ({ isContained }) => !isContained)
    const width = rounded(
      quantile(
        told.map(({ widthS }) => widthS),
        0.5,
      ),
    )
    const widest = (2 * (PERIOD_MS + TIMEOUT_MS)) / 1000
    yield figure({
      figure: 'intervals with the truth',
      value: contained,
      unit: '%',
      goal: 100,
      better: 'higher',
    })
    yield figure({ figure: 'every lost write told', value: numbers, unit: '%', goal: 100, better: 'higher' })
    yield figure({ figure: 'median width', value: width, unit: 's', goal: widest, better: 'lower' })
    yield figure({
      figure: 'control: missed without allowance',
      value: missed,
      unit: '%',
      goal: 10,
      better: 'higher',
    })
  },
}

function tell(
  { truth, lost, from }: Awaited<ReturnType<typeof loseRegion>>,
  observations: MarkerObservations,
): Told {
  const loss = dataLoss(observations, { from: worldInstant(from) })
  if ('unknown' in loss) return { isContained: false, isEveryNumberTold: false, widthS: Infinity }
  const { lo, hi } = loss.observed
  return {
    isContained: lo <= truth.lo && (hi === null || hi >= truth.hi),
    isEveryNumberTold: loss.missing.join() === lost.join(),
    widthS: hi === null ? Infinity : (hi - lo) / 1e6,
  }
}
