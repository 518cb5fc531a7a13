import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bench, Figure } from '../figures/figure.ts'
import { WEAKNESSES } from './cloud.ts'
import { playMany, repeatLine, type Many } from './play-many.ts'
import { playSeed, type PlayedSeed } from './play-seed.ts'

const SEEDS = { default: 2000, full: 100_000 } as const
const FIRST_SEED = 1
/** Seeds that a process plays before it gives way to a fresh one. */
const PART = 2500
const PROCESSES = 2
/** Most of what a seed leaves is gone soon: a larger nursery saves a tenth of the time. */
const NODE = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64']
/** Seeds within which each arm without a protection has to fail. */
const CONTROL_SEEDS = 1000

/** Random interleavings of the whole engine over memory: workers, people, crashes, throttles; one seed, one history. */
export const seeds: Bench = {
  name: 'seeds',
  about: 'random interleavings of workers, people, reaper, crashes and throttles, judged after every step',
  async *run({ size, seed, say }) {
    if (seed !== undefined) {
      yield* again(await playSeed(seed), say)
      return
    }
    const startedMs = performance.now()
    const parts = await playInProcesses(SEEDS[size], say)
    const seconds = (performance.now() - startedMs) / 1000
    const broken = parts.flatMap((part) => part.broken)
    const played = parts.reduce((sum, part) => sum + part.seeds, 0)
    yield { ...ABOUT, figure: 'played', better: 'higher', value: played, goal: SEEDS[size] }
    yield { ...ABOUT, figure: 'broken', value: broken.length, goal: 0 }
    yield {
      ...ABOUT,
      figure: 'seeds-per-second',
      unit: 'seeds/s',
      better: 'higher',
      value: Math.round(played / seconds),
      goal: null,
    }
    for (const weakness of WEAKNESSES) {
      const { seeds: needed, broken: found } = await playMany(FIRST_SEED, CONTROL_SEEDS, {
        weakness,
        brokenMax: 1,
      })
      say(`control, ${weakness}: ${found[0]?.problem ?? 'nothing was wrong'} (${needed} seeds)`)
      yield { ...ABOUT, figure: `control-${weakness}`, better: 'higher', value: found.length, goal: 1 }
    }
  },
}

const ABOUT = {
  bench: 'seeds',
  unit: 'count',
  better: 'lower',
  backend: null,
  seed: FIRST_SEED,
} as const satisfies Partial<Figure>

async function playInProcesses(count: number, say: (line: string) => void): Promise<readonly Many[]> {
  const parts = Array.from({ length: Math.ceil(count / PART) }, (_, n) => ({
    from: FIRST_SEED + n * PART,
    count: Math.min(PART, count - n * PART),
  }))
  const perProcess = parts.length === 1 ? halves(parts) : parts
  const done: Many[] = []
  const lane = async () => {
    for (let part = perProcess.shift(); part !== undefined; part = perProcess.shift()) {
      const many = await playPart(part)
      done.push(many)
      for (const { seed, problem } of many.broken) say(`${problem}: ${repeatLine(seed)}`)
      say(`${done.reduce((sum, one) => sum + one.seeds, 0)} of ${count} seeds`)
    }
  }
  await Promise.all(Array.from({ length: PROCESSES }, lane))
  return done
}

type Part = Readonly<{ from: number; count: number }>

function halves(parts: readonly Part[]): Part[] {
  return parts.flatMap(({ from, count }) => {
    const half = Math.ceil(count / PROCESSES)
    return [
      { from, count: half },
      { from: from + half, count: count - half },
    ]
  })
}

async function playPart({ from, count }: Part): Promise<Many> {
  const file = fileURLToPath(new URL('seeds-part.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...NODE, file, String(from), String(count)],
    { maxBuffer: 64 * 1024 * 1024 },
  )
  return JSON.parse(stdout) as Many
}

/** One seed once more, told event by event. */
function* again(played: PlayedSeed, say: (line: string) => void): Generator<Figure> {
  const { seed, plan, runs, effects, problems, steps } = played
  const told = [
    ...runs.flatMap(({ id, events }) =>
      events.map(({ at, seq, epoch, actor, type, data }) => ({
        at,
        text: `${id.slice(-4)} #${seq} epoch ${epoch ?? '-'} ${actor.id} ${type} ${JSON.stringify(data).slice(0, 200)}`,
      })),
    ),
    ...effects.map(({ at, what, target, to }) => ({ at, text: `cloud: ${target} ${what}: ${to}` })),
  ].toSorted((a, b) => a.at - b.at)
  const startedAt = told[0]?.at ?? 0
  for (const { at, text } of told) say(`${((at - startedAt) / 1e6).toFixed(3)} ${text}`)
  say(`seed ${seed}: ${plan.shape}, ${steps} steps; ${problems.join('; ') || 'every promise was kept'}`)
  yield { ...ABOUT, seed, figure: 'broken', value: problems.length, goal: 0 }
}
