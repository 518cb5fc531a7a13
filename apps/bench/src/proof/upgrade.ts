import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { eachInAWorld, openArena, type Arena, type Played } from './arena.ts'
import type { Member } from './crew.ts'
import { wrongWith } from './crash.ts'
import { DRILL_KINDS, drillOf, stepsOf } from './drill-kinds.ts'

const SEED = 1
const WORLDS = 2
const ROLES = ['advance', 'advance', 'recover', 'reap', 'probe'] as const
const DRILLS = { default: 6, full: 30 } as const
/** Between two workers that are replaced. Platform time. */
const PAUSE_MS = 500
/** What an orderly hand-over may cost a run, and what one that is killed costs it at least: it waits for the lease. */
const LATE_MAX_S = 2
const KILLED_LATE_MIN_S = 3

/** Every worker is replaced again and again, one after another, while drills go on. */
export const upgrade: Bench = {
  name: 'upgrade',
  about: 'workers replaced one by one (SIGTERM) in mid-drill: nothing lost, each exits with 0, no step late',
  async *run({ size, say }) {
    yield* measure('postgres', DRILLS[size], say)
    if (have('redis')) yield* measure('redis', DRILLS[size], say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

/** How one worker ended. Platform time. */
type Ended = Readonly<{ role: string; code: number | null; tookMs: number }>
type Series = Readonly<{ played: readonly Played[]; ended: readonly Ended[] }>

async function* measure(
  backend: Backend,
  drills: number,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const { played, ended } = await series(backend, drills, 'SIGTERM')
  for (const one of played) for (const text of wrongWith(one)) say(`${backend}: ${text}`)
  const about = { bench: 'upgrade', backend, seed: SEED, better: 'lower' } as const
  const count = { ...about, unit: 'count' } as const
  yield { ...count, figure: 'drills', better: 'higher', value: played.length, goal: drills }
  yield { ...count, figure: 'workers-replaced', better: 'higher', value: ended.length, goal: drills }
  yield { ...count, figure: 'runs-lost', value: played.filter(({ lost }) => lost).length, goal: 0 }
  yield {
    ...count,
    figure: 'wrong',
    value: played.reduce((sum, one) => sum + wrongWith(one).length, 0),
    goal: 0,
  }
  yield {
    ...count,
    figure: 'exits-other-than-0',
    value: ended.filter(({ code }) => code !== 0).length,
    goal: 0,
  }
  const slowest = rounded(Math.max(...ended.map(({ tookMs }) => tookMs)) / 1000)
  yield { ...about, unit: 's', figure: 'exit-max', value: slowest, goal: 10 }
  yield { ...about, unit: 's', figure: 'step-late-max', value: latest(played), goal: LATE_MAX_S }
  const killed = await series(backend, 2 * WORLDS, 'SIGKILL')
  say(`control, killed instead of asked: a step late by ${latest(killed.played)} s`)
  yield {
    ...about,
    unit: 's',
    figure: 'control-killed-step-late-max',
    better: 'higher',
    value: latest(killed.played),
    goal: KILLED_LATE_MIN_S,
  }
}

function latest(played: readonly Played[]): number {
  return rounded(Math.max(...played.flatMap(({ watched }) => watched.latenesses)) / 1000)
}

async function series(backend: Backend, drills: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<Series> {
  const arena = await openArena({ backend, seed: SEED, worlds: WORLDS, roles: ROLES })
  const over = new AbortController()
  const rolling = roll(arena, signal, over.signal)
  rolling.catch(() => undefined)
  const played: Played[] = []
  try {
    const kinds = DRILL_KINDS.filter((kind) => kind !== 'approval' && kind !== 'recovering')
    const items = Array.from({ length: drills }, (_, n) => kinds[n % kinds.length] ?? 'linear')
    await eachInAWorld(arena.worlds, items, async (kind, world) => {
      played.push(await arena.play(drillOf(kind, world, stepsOf(kind, world)), world))
    })
    over.abort()
    return { played, ended: await rolling }
  } finally {
    over.abort()
    await rolling.catch(() => undefined)
    await arena.close()
  }
}

/** Round and round: whoever is oldest is replaced, and the next one's turn comes when that one has ended. */
async function roll(
  { crew }: Arena,
  signal: 'SIGTERM' | 'SIGKILL',
  over: AbortSignal,
): Promise<readonly Ended[]> {
  const ended: Ended[] = []
  while (!over.aborted) {
    const [oldest] = crew.members()
    if (oldest === undefined) throw new Error('nobody is left')
    // There is one disk with kits, so there is one reaper at a time; of the others the new one comes first.
    const isAlone = oldest.role === 'reap'
    if (!isAlone) await crew.add(oldest.role)
    ended.push(await end(oldest, signal))
    if (isAlone) await crew.add(oldest.role)
    await systemClock.sleep(PAUSE_MS, over)
  }
  return ended
}

async function end(member: Member, signal: 'SIGTERM' | 'SIGKILL'): Promise<Ended> {
  const startedMs = systemClock.monotonicMs()
  const code = await member.end(signal)
  return { role: member.role, code, tookMs: systemClock.monotonicMs() - startedMs }
}
