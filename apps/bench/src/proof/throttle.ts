import type { RunId, Status } from '@firedrill/core'
import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { quantile, rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { eachInAWorld, openArena, type Arena, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { drillOf, stepsOf } from './drill-kinds.ts'
import type { Weakness } from './weakness.ts'
import type { ProofWorld } from './world.ts'

const SEED = 1
const WORLDS = 3
const DRILLS = { default: 3, full: 12 } as const
/** Slow enough for waiting to cost what it costs against AWS. */
const RATE = 2
const LOST_MS = 420_000
const CONTROL_LOST_MS = 120_000
const DROPPED = 0.1

/** Drills while the cloud turns half of all calls away, nine of ten in recovery, and loses a tenth of its answers. */
export const throttle: Bench = {
  name: 'throttle',
  about: 'half of all calls throttled, 90 % in recovery, 10 % of replies dropped: every drill completes',
  async *run({ size, say }) {
    yield* measure('postgres', DRILLS[size], say)
    if (have('redis')) yield* measure('redis', DRILLS[size], say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

type Timed = Readonly<{ played: Played; recoveryMs: number }>

async function* measure(
  backend: Backend,
  drills: number,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const calm: Timed[] = []
  const hostile: Timed[] = []
  const arena = await openArena({ backend, seed: SEED, worlds: WORLDS, size: { rate: RATE } })
  try {
    const both = Array.from({ length: 2 * drills }, (_, n) => n % 2 === 0)
    await eachInAWorld(arena.worlds, both, async (isCalm, world) => {
      const one = await drill(arena, world, isCalm ? 'never' : 'always')
      say(
        `${backend}, ${isCalm ? 'calm' : 'hostile'}: recovery ${one.recoveryMs} ms, ${one.played.status}${wrongWith(
          one.played,
        )
          .map((text) => `; ${text}`)
          .join('')}`,
      )
      ;(isCalm ? calm : hostile).push(one)
    })
  } finally {
    await arena.close()
  }
  const about = { bench: 'throttle', backend, seed: SEED, better: 'lower' } as const
  const count = { ...about, unit: 'count' } as const
  const completed = hostile.filter(({ played }) => played.status === 'closed').length
  yield { ...count, figure: 'drills-completed', better: 'higher', value: completed, goal: drills }
  yield {
    ...count,
    figure: 'wrong',
    value: hostile.reduce((sum, { played }) => sum + wrongWith(played).length, 0),
    goal: 0,
  }
  const normal =
    quantile(
      calm.map(({ recoveryMs }) => recoveryMs),
      0.5,
    ) / 1000
  const slowest = Math.max(...hostile.map(({ recoveryMs }) => recoveryMs)) / 1000
  yield { ...about, unit: 's', figure: 'recovery-normal-p50', value: rounded(normal), goal: null }
  yield {
    ...about,
    unit: 's',
    figure: 'recovery-throttled-max',
    value: rounded(slowest),
    goal: rounded(2 * normal),
  }
  const control = await impatient(backend)
  say(`control, three attempts and no more: ${wrongWith(control).join('; ') || 'nothing was wrong'}`)
  yield {
    ...count,
    figure: 'control-three-attempts-left',
    better: 'higher',
    value: control.left.length,
    goal: 1,
  }
}

async function impatient(backend: Backend): Promise<Played> {
  const weakness: Weakness = 'impatient'
  const arena = await openArena({ backend, seed: SEED, worlds: 1, size: { rate: 10 }, weakness })
  try {
    const [world] = arena.worlds
    if (world === undefined) throw new Error('an arena without a world')
    return (await drill(arena, world, 'in-recovery', CONTROL_LOST_MS)).played
  } finally {
    await arena.close()
  }
}

/** When calls are turned away. */
type Hostile = 'never' | 'in-recovery' | 'always'

async function drill(arena: Arena, world: ProofWorld, hostile: Hostile, lostMs = LOST_MS): Promise<Timed> {
  let recovering: number | undefined
  let over: number | undefined
  if (hostile === 'always') await afflict(world, 0.5)
  const meanwhile = async (_run: RunId, status: Status) => {
    if (status === 'recovering' && recovering === undefined) {
      recovering = systemClock.monotonicMs()
      if (hostile !== 'never') await afflict(world, 0.9)
    }
    if ((status === 'settling' || status === 'closed') && over === undefined) over = systemClock.monotonicMs()
  }
  const kind = 'linear'
  const played = await arena.play(
    drillOf(`${kind}-${hostile === 'never' ? 'calm' : 'hostile'}`, world, stepsOf(kind, world)),
    world,
    { lostMs, meanwhile },
  )
  await fetch(`${world.control}/adversity`, { method: 'DELETE' })
  return { played, recoveryMs: Math.round((over ?? Infinity) - (recovering ?? 0)) }
}

async function afflict(world: ProofWorld, throttled: number): Promise<void> {
  const url = `${world.control}/adversity`
  await fetch(url, { method: 'DELETE' })
  for (const [kind, probability] of [
    ['throttle', throttled],
    ['drop', DROPPED],
  ] as const)
    await fetch(url, { method: 'POST', body: JSON.stringify({ operation: '*', kind, probability }) })
}
