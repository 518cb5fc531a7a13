import { join } from 'node:path'
import { rounded, type Bench } from '../figures/figure.ts'
import { prepareStates } from '../sandbox/prepared-state.ts'
import { ROOT } from '../sandbox/start-sandbox.ts'
import { rehearse, type Rehearsal } from './rehearse.ts'

/** Promised for thirty minutes of the world. */
const GOAL_S = 10
const HALF_HOUR_S = 1800
const REPEATS = { default: 5, full: 20 } as const
const SEED = 5
const HALF_HOUR = join(ROOT, 'apps/bench/scenarios/half-hour.yaml')

/** Whole drills in lockstep: how long they take, and whether one seed always gives the same journal. */
export const rehearsal: Bench = {
  name: 'rehearsal',
  about: 'whole drills in lockstep: real time for 30 minutes of the world, and whether they repeat by seed',
  async *run({ size, say }) {
    const states = await prepareStates()
    const run = (world: string, scenario: string, seed: number) =>
      rehearse({
        stateDir: states.fresh(),
        args: ['--lockstep', '--world', world, '--scenario', scenario, '--seed', String(seed)],
      })
    const about = { bench: 'rehearsal', backend: 'postgres', seed: SEED } as const
    try {
      const half = await run('no-failover', HALF_HOUR, SEED)
      say(`half an hour: ${told(half)}`)
      const scaledS = (half.realS * HALF_HOUR_S) / half.worldS
      yield {
        ...about,
        figure: '30 minutes of the world',
        value: rounded(scaledS),
        unit: 's',
        goal: GOAL_S,
        better: 'lower',
      }

      const runs: Rehearsal[] = []
      for (let i = 0; i < REPEATS[size]; i++) {
        runs.push(await run('warm-standby', 'instance-kill', SEED))
        say(`repeat ${i + 1} of ${REPEATS[size]}: ${told(runs[i])}`)
      }
      const same = runs.filter(({ journal }) => journal === runs[0]?.journal)
      yield {
        ...about,
        figure: 'runs with one journal',
        value: rounded((100 * same.length) / runs.length),
        unit: '%',
        goal: 100,
        better: 'higher',
      }
      const other = await run('warm-standby', 'instance-kill', SEED + 1)
      say(`another seed: ${told(other)}`)
      const differs = other.journal === runs[0]?.journal ? 0 : 100
      yield {
        ...about,
        figure: 'control: another seed has another journal',
        value: differs,
        unit: '%',
        goal: 100,
        better: 'higher',
        seed: SEED + 1,
      }
    } finally {
      states.remove()
    }
  },
}

function told(run: Rehearsal | undefined): string {
  if (run === undefined) return 'nothing'
  return `${run.verdict}, ${Math.round(run.worldS)} s of the world in ${run.realS.toFixed(1)} s (${Math.round(run.worldS / run.realS)}x)`
}
