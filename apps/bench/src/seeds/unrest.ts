import { isEnd, type Actor, type Random, type RunId, type RunState } from '@firedrill/core'
import type { createUseCases } from '@firedrill/engine'
import type { seedCloud } from './cloud.ts'
import type { seedPlatform } from './platform.ts'
import type { Life, Turns } from './turns.ts'

const TEAM = 'default'
const PEOPLE: readonly Actor[] = [
  { kind: 'person', id: 'ana', name: 'Ana' },
  { kind: 'person', id: 'ben', name: 'Ben' },
]
const RUNS_MAX = 3
const never = new AbortController().signal

/** All that unrest stirs. */
export type Stage = Readonly<{
  turns: Turns
  random: Random
  cloud: ReturnType<typeof seedCloud>
  platform: ReturnType<typeof seedPlatform>
  useCases: ReturnType<typeof createUseCases>
  /** Every process that may be killed or stopped, by what starts another in its place. */
  processes: { life: Life; again: () => Life }[]
  start: () => Promise<void>
  runs: RunId[]
}>

/** What a person may ask of a run or of the whole platform. */
const ASKS = [
  'abort',
  'pause',
  'resume',
  'skip',
  'retry',
  'take-over',
  'resolve',
  'halt',
  'lift',
  'start',
  'change',
  'note',
] as const

function draw<T>(random: Random, from: readonly T[]): T | undefined {
  return from[Math.floor(random.next() * from.length)]
}

async function stateOf({ platform }: Stage, runId: RunId): Promise<RunState | undefined> {
  return (await platform.stores.runs.get(TEAM, runId))?.state
}

/** One thing that a person does at random. Whatever is refused is refused. */
export async function ask(stage: Stage): Promise<void> {
  const { random, runs, useCases, cloud, turns } = stage
  const runId = draw(random, runs)
  const actor = draw(random, PEOPLE)
  if (runId === undefined || actor === undefined) return
  const state = await stateOf(stage, runId)
  if (state === undefined) return
  const asked = { teamId: TEAM, actor, runId, reason: 'because' }
  const step = draw(random, Object.keys(state.steps)) ?? 'one'
  const what = state.status === 'paused' && random.next() < 0.4 ? 'resume' : draw(random, ASKS)
  switch (what) {
    case 'abort':
      return void (await useCases.requestAbort(asked))
    case 'pause':
      return useCases.pauseRun(asked)
    case 'resume':
      return useCases.resumeRun(asked)
    case 'skip':
      return useCases.skipStep({ ...asked, step })
    case 'retry':
      return useCases.retryStep({ ...asked, step })
    case 'take-over':
      return useCases.takeOver(asked)
    case 'resolve':
      return resolveOne(stage, actor, runId, state)
    case 'halt':
      if (random.next() < 0.5) return
      await useCases.setHalt({ teamId: TEAM, actor, reason: 'stop it all' }).catch(() => undefined)
      return
    case 'lift':
      return useCases.liftHalt({ teamId: TEAM, actor, reason: 'all is well' })
    case 'start':
      return runs.length < RUNS_MAX ? stage.start() : undefined
    case 'change':
      return random.next() < 0.3 ? cloud.change(`theirs-${turns.now()}`) : undefined
    case 'note':
      return void (await useCases.addNote({ teamId: TEAM, actor, runId, text: 'seen' }))
    case undefined:
  }
}

async function resolveOne(stage: Stage, actor: Actor, runId: RunId, state: RunState): Promise<void> {
  const open = Object.entries(state.steps).flatMap(([step, { targets }]) =>
    Object.keys(targets).map((target) => ({ step, target })),
  )
  const one = draw(stage.random, open)
  const answer = draw(stage.random, [
    'retry',
    'restore-ours',
    'keep-theirs',
    'mark-restored',
    'accept-as-is',
  ] as const)
  if (one === undefined || answer === undefined) return
  await stage.useCases.resolveTarget({
    teamId: TEAM,
    actor,
    runId,
    reason: 'because',
    ...one,
    answer,
    signal: never,
  })
}

