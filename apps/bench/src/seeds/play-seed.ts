import { canonicalJson, type JournalEvent, type RunId, type RunState } from '@firedrill/core'
import { seededRandom } from '@firedrill/testkit'
import { seedCloud, type Effect, type Weakness } from './cloud.ts'
import { Judge, sha256 } from './judge.ts'
import { planOfSeed, type SeedPlan } from './plan-of-seed.ts'
import { seedPlatform } from './platform.ts'
import { born, Turns, type Life } from './turns.ts'
import { ask, calm, stir, strike, tend, type Stage } from './unrest.ts'

const TEAM = 'default'
/** Steps after which a seed is taken for stuck. */
const STEPS_MAX = 40_000
/** How long after the last unrest a run may take without being told to end. */
const LATE_AFTER_MS = 60_000
/** How long everybody goes on after the last run has ended, so that whoever was stopped has woken up. */
const AFTER_MS = 3000
/** Share of telling calls at which a process is struck while there is unrest. */
const STRIKES = 0.01

/** One run of a seed, as its journal tells it. */
export type SeedRun = Readonly<{ id: RunId; state: RunState; events: readonly JournalEvent[] }>

/** What came of a seed. `problems` is empty when every promise was kept. */
export type PlayedSeed = Readonly<{
  seed: number
  plan: SeedPlan
  steps: number
  problems: readonly string[]
  runs: readonly SeedRun[]
  effects: readonly Effect[]
}>

/** Plays one seed: the same number gives the same history. Ends at the first broken promise. */
export async function playSeed(seed: number, weakness?: Weakness): Promise<PlayedSeed> {
  const plan = planOfSeed(seededRandom(seed * 7919 + 1))
  const random = seededRandom(seed)
  const turns = new Turns(random)
  const effects: Effect[] = []
  const lastTrouble = turns.now() + plan.unrestMs * 1000
  const disk = new Map<string, string>()
  const judge = new Judge(disk, () => lastTrouble)
  const tell = (effect: Effect) => {
    effects.push(effect)
    judge.felt(effect)
  }
  const cloud = seedCloud({
    turns,
    random,
    manners: random.next() < 0.5 ? 'keyed' : 'harsh',
    instances: plan.instances,
    tell,
    weakness,
  })
  const platform = seedPlatform({
    turns,
    random,
    cloud,
    disk,
    weakness,
    saw: (events) => judge.saw(events),
    halted: (since) => judge.halted(since),
    strike: (life) => strike(stage, life, storm),
  })
  const people = born('people')
  const storm = born('storm')
  const runs: RunId[] = []
  const stage: Stage = {
    turns,
    random,
    cloud,
    platform,
    useCases: platform.useCases(people),
    processes: [
      ...Array.from(
        { length: plan.workers },
        (_, n) => (serial: number) => platform.worker(`w${n + 1}.${serial}`),
      ),
      (serial: number) => platform.reaper(`r1.${serial}`),
    ].map((make) => {
      let serial = 1
      return { life: make(serial), again: () => make(++serial) }
    }),
    runs,
    start: await bookDrill(platform, plan, runs, people, () => cloud.repair(judge.isLive)),
  }
  const steps = await playOut(stage, plan)
  const told = await Promise.all(runs.map((id) => tellRun(platform, id)))
  if (judge.problems.length === 0) judge.end()
  return { seed, plan, steps, problems: judge.problems, runs: told, effects }

  async function playOut(on: Stage, { unrestMs }: SeedPlan): Promise<number> {
    const first = on.start().catch(() => undefined)
    void first
    platform.weather.strikes = STRIKES
    void live(on, unrestMs, storm)
    let count = 0
    let endedAt: number | undefined
    const isDown = () => effects.some(({ what, at }) => what === 'injected' && turns.now() - at < 2_500_000)
    for (; count < STEPS_MAX && judge.problems.length === 0; count++) {
      if (!(await turns.step())) break
      await platform.probe(isDown)
      judge.look(turns.now())
      const isStopped = on.processes.some(({ life }) => !life.isDead && life.stoppedUntil > turns.now())
      const isOver = judge.isOver() && !isStopped
      endedAt = isOver ? (endedAt ?? turns.now()) : undefined
      if (endedAt !== undefined && turns.now() > endedAt + AFTER_MS * 1000) break
    }
    return count
  }
}

/** People and storms until the unrest is over; then somebody with sense. */
async function live(stage: Stage, unrestMs: number, storm: Life): Promise<void> {
  const { turns, random } = stage
  const until = turns.now() + unrestMs * 1000
  const attempt = (work: () => Promise<unknown>) => work().catch(() => undefined)
  const stormy = async () => {
    for (;;) {
      await turns.turn(storm, 500 + random.next() * 8000)
      if (turns.now() >= until) return
      stir(stage, storm)
    }
  }
  const person = born('person')
  const busy = async () => {
    for (;;) {
      await turns.turn(person, 500 + random.next() * 7000)
      if (turns.now() >= until) return
      await attempt(() => ask(stage))
    }
  }
  void stormy()
  void busy()
  await turns.turn(person, unrestMs)
  calm(stage)
  for (;;) {
    await turns.turn(person, 2000)
    calm(stage)
    const actor = { kind: 'person', id: 'cho', name: 'Cho' } as const
    await attempt(() => stage.useCases.liftHalt({ teamId: TEAM, actor, reason: 'over' }))
    const isLate = turns.now() > until + LATE_AFTER_MS * 1000
    for (const run of stage.runs) await attempt(() => tend(stage, run, isLate))
  }
}

async function bookDrill(
  platform: ReturnType<typeof seedPlatform>,
  { scenario, environment }: SeedPlan,
  runs: RunId[],
  people: Life,
  tidy: () => void,
): Promise<() => Promise<void>> {
  const { stores, ids } = platform
  const actor = { kind: 'person', id: 'ana', name: 'Ana' } as const
  const about = { teamId: TEAM, source: '', origin: 'file', actor } as const
  const hashOf = (of: object) => sha256(canonicalJson(of))
  await stores.definitions.put({
    ...about,
    kind: 'scenario',
    name: scenario.name,
    hash: hashOf(scenario),
    compiled: scenario,
  })
  await stores.definitions.put({
    ...about,
    kind: 'environment',
    name: environment.name,
    hash: hashOf(environment),
    compiled: environment,
  })
  const drillId = ids.mint('drill')
  await stores.drills.book({
    id: drillId,
    teamId: TEAM,
    title: 't',
    scenario: scenario.name,
    environment: environment.name,
    createdBy: actor,
  })
  const useCases = platform.useCases(people)
  return async () => {
    tidy()
    const run = await useCases.startRun({ teamId: TEAM, actor, drillId })
    runs.push(run.id)
  }
}

async function tellRun({ stores }: ReturnType<typeof seedPlatform>, id: RunId): Promise<SeedRun> {
  const row = await stores.runs.get(TEAM, id)
  if (row === undefined) throw new Error(`run ${id} is gone`)
  return { id, state: row.state, events: await stores.runs.events(id, 0, 10_000) }
}
