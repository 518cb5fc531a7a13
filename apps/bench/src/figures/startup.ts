import { systemClock } from '@firedrill/runtime'
import { freePortBase } from '../sandbox/port-base.ts'
import { prepareStates } from '../sandbox/prepared-state.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import { waitUntil } from '../sandbox/wait-until.ts'
import { quantile, rounded, type Bench } from './figure.ts'

/** Promised: a second start is ready within ten seconds. */
const GOAL_S = 10
const STARTS = { default: 5, full: 20 } as const
const READY_MS = 60_000

/** How long `npm start` takes until everything answers, when it has run before. */
export const startup: Bench = {
  name: 'startup',
  about: 'second `npm start` until the dashboard, the API and all workers are ready',
  async *run({ size, say }) {
    const states = await prepareStates()
    const seconds: number[] = []
    try {
      for (let i = 0; i < STARTS[size]; i++) {
        const stateDir = states.fresh()
        const portBase = await freePortBase()
        const from = systemClock.monotonicMs()
        const sandbox = startSandbox({ stateDir, portBase, args: ['--idle'], through: 'npm start' })
        try {
          await waitUntil('the sandbox is ready', READY_MS, () =>
            sandbox.said().includes('ready in') ? true : undefined,
          )
          seconds.push((systemClock.monotonicMs() - from) / 1000)
          say(`start ${i + 1} of ${STARTS[size]}: ${rounded(seconds.at(-1) ?? 0)} s`)
        } finally {
          await sandbox.stop()
        }
      }
    } finally {
      states.remove()
    }
    const about = { bench: 'startup', unit: 's', better: 'lower', backend: 'postgres', seed: 1 } as const
    yield { ...about, figure: 'p50', value: rounded(quantile(seconds, 0.5)), goal: GOAL_S }
    yield { ...about, figure: 'max', value: rounded(Math.max(...seconds)), goal: GOAL_S }
  },
}