async function afterwards(time: Promise<void>, work: () => void): Promise<void> {
  await time
  work()
}

/** A process is killed, and another starts in its place after a while; or it is stopped, past its lease or not. */
export function strike({ turns, random, processes }: Stage, life: Life, storm: Life): void {
  const one = processes.find((process) => process.life === life)
  if (one === undefined || life.isDead) return
  if (random.next() < 0.4) {
    life.stoppedUntil = turns.now() + Math.round(500_000 + random.next() * 9_500_000)
    return
  }
  life.isDead = true
  void afterwards(turns.turn(storm, random.next() * 4000), () => {
    one.life = one.again()
  })
}

/** One thing that goes wrong at random, for a while. */
export function stir(stage: Stage, storm: Life): void {
  const { turns, random, cloud, platform, processes } = stage
  const forMs = 500 + random.next() * 9500
  const until = turns.now() + Math.round(forMs * 1000)
  const one = draw(random, processes)
  const drawn = random.next()
  if (one !== undefined && drawn < 0.3) {
    strike(stage, one.life, storm)
  } else if (drawn < 0.5) {
    cloud.state.trouble = 0.7
    void afterwards(turns.turn(storm, forMs), () => {
      cloud.state.trouble = 0
    })
  } else if (drawn < 0.7) {
    cloud.state.trouble = 0.2 + random.next() * 0.5
    void afterwards(turns.turn(storm, forMs), () => {
      cloud.state.trouble = 0
    })
  } else if (drawn < 0.78) {
    platform.weather.databaseAwayUntil = until
  } else if (drawn < 0.86) {
    platform.weather.answersLost = 0.1
    void afterwards(turns.turn(storm, forMs / 2), () => {
      platform.weather.answersLost = 0
    })
  } else if (drawn < 0.9) {
    cloud.state.isDenying = true
    void afterwards(turns.turn(storm, forMs / 3), () => {
      cloud.state.isDenying = false
    })
  } else if (drawn < 0.95) {
    platform.weather.hintsLost = random.next()
  } else {
    cloud.state.alarm = 'ALARM'
  }
}

/** Nothing is wrong any more, and nobody does wrong any more. */
export function calm({ cloud, platform }: Stage): void {
  Object.assign(cloud.state, { trouble: 0, alarm: 'OK', isDenying: false })
  Object.assign(platform.weather, { databaseAwayUntil: 0, answersLost: 0, hintsLost: 0, strikes: 0 })
}

/** What somebody with sense does about a run that waits for people. `isLate`: it has had its time. */
export async function tend(stage: Stage, runId: RunId, isLate: boolean): Promise<void> {
  const state = await stateOf(stage, runId)
  const [actor] = PEOPLE
  if (state === undefined || actor === undefined || isEnd(state.status)) return
  const asked = { teamId: TEAM, actor, runId, reason: 'to get on' }
  if (isLate && state.abort === undefined) return void (await stage.useCases.requestAbort(asked))
  if (state.status === 'paused') {
    const failed = Object.entries(state.steps).find(([, { targets }]) =>
      Object.values(targets).some(({ injection }) => injection === 'failed-to-inject'),
    )
    if (failed === undefined || isLate) return stage.useCases.resumeRun(asked)
    const [step] = failed
    return stage.random.next() < 0.5
      ? stage.useCases.retryStep({ ...asked, step })
      : stage.useCases.skipStep({ ...asked, step })
  }
  if (state.status !== 'needs-person') return
  for (const [step, { targets }] of Object.entries(state.steps)) {
    for (const [target, { foreign, injection }] of Object.entries(targets)) {
      if (['restored', 'left', 'planned'].includes(injection)) continue
      const answer =
        foreign === undefined ? 'retry' : stage.random.next() < 0.5 ? 'keep-theirs' : 'restore-ours'
      await stage.useCases
        .resolveTarget({ ...asked, step, target, answer, signal: never })
        .catch(() => undefined)
    }
  }
}
