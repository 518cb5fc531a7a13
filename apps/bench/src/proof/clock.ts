import { have, installCommand } from '@firedrill/local'
import { rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { eachInAWorld, openArena, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { drillOf, stepsOf } from './drill-kinds.ts'
import type { Weakness } from './weakness.ts'

const SEED = 1
const WORLDS = 2
const DRILLS = { default: 6, full: 30 } as const
/** Seconds by which the wall clock of a worker is off; `step`: it jumps by a minute, back and forth. */
const OFFSETS = ['60', '-60', '3600', '-3600', 'step'] as const
const RATE = 30
const CONTROL_LOST_MS = 40_000

/** Workers whose wall clocks are wrong, each in another way, beside each other. */
export const clock: Bench = {
  name: 'clock',
  about:
    'workers with wall clocks off by a minute, an hour, and jumping: steps still happen when they should',
  async *run({ size, say }) {
    yield* measure('postgres', DRILLS[size], say)
    if (have('redis')) yield* measure('redis', DRILLS[size], say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

async function* measure(
  backend: Backend,
  drills: number,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const right = await play(backend, drills, ['advance', 'advance', 'recover'])
  const roles = [...OFFSETS.map((offset) => `advance@${offset}`), 'recover@3600', 'recover@-3600']
  const wrong = await play(backend, drills, roles)
  for (const one of wrong) for (const text of wrongWith(one)) say(`${backend}: ${text}`)
  const about = { bench: 'clock', backend, seed: SEED, better: 'lower' } as const
  const late = (played: readonly Played[]) =>
    rounded(Math.max(...played.flatMap(({ watched }) => watched.latenesses)) / 1000)
  yield { ...about, unit: 's', figure: 'step-late-right-clocks-max', value: late(right), goal: null }
  yield { ...about, unit: 's', figure: 'step-late-wrong-clocks-max', value: late(wrong), goal: 1 }
  yield {
    ...about,
    unit: 'count',
    figure: 'wrong',
    value: wrong.reduce((sum, one) => sum + wrongWith(one).length, 0),
    goal: 0,
  }
  const control = await play(backend, 1, ['advance@3600', 'recover@3600'], 'own-clock')
  const controlWrong = control.flatMap(wrongWith)
  say(`control, the world by one's own clock: ${controlWrong.join('; ') || 'nothing was wrong'}`)
  yield {
    ...about,
    unit: 'count',
    figure: 'control-own-clock-wrong',
    better: 'higher',
    value: controlWrong.length,
    goal: 1,
  }
}

async function play(
  backend: Backend,
  drills: number,
  roles: readonly string[],
  weakness?: Weakness,
): Promise<readonly Played[]> {
  const played: Played[] = []
  const arena = await openArena({
    backend,
    seed: SEED,
    worlds: Math.min(WORLDS, drills),
    size: { rate: RATE },
    roles: [...roles, 'reap', 'probe'],
    ...(weakness === undefined ? {} : { weakness }),
  })
  try {
    const items = Array.from({ length: drills }, (_, n) => n)
    await eachInAWorld(arena.worlds, items, async (_, world) => {
      const options = weakness === undefined ? {} : { lostMs: CONTROL_LOST_MS }
      played.push(await arena.play(drillOf('clock', world, stepsOf('waiting', world)), world, options))
    })
  } finally {
    await arena.close()
  }
  return played
}
