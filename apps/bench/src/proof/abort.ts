import type { CompiledStep, RunId, Status } from '@firedrill/core'
import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { quantile, rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { waitUntil } from '../sandbox/wait-until.ts'
import { openArena, type Arena, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { drillOf, removeRecord, stopSet, stopZone } from './drill-kinds.ts'
import { isRevert } from './witness.ts'
import { HOSTS_ALARM, type ProofWorld } from './world.ts'

const SEED = 1
const TRIALS = { default: 3, full: 20 } as const
const SETS = 4
const ZONES = 20
const RECORDS_PER_ZONE = 3
/** Faults go in while the world runs fast; it is aborted at the speed of AWS, so that its limits are AWS's. */
const FAST = 30
/** Platform time in which every process notices that the world runs at another speed. */
const SETTLE_MS = 3000
const LOST_MS = 600_000
/** Long, because a busy machine probes late at this speed, and what is late proves nothing. */
const STEADY = { forMs: 180_000, probes: ['steady'], successRatioMin: 0.5 }
const POLL_WORLD_MS = 10_000
const BREACH_RATE = 10
/** For the alarm of the last trial to go back. Platform time. */
const QUIET_MS = 120_000
const ROLES = ['advance', 'recover', 'recover', 'recover', 'reap', 'probe'] as const

/** How fast everything is taken out when somebody, or an alarm, says stop. */
export const abort: Bench = {
  name: 'abort',
  about:
    'time from the trigger to the last undo call, with 4 experiments and 60 records in 20 zones at AWS speed',
  async *run({ size, say }) {
    yield* measure('postgres', TRIALS[size], say)
    if (have('redis')) yield* measure('redis', TRIALS[size], say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

async function* measure(
  backend: Backend,
  trials: number,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const about = { bench: 'abort', backend, seed: SEED, unit: 's', better: 'lower' } as const
  const count = { ...about, unit: 'count' } as const
  const aborted = await inOneWorld(
    backend,
    { rate: FAST, sets: SETS, instancesPerZone: 10 / 3, zones: ZONES, records: RECORDS_PER_ZONE },
    async (arena, world) => {
      const all: Aborted[] = []
      for (let trial = 1; trial <= trials; trial++) {
        const one = await abortEverything(arena, world)
        say(
          `${backend}, trial ${trial}: last revert after ${one.issuedMs} ms, over after ${one.overMs} ms, ${one.reverts} calls${wrongWith(
            one.played,
          )
            .map((text) => `; ${text}`)
            .join('')}`,
        )
        all.push(one)
      }
      return all
    },
  )
  const issued = aborted.map(({ issuedMs }) => issuedMs / 1000)
  yield { ...about, figure: 'last-revert-issued-p50', value: rounded(quantile(issued, 0.5)), goal: null }
  yield { ...about, figure: 'last-revert-issued-p95', value: rounded(quantile(issued, 0.95)), goal: 2 }
  yield {
    ...about,
    figure: 'all-verified-max',
    value: rounded(Math.max(...aborted.map(({ overMs }) => overMs)) / 1000),
    goal: null,
  }
  yield {
    ...count,
    figure: 'revert-calls-max',
    value: Math.max(...aborted.map(({ reverts }) => reverts)),
    goal: null,
  }
  yield {
    ...count,
    figure: 'wrong',
    value: aborted.reduce((sum, { played }) => sum + wrongWith(played).length, 0),
    goal: 0,
  }
  const poll = POLL_WORLD_MS / BREACH_RATE / 1000
  const breaches = await inOneWorld(backend, { rate: BREACH_RATE }, async (arena, world) => {
    const all: number[] = []
    for (let trial = 1; trial <= trials; trial++) all.push((await breach(arena, world)) / 1000)
    return all
  })
  yield {
    ...about,
    figure: 'breach-to-first-revert-max',
    value: rounded(Math.max(...breaches)),
    goal: poll + 2,
  }
}

type Aborted = Readonly<{ played: Played; issuedMs: number; overMs: number; reverts: number }>

function everything(world: ProofWorld): readonly CompiledStep[] {
  const sets = Array.from({ length: SETS }, (_, n) => stopSet(`stop-${n + 1}`, n + 1))
  const records = Array.from({ length: ZONES }, (_, zone) =>
    Array.from({ length: RECORDS_PER_ZONE }, (__, n) =>
      removeRecord(world, `remove-${zone + 1}-${n + 1}`, n + 1, { zone: zone + 1 }),
    ),
  )
  return [...sets, ...records.flat()]
}

async function abortEverything(arena: Arena, world: ProofWorld): Promise<Aborted> {
  let at: number | undefined
  const timing = { observeMaxMs: 3_600_000, recoverWithinMs: 3_600_000, settleMs: 1000 }
  const drill = drillOf('abort', world, everything(world), {
    scenario: { timing, response: 'restore', steadyState: STEADY },
  })
  await world.restart(FAST)
  const played = await arena.play(drill, world, {
    lostMs: LOST_MS,
    meanwhile: async (run: RunId, status: Status) => {
      if (status !== 'observing' || at !== undefined) return
      await world.restart(1)
      await systemClock.sleep(SETTLE_MS)
      at = Date.now()
      await arena.lab.abort(run, 'everything out')
    },
  })
  const trigger = at
  if (trigger === undefined) throw new Error(`the drill never stood: ${played.status} ${played.why}`)
  const reverts = played.found.mutations.filter((one) => isRevert(one) && one.platformAt / 1000 >= trigger)
  return {
    played,
    issuedMs: Math.round(Math.max(0, ...reverts.map(({ platformAt }) => platformAt / 1000 - trigger))),
    overMs: Date.now() - trigger,
    reverts: reverts.length,
  }
}

/** Milliseconds of platform time from the alarm's transition until the first undo call. */
async function breach(arena: Arena, world: ProofWorld): Promise<number> {
  const timing = { observeMaxMs: 3_600_000, recoverWithinMs: 3_600_000, settleMs: 1000 }
  const stopConditions = [
    { kind: 'alarm', name: 'hosts', region: 'primary', alarm: HOSTS_ALARM, whenDead: 'breached' },
  ] as const
  const drill = drillOf('breach', world, [stopZone('stop', 'a')], {
    scenario: { timing, response: 'restore', stopConditions: [...stopConditions] },
  })
  await waitUntil('the alarm is quiet', QUIET_MS, async () => ((await isQuiet(world)) ? true : undefined))
  const played = await arena.play(drill, world, { lostMs: LOST_MS })
  const wrong = wrongWith(played)
  if (wrong.length > 0) throw new Error(`the breached drill went wrong: ${wrong.join('; ')}`)
  const alarmAt = played.found.transitions.find(
    ({ subject, to }) => subject.startsWith('alarm:') && to === 'ALARM',
  )?.at
  const first = played.found.mutations.find((one) => isRevert(one))
  if (alarmAt === undefined || first === undefined) throw new Error('no alarm, or no undo')
  return (first.worldAt - alarmAt) / BREACH_RATE / 1000
}

async function isQuiet({ control }: ProofWorld): Promise<boolean> {
  const { alarms } = (await (await fetch(`${control}/world`)).json()) as {
    alarms: readonly { state: string }[]
  }
  return alarms.every(({ state }) => state === 'OK')
}

async function inOneWorld<T>(
  backend: Backend,
  size: NonNullable<Parameters<typeof openArena>[0]['size']>,
  work: (arena: Arena, world: ProofWorld) => Promise<T>,
): Promise<T> {
  const arena = await openArena({ backend, seed: SEED, worlds: 1, size, roles: ROLES })
  try {
    const [world] = arena.worlds
    if (world === undefined) throw new Error('an arena without a world')
    return await work(arena, world)
  } finally {
    await arena.close()
  }
}
