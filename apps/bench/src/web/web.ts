import { quantile, rounded, type Bench, type Figure } from '../figures/figure.ts'
import { framesWhile } from './frames.ts'
import { lighthouseOf } from './lighthouse.ts'
import { watchLive } from './live.ts'
import { openOften, openRun } from './opening.ts'
import { lostEvents } from './reconnects.ts'
import { setStage, type Stage } from './stage.ts'
import { wallLeak } from './wall.ts'
import { scriptsOf } from './weights.ts'

const SEED = 1
const SIZE = { events: 10_000, lanes: 10, points: 100_000 } as const
const OPENED = { default: 5, full: 15 } as const
const MOVED_MS = { default: 4000, full: 20_000 } as const
/** One page and 49 streams. Pages ask for the run besides; a second browser would measure the machine. */
const READERS = 49
const LIVE = { default: 60, full: 300 } as const
const LIVE_EVERY_MS = 250
/** Eight hours with an event every ten seconds. */
const WALL_EVENTS = { default: 2880, full: 28_800 } as const
const CUTS = 100

type Size = keyof typeof OPENED
const about = { bench: 'web', backend: 'postgres', seed: SEED } as const
const less = { ...about, better: 'lower' } as const
const more = { ...about, better: 'higher' } as const

/** The dashboard in a real browser, on a long run. */
export const web: Bench = {
  name: 'web',
  about: 'the dashboard in Chromium: a run of 10,000 events and a million samples, live with 50 viewers',
  async *run({ size, say }) {
    const stage = await setStage(SIZE, say)
    try {
      yield* weights(stage)
      yield* opening(stage, size, say)
      yield* moving(stage, size)
      yield* live(stage, size)
      yield {
        ...less,
        figure: 'what a wall of eight hours leaks',
        unit: 'MB',
        value: rounded(await wallLeak(stage, WALL_EVENTS[size])),
        goal: 20,
      }
      yield {
        ...less,
        figure: 'events lost in 100 reconnects',
        unit: 'count',
        value: await lostEvents(stage, CUTS),
        goal: 0,
      }
      yield* lighthouse(stage, say)
    } finally {
      await stage.stop()
    }
  },
}

async function* weights(stage: Stage): AsyncGenerator<Figure> {
  const { live, waiting } = stage.runs
  for (const [figure, path, width, goal] of [
    ['scripts of the overview', '/', 1440, 220],
    ['scripts of a run', `/runs/${live}`, 1440, 280],
    ['scripts of an approval on a phone', `/approve.html?run=${waiting}`, 360, 100],
  ] as const)
    yield { ...less, figure, unit: 'kB', value: rounded(await scriptsOf(stage, path, width)), goal }
}

async function* opening(stage: Stage, size: Size, say: (line: string) => void): AsyncGenerator<Figure> {
  const { tookMs, heapMb } = await openOften(stage, `/runs/${stage.runs.closed}`, SIZE, OPENED[size] + 1)
  const [first = 0, ...again] = tookMs
  say(`opened in ${tookMs.map(Math.round).join(', ')} ms`)
  yield { ...less, figure: 'a run opens, the first time', unit: 'ms', value: rounded(first), goal: 1500 }
  yield { ...less, figure: 'a run opens, p50', unit: 'ms', value: rounded(quantile(again, 0.5)), goal: 1500 }
  yield { ...less, figure: 'heap of a run', unit: 'MB', value: rounded(heapMb), goal: 250 }
}

async function* moving(stage: Stage, size: Size): AsyncGenerator<Figure> {
  const context = await stage.visit()
  const page = await context.newPage()
  await openRun(page, `${stage.api.url}/runs/${stage.runs.closed}`, SIZE.events, SIZE.lanes)
  for (const what of ['zoom', 'pan'] as const) {
    const value = rounded(await framesWhile(page, what, MOVED_MS[size]))
    yield { ...more, figure: what, unit: 'frames/s', value, goal: 50 }
  }
  await context.close()
}

async function* live(stage: Stage, size: Size): AsyncGenerator<Figure> {
  const how = { readers: READERS, events: LIVE[size], everyMs: LIVE_EVERY_MS }
  const { pixelMs, inpMs } = await watchLive(stage, SIZE, how)
  const [half, most] = [quantile(pixelMs, 0.5), quantile(pixelMs, 0.95)]
  yield { ...less, figure: 'commit to pixel, p50', unit: 'ms', value: rounded(half), goal: 500 }
  yield { ...less, figure: 'commit to pixel, p95', unit: 'ms', value: rounded(most), goal: 1000 }
  yield { ...less, figure: 'longest interaction while live', unit: 'ms', value: rounded(inpMs), goal: 200 }
}

async function* lighthouse(stage: Stage, say: (line: string) => void): AsyncGenerator<Figure> {
  const goals = { performance: 95, accessibility: 100, 'best-practices': 100 } as const
  for (const [name, path] of [
    ['overview', '/'],
    ['run', `/runs/${stage.runs.closed}`],
  ] as const) {
    try {
      const points = await lighthouseOf(stage, path)
      for (const category of ['performance', 'accessibility', 'best-practices'] as const) {
        const figure = `lighthouse, ${name}, ${category}`
        yield { ...more, figure, unit: 'points', value: points[category], goal: goals[category] }
      }
    } catch (error) {
      say(`Lighthouse was not measured: ${error instanceof Error ? error.message : String(error)}`)
      return
    }
  }
}
