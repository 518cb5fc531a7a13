import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client, DrillView } from '@firedrill/contracts'
import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { quantile, rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { environmentOf } from '../sandbox/environment.ts'
import { freePortBase } from '../sandbox/port-base.ts'
import { prepareStates, type StateMaker } from '../sandbox/prepared-state.ts'
import { ROOT, startSandbox } from '../sandbox/start-sandbox.ts'
import { waitUntil } from '../sandbox/wait-until.ts'
import { startCallTap, type CallTap } from './call-tap.ts'
import { startQueueFloor } from './queue-floor.ts'

/** Promised: this much over what the queue alone takes. */
const OVER_FLOOR_MS = 50
const RUNS = { default: 100, full: 500 } as const
/** Runs before the first that counts: connections open and code gets compiled. */
const WARM_UP = 5
const CALL_MS = 30_000
const OVER_MS = 30_000
/** After a run's last call, before the next is started. */
const QUIET_MS = 60
const SEED = 1

/** From asking the API for a run until the first AWS call of it, beside what the queue takes alone. */
export const dispatch: Bench = {
  name: 'dispatch',
  about: 'API start until the first AWS call, beside the floor of the queue alone, on both backends',
  async *run({ size, say }) {
    const states = await prepareStates()
    try {
      yield* measure('postgres', RUNS[size], states, say)
      if (have('redis')) yield* measure('redis', RUNS[size], states, say)
      else say(`redis is left out: ${installCommand('redis')}`)
    } finally {
      states.remove()
    }
  },
}

async function* measure(
  backend: Backend,
  runs: number,
  states: StateMaker,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const portBase = await freePortBase()
  const sandbox = startSandbox({
    stateDir: states.fresh(),
    portBase,
    args: ['--idle', '--speed', '1', '--backend', backend],
  })
  const closers = [() => sandbox.stop()]
  const dispatched: number[] = []
  const floors: number[] = []
  try {
    const client = await sandbox.client()
    await waitUntil('the sandbox is ready', OVER_MS, () =>
      sandbox.said().includes('ready in') ? true : undefined,
    )
    const floor = await startQueueFloor(backend, states.fresh(), SEED)
    closers.push(() => floor.stop())
    const tap = await startCallTap(sandbox.awsUrl)
    closers.push(() => tap.stop())
    const drill = await book(client, await environmentOf(portBase, tap.url))
    for (let i = -WARM_UP; i < runs; i++) {
      const alone = await floor.once()
      const whole = await startOne(client, drill, tap)
      if (i < 0) continue
      floors.push(alone)
      dispatched.push(whole)
    }
  } finally {
    for (const close of closers.toReversed()) await close()
  }
  say(`${backend}: ${runs} runs, each aborted at its first call`)
  const about = { bench: 'dispatch', unit: 'ms', better: 'lower', backend, seed: SEED } as const
  const floorP99 = quantile(floors, 0.99)
  yield { ...about, figure: 'floor-p50', value: rounded(quantile(floors, 0.5)), goal: null }
  yield { ...about, figure: 'floor-p99', value: rounded(floorP99), goal: null }
  yield { ...about, figure: 'p50', value: rounded(quantile(dispatched, 0.5)), goal: null }
  yield {
    ...about,
    figure: 'p99',
    value: rounded(quantile(dispatched, 0.99)),
    goal: rounded(floorP99 + OVER_FLOOR_MS),
  }
}

async function book(client: Client, environment: string): Promise<DrillView> {
  const scenario = readFileSync(join(ROOT, 'scenarios/instance-kill/scenario.yaml'), 'utf8')
  await client.environments.put('sandbox', { source: environment, origin: 'file' })
  await client.scenarios.put('instance-kill', { source: scenario, origin: 'file' })
  return client.drills.book({ scenario: 'instance-kill', environment: 'sandbox' })
}

/** Milliseconds from asking for a run until its first call arrives; the run is over and all is quiet afterwards. */
async function startOne(client: Client, drill: DrillView, tap: CallTap): Promise<number> {
  const called = tap.next()
  const from = systemClock.monotonicMs()
  const { id } = await client.runs.start({ drillId: drill.id, seed: SEED })
  const inTime = new AbortController()
  const at = await Promise.race([called, systemClock.sleep(CALL_MS, inTime.signal)])
  inTime.abort()
  if (at === undefined) throw new Error(`no call within ${CALL_MS} ms of starting ${id}`)
  await client.runs.abort(id, 'measured')
  await waitUntil('the aborted run is over', OVER_MS, async () =>
    (await client.runs.get(id)).isOver && tap.quietMs() > QUIET_MS ? true : undefined,
  )
  return at - from
}
