import { rehearse } from '../rehearsal/rehearse.ts'
import { prepareStates } from '../sandbox/prepared-state.ts'
import { rounded, type Bench, type Figure } from '../figures/figure.ts'
import { shiftZones, type Leg } from './shift-zones.ts'

const SEED = 1
const ZONES = 20
/** How long Netflix's evacuations take, as published: 7 to 8 minutes. */
const NETFLIX_S = 420

type Known = Pick<Figure, 'figure' | 'value' | 'unit' | 'goal'>

/**
 * Evacuations: thousands of records against the limits of the simulated account, what of that is the platform's own, and a whole one
 * in a service with three Regions.
 */
export const evacuation: Bench = {
  name: 'evacuation',
  about:
    'shifting 10,000 records in 20 zones within the limits of Route 53; a whole evacuation in three Regions',
  run: async function* ({ seed = SEED, say }) {
    const figure = (known: Known): Figure => ({
      bench: 'evacuation',
      backend: null,
      better: 'lower',
      seed,
      ...known,
    })
    // The first shift of a process pays for what is compiled and opened once.
    await shiftZones({ records: 100, zones: ZONES, seed })
    const small = await shiftZones({ records: 1000, zones: ZONES, seed })
    say(`1,000 records: ${small.verdict}, ${rounded(small.workMs)} ms of processor on the way out`)
    yield figure({
      figure: '1,000 records: processor time of engine, adapters, SDK and simulator',
      value: rounded(small.workMs),
      unit: 'ms',
      goal: 1000,
    })
    const large = await shiftZones({ records: 10_000, zones: ZONES, seed })
    say(`10,000 records: ${large.verdict}, ${large.isAsBefore ? 'as before' : 'NOT as before'} afterwards`)
    if (large.verdict !== 'held' || !large.isAsBefore)
      throw new Error('the shift of 10,000 records went wrong')
    for (const [leg, took] of [
      ['out', large.out],
      ['back', large.back],
    ] as const)
      yield* legFigures(leg, took).map(figure)
    yield* wholeEvacuation(seed, figure, say)
  },
}

/** Both times beside what the limits allow; 5 % over that is the goal. */
function legFigures(leg: string, { takenS, boundS, everywhereS, everywhereBoundS }: Leg): readonly Known[] {
  const pair = (what: string, seconds: number, bound: number): readonly Known[] => [
    {
      figure: `10,000 records ${leg}: ${what}`,
      value: rounded(seconds),
      unit: 's',
      goal: rounded(1.05 * bound),
    },
    { figure: `10,000 records ${leg}: ${what}, at best`, value: rounded(bound), unit: 's', goal: null },
  ]
  return [
    ...pair('taken by Route 53', takenS, boundS),
    ...pair('on every name server', everywhereS, everywhereBoundS),
  ]
}

async function* wholeEvacuation(
  seed: number,
  figure: (known: Known) => Figure,
  say: (line: string) => void,
): AsyncIterable<Figure> {
  const states = await prepareStates()
  try {
    const drill = [
      '--world',
      'three-regions',
      '--scenario',
      'three-region-evacuation',
      '--seed',
      String(seed),
    ]
    const done = await rehearse({ stateDir: states.fresh(), args: ['--lockstep', ...drill] })
    const recoveryS = done.recoveryS ?? Infinity
    say(`three Regions: ${done.verdict}, recovery at most ${rounded(recoveryS)} s`)
    yield {
      ...figure({
        figure: 'three Regions: observed recovery at most',
        value: rounded(recoveryS),
        unit: 's',
        goal: NETFLIX_S,
      }),
      backend: 'postgres',
    }
  } finally {
    states.remove()
  }
}
