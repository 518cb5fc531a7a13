import { isAppError, isEnd, type DrillId, type RunId, type RunRow, type Status } from '@firedrill/core'
import { have, installCommand } from '@firedrill/local'
import { systemClock, systemIds } from '@firedrill/runtime'
import { rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { waitUntil } from '../sandbox/wait-until.ts'
import { inLanes, openArena, type Arena, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { drillOf, stepsOf } from './drill-kinds.ts'
import { before, find, isFault, isRevert, type Before } from './witness.ts'
import type { ProofWorld } from './world.ts'

const SEED = 1
/** In so many worlds faults are in when the halt comes; in as many others they would be put in by the starts. */
const STANDING = 2
const STARTS = 1000
const LANES = 40
/** The halt comes when so many starts were answered. */
const HALT_AFTER = 300
/** Platform time, as all of these. For everything that was stopped to come to its end. */
const OVER_MS = 180_000
/** After the halt was lifted, for what it let slip to show. */
const AFTERWARDS_MS = 10_000
/** From the guard's yes to the cloud: what was let go right before the halt still arrives. */
const ON_ITS_WAY_MS = 1000
const LONG = { observeMaxMs: 12 * 3_600_000, recoverWithinMs: 12 * 3_600_000, settleMs: 1000 }

/** The global halt in the middle of a thousand starts. */
export const halt: Bench = {
  name: 'halt',
  about: 'the global halt in the middle of 1,000 starts: none slips through, and what was in goes out',
  async *run({ say }) {
    yield* measure('postgres', say)
    if (have('redis')) yield* measure('redis', say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

async function* measure(backend: Backend, say: (line: string) => void): AsyncGenerator<Figure> {
  const one = await race(backend, 'halt')
  for (const text of one.wrong) say(text)
  say(
    `${backend}: ${one.accepted} starts accepted, ${one.turnedDown} turned down, all stopped after ${one.stoppedS} s`,
  )
  const about = { bench: 'halt', backend, seed: SEED, better: 'lower' } as const
  const count = { ...about, unit: 'count' } as const
  yield { ...count, figure: 'starts', better: 'higher', value: one.accepted + one.turnedDown, goal: STARTS }
  yield { ...count, figure: 'not-stopped', value: one.notStopped, goal: 0 }
  yield { ...count, figure: 'faults-after', value: one.faultsAfter, goal: 0 }
  yield { ...count, figure: 'wrong', value: one.wrong.length, goal: 0 }
  yield { ...about, unit: 's', figure: 'last-revert-issued', value: one.revertS, goal: 2 }
  yield { ...about, unit: 's', figure: 'halt-answered', value: one.stoppedS, goal: null }
  const control = await race(backend, 'abort-what-is-there')
  say(`control, what is there is aborted but nothing is halted: ${control.notStopped} not stopped`)
  yield {
    ...count,
    figure: 'control-no-halt-not-stopped',
    better: 'higher',
    value: control.notStopped,
    goal: 1,
  }
}

/** Times in seconds of platform time from the halt on. */
type Race = Readonly<{
  accepted: number
  turnedDown: number
  /** Runs that were neither over nor told to stop when the halt was answered and the last start too. */
  notStopped: number
  faultsAfter: number
  wrong: readonly string[]
  revertS: number
  stoppedS: number
}>

async function race(backend: Backend, by: 'halt' | 'abort-what-is-there'): Promise<Race> {
  const arena = await openArena({ backend, seed: SEED, worlds: 2 * STANDING })
  try {
    const { lab, worlds } = arena
    const [held, free] = [worlds.slice(0, STANDING), worlds.slice(STANDING)]
    const was = await Promise.all(worlds.map(({ control }) => before(control)))
    const standing = await Promise.all(held.map((world) => stand(arena, world)))
    const booked = await Promise.all(
      free.map((world) => lab.book(drillOf('halt', world, stepsOf('recovering', world)))),
    )
    const answers = await startAll(arena, booked, async () => {
      const askedAt = Date.now()
      await (by === 'halt' ? lab.setHalt('enough') : abortAll(arena))
      return { askedAt, answeredAt: Date.now() }
    })
    const runs = await Promise.all(answers.accepted.map((run) => lab.row(run)))
    const haltedAt = (await lab.stores.halt.get()).at ?? answers.stop.askedAt * 1000
    const common = {
      accepted: runs.length,
      turnedDown: answers.turnedDown,
      notStopped: runs.filter(({ state }) => !isEnd(state.status) && state.abort === undefined).length,
      stoppedS: rounded((answers.stop.answeredAt - answers.stop.askedAt) / 1000),
    }
    if (by !== 'halt') return { ...common, faultsAfter: 0, wrong: [], revertS: 0 }
    const played = await Promise.all(standing.map(({ over }) => over))
    await waitUntil('every run over', OVER_MS, async () => ((await areOver(arena, runs)) ? true : undefined))
    await lab.liftHalt('seen')
    await systemClock.sleep(AFTERWARDS_MS)
    return { ...common, ...(await judged(worlds, was, played, haltedAt)) }
  } finally {
    await arena.close()
  }
}

async function judged(
  worlds: readonly ProofWorld[],
  was: readonly Before[],
  played: readonly Played[],
  haltedAt: number,
): Promise<Pick<Race, 'faultsAfter' | 'wrong' | 'revertS'>> {
  const found = await Promise.all(
    worlds.flatMap(({ control }, n) => {
      const then = was[n]
      return then === undefined ? [] : [find(control, then)]
    }),
  )
  const mutations = found.flatMap((one) => one.mutations)
  const reverts = mutations.filter((one) => isRevert(one) && one.platformAt > haltedAt)
  return {
    faultsAfter: mutations.filter((one) => isFault(one) && one.platformAt > haltedAt + ON_ITS_WAY_MS * 1000)
      .length,
    wrong: [...played.flatMap(wrongWith), ...found.flatMap(({ left }) => left)],
    revertS: rounded(Math.max(0, ...reverts.map(({ platformAt }) => platformAt - haltedAt)) / 1_000_000),
  }
}

/** Begins a drill and settles when its faults are in. */
async function stand(arena: Arena, world: ProofWorld): Promise<Readonly<{ over: Promise<Played> }>> {
  const drill = drillOf('standing', world, stepsOf('recovering', world), {
    scenario: { timing: LONG, response: 'restore' },
  })
  const standing = Promise.withResolvers<void>()
  const over = arena.play(drill, world, {
    lostMs: OVER_MS,
    meanwhile: async (_run: RunId, status: Status) => {
      if (status === 'observing') standing.resolve()
    },
  })
  // Whoever waits for the end gets to know of a failure; the control does not wait.
  over.catch(() => undefined)
  await Promise.race([standing.promise, over.then(({ why }) => Promise.reject(new Error(why)))])
  return { over }
}

type Answers<T> = Readonly<{ accepted: readonly RunId[]; turnedDown: number; stop: T }>

/** Starts in many lanes, and `stop` in the middle of them. */
async function startAll<T>(
  { lab }: Arena,
  booked: readonly DrillId[],
  stop: () => Promise<T>,
): Promise<Answers<T>> {
  const accepted: RunId[] = []
  let turnedDown = 0
  let stopping: Promise<T> | undefined
  const starts = Array.from({ length: STARTS }, (_, n) => booked[n % booked.length])
  await inLanes(LANES, starts, async (drill) => {
    if (drill === undefined) return
    if (accepted.length + turnedDown >= HALT_AFTER) stopping ??= stop()
    const run = systemIds.mint('run')
    try {
      await lab.start(drill, run)
      accepted.push(run)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'halted') throw error
      turnedDown++
    }
  })
  if (stopping === undefined) throw new Error('there were too few starts')
  return { accepted, turnedDown, stop: await stopping }
}

async function areOver({ lab }: Arena, runs: readonly RunRow[]): Promise<boolean> {
  for (const { id } of runs) if (!isEnd((await lab.row(id)).state.status)) return false
  return true
}

/** What a halt without a halt would be: whatever is found is aborted. */
async function abortAll({ lab }: Arena): Promise<void> {
  for (const run of await lab.open()) await lab.abort(run, 'enough').catch(() => undefined)
}
