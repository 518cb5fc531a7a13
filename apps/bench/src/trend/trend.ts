import { startTeam } from './start-team.ts'
import { quantile, rounded, type Bench } from '../figures/figure.ts'
import { systemClock } from '@firedrill/runtime'

const SEED = 1
const RUNS = 10_000
const SERVICES = 500
const ASKED = { default: 100, full: 1000 } as const
const WARM_UP = 5
const GOAL_MS = 100

/** Ten thousand runs of five hundred services on embedded PostgreSQL: how fast their trend and portfolio are read. */
export const trend: Bench = {
  name: 'trend',
  about: 'trend over 10,000 runs and portfolio over 500 services, read from embedded PostgreSQL',
  async *run({ size, seed = SEED, say }) {
    const team = await startTeam({ runs: RUNS, services: SERVICES, say })
    const about = { bench: 'trend', unit: 'ms', better: 'lower', backend: 'postgres', seed } as const
    const timed = async (ask: (n: number) => Promise<readonly unknown[]>): Promise<readonly number[]> => {
      const took: number[] = []
      for (let n = -WARM_UP; n < ASKED[size]; n++) {
        const beganMs = systemClock.monotonicMs()
        const found = await ask(n + WARM_UP)
        const ms = systemClock.monotonicMs() - beganMs
        if (found.length === 0) throw new Error('nothing was found')
        if (n >= 0) took.push(ms)
      }
      return took
    }
    try {
      const { client } = team
      const page = await timed(async (n) => {
        const before = RUNS + 1 - ((n * 97) % (RUNS - 200))
        return (await client.trend({ limit: 100, before })).outcomes
      })
      const goal = GOAL_MS
      yield { ...about, figure: 'a page of the trend, p95', value: rounded(quantile(page, 0.95)), goal }
      const one = await timed(async (n) => {
        const service = `service-${n % SERVICES}`
        return (await client.trend({ limit: 100, service })).outcomes
      })
      yield { ...about, figure: 'the trend of one service, p95', value: rounded(quantile(one, 0.95)), goal }
      const all = await timed(async () => (await client.portfolio({ since: 0 })).services)
      yield {
        ...about,
        figure: 'the portfolio of all services, p95',
        value: rounded(quantile(all, 0.95)),
        goal,
      }
      const middle = rounded(quantile(all, 0.5))
      yield { ...about, figure: 'the portfolio of all services, p50', value: middle, goal: null }
      const { services, next } = await client.portfolio({ since: 0 })
      const counted = services.reduce((sum, { drilled }) => sum + drilled.held, 0)
      say(`${services.length} services, ${next === null ? 'no' : 'another'} page after them`)
      const whole = { unit: 'runs', better: 'higher', goal: RUNS } as const
      yield { ...about, figure: 'runs that the portfolio counts', value: counted, ...whole }
    } finally {
      await team.stop()
    }
  },
}
