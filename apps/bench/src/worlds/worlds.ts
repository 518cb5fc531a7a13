import { loadavg } from 'node:os'
import { rounded, type Bench } from '../figures/figure.ts'
import { rehearse } from '../rehearsal/rehearse.ts'
import { prepareStates } from '../sandbox/prepared-state.ts'
import { ENDINGS } from './endings.ts'

const SEED = 5

/** Modes of the world's clock: how a sandbox is started in each, and how long one drill may take on the wall. */
const CLOCKS = {
  lockstep: { args: ['--lockstep'], doneMs: 180_000 },
  scaled: { args: ['--speed', '24'], doneMs: 300_000 },
  real: { args: ['--speed', '1'], doneMs: 1_500_000 },
} as const

/** Both first drills in every world: whether they end as they must in each mode of the world's clock. */
export const worlds: Bench = {
  name: 'worlds',
  about:
    'every world × both first drills: in lockstep and scaled; with --size full in real time too, for hours',
  async *run({ size, say }) {
    const clocks =
      size === 'full' ? (['lockstep', 'scaled', 'real'] as const) : (['lockstep', 'scaled'] as const)
    const states = await prepareStates()
    try {
      for (const clock of clocks) {
        const { args, doneMs } = CLOCKS[clock]
        const ends: boolean[] = []
        for (const [world, drills] of Object.entries(ENDINGS))
          for (const [drill, verdict] of Object.entries(drills)) {
            const wanted = ['--world', world, '--scenario', drill, '--seed', String(SEED)]
            const start = { stateDir: states.fresh(), args: [...args, ...wanted], doneMs }
            // One that comes to no end is the figure's business, not the end of the others.
            const done = await rehearse(start).catch((error: unknown) => ({
              verdict: String(error),
              realS: NaN,
            }))
            ends.push(done.verdict === verdict)
            const load = loadavg()[0]?.toFixed(1)
            say(`${clock} ${world} ${drill}: ${done.verdict}, ${Math.round(done.realS)} s, load ${load}`)
          }
        yield {
          bench: 'worlds',
          figure: `drills that end as they must, ${clock}`,
          value: rounded((100 * ends.filter(Boolean).length) / ends.length),
          unit: '%',
          goal: 100,
          better: 'higher',
          backend: 'postgres',
          seed: SEED,
        }
      }
    } finally {
      states.remove()
    }
  },
}
