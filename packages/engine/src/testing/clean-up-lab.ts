import { createHash } from 'node:crypto'
import {
  canonicalJson,
  isEnd,
  isRecovery,
  plusMs,
  REAL_CLOCK,
  worldInstant,
  type Actor,
  type CompiledEnvironment,
  type CompiledScenario,
  type DatabaseMark,
  type FaultCatalogue,
  type FaultDriver,
  type JournalEvent,
  type Page,
  type RunId,
  type RunState,
  type Sample,
} from '@firedrill/core'
import {
  buildEnvironment,
  buildScenario,
  fakeFaultDriver,
  fakeScheduler,
  fakeWorld,
  manualTime,
  memoryHints,
  memoryStores,
  seededIds,
  seededRandom,
} from '@firedrill/testkit'
import { createAdvance } from '../advance.ts'
import { createRequestAbort } from '../ask-run.ts'
import { createHaltAll } from '../halt.ts'
import type { EnginePorts } from '../ports.ts'
import { createReaper } from '../reap.ts'
import { createStartRun } from '../start-run.ts'

/** Whose runs these are. */
export const TEAM = 'default'
const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')
const person: Actor = { kind: 'person', id: 'ana', name: 'Ana' }

/** A step that breaks all instances of one zone. */
export function breakZone(name: string, zone: string): CompiledScenario['steps'][number] {
  const [step] = buildScenario().steps
  if (step?.kind !== 'inject') throw new Error('the built scenario begins with an inject step')
  return { ...step, name, targets: { ...step.targets, zones: [zone], choose: { mode: 'all' } } }
}

/** What a test may want otherwise. `wrap` puts something between the engine and the fault driver. */
export type LabOptions = Readonly<{
  scenario?: Partial<CompiledScenario>
  environment?: Partial<CompiledEnvironment>
  /** Whether runs may start in sandboxes alone; default true. */
  sandboxOnly?: boolean
  instances?: number
  wrap?: (driver: FaultDriver) => FaultDriver
  metrics?: Partial<EnginePorts['metrics']>
  installation?: Partial<EnginePorts['installation']>
  /** Whether the fake cloud's scheduler can take the fault out; default true. */
  isSchedulable?: boolean
}>

/** An engine over memory and a fake world, driven step by step in manual time, with witnesses that it cannot see. */
export function cleanUpLab(options: LabOptions = {}) {
  const { scenario = {}, instances = 3, wrap = (driver) => driver } = options
  const time = manualTime()
  const stores = memoryStores(time.now)
  const world = fakeWorld(
    Array.from({ length: instances }, (_, n) => ({
      id: `i-${n + 1}`,
      zone: n === instances - 1 ? 'b' : 'a',
      tags: { drill: 'yes' },
      value: 'running',
    })),
  )
  const scheduler = fakeScheduler(world, options.isSchedulable ?? true)
  const { driver } = fakeFaultDriver({ world, deadMan: scheduler.deadMan })
  const wrapped = wrap(driver)
  const faults: FaultCatalogue = {
    get: (name) => (name === wrapped.name ? wrapped : undefined),
    list: () => [wrapped],
  }
  const kits = new Map<string, string>()
  const disk: { mark?: DatabaseMark; isFull?: boolean } = {}
  const hints = memoryHints()
  const logged: string[] = []
  const alarm = { state: 'OK' }
  const evidence = { isLost: false, isAway: false }
  const database = { isAway: false }
  const pager = { isAway: false, calls: [] as Page[] }
  const ports: EnginePorts = {
    ...stores,
    actor: { kind: 'worker', id: 'w1', name: 'worker 1' },
    clock: time.clock,
    calls: time.clock,
    clockOf: async () => REAL_CLOCK,
    crash: () => undefined,
    evidence: {
      ...stores.evidence,
      get: async (hash) => {
        if (evidence.isAway) throw new Error('the store of evidence is away')
        return evidence.isLost ? undefined : stores.evidence.get(hash)
      },
      put: async (...about) => {
        if (evidence.isAway) throw new Error('the store of evidence is away')
        return stores.evidence.put(...about)
      },
    },
    faults,
    hints,
    installation: {
      ceiling: {},
      hosts: [],
      paging: 'command',
      dashboard: 'http://127.0.0.1:4600',
      ...options.installation,
    },
    readiness: {
      safetyLever: async () => ({ ok: true, value: { state: 'disengaged', reason: '' } }),
      allowances: async () => ({ ok: true, value: [] }),
    },
    identity: {
      whoAmI: async () => ({
        ok: true,
        value: { account: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/x/y' },
      }),
    },
    kits: {
      save: async (kit, content) => void kits.set(kit, content),
      list: async () => [...kits].map(([kit, content]) => ({ kit, content })),
      remove: async (kit) => void kits.delete(kit),
    },
    metrics: {
      buckets: async () => ({ ok: true, value: [] }),
      alarmHistory: async () => ({ ok: true, value: [] }),
      alarmState: async () => ({ ok: true, value: alarm.state }),
      publish: async () => ({ ok: true, value: null }),
      ...options.metrics,
    },
    pager: {
      via: 'command',
      page: async (page) => {
        if (pager.isAway) return { ok: false, why: 'nobody answers' }
        pager.calls.push(page)
        return { ok: true, seen: 'called' }
      },
    },
    random: seededRandom(1),
    sha256,
  }
  const advance = createAdvance(ports)
  const reaperPorts = {
    ...ports,
    marks: {
      read: async () => {
        if (disk.isFull === true) throw new Error('the disk cannot be read')
        return disk.mark
      },
      write: async (mark) => {
        if (disk.isFull === true) throw new Error('no space is left')
        disk.mark = mark
      },
    },
    runs: {
      ...ports.runs,
      now: () => (database.isAway ? Promise.reject(new Error('away')) : ports.runs.now()),
    },
    actor: { kind: 'reaper', id: 'r1', name: 'reaper 1' },
    advance,
    wallNow: time.now,
    log: (what, details) => void logged.push(`${what} ${JSON.stringify(details)}`),
  } satisfies Parameters<typeof createReaper>[0]
  let look = createReaper(reaperPorts)
  const never = new AbortController().signal
  const compiled = buildScenario({
    response: 'restore',
    blastRadius: { targetsMax: 200, percentMax: 100 },
    ...scenario,
  })
  const environment = buildEnvironment({
    touch: {
      requiredTags: {},
      exemptTag: 'drill-exempt',
      protectedRecords: [],
      blastRadius: { targetsMax: 200, percentMax: 100 },
    },
    ...options.environment,
  })
  let lastSample = time.now() as number

  async function probe(runId: RunId): Promise<void> {
    const samples: Sample[] = []
    for (; lastSample <= time.now(); lastSample += 1_000_000) {
      const start = worldInstant(lastSample)
      samples.push({ probe: 'front', vantage: 'here', start, end: plusMs(start, 10), outcome: 'good' })
    }
    await stores.samples.append(runId, samples)
  }

  const lab = {
    ports,
    time,
    world,
    scheduler,
    kits,
    logged,
    alarm,
    database,
    pager,
    advance: (runId: RunId, role: 'advance' | 'recover' = 'advance') => advance(runId, role, never),
    reap: () => look(never),
    /** The reaper is started anew: all it remembers is what is on its disk. */
    restartReaper: () => {
      look = createReaper(reaperPorts)
    },
    disk,
    /** The runs as a version of the platform has them that folds another format. */
    runsOfFormat: (format: number) => stores.runsOfFormat(format),
    /** Backs the database up; what it answers restores it. */
    backUp: () => stores.backUp(),
    async start(): Promise<RunId> {
      for (const [kind, definition] of [
        ['scenario', compiled],
        ['environment', environment],
      ] as const) {
        const hash = sha256(canonicalJson(definition))
        const about = { teamId: TEAM, name: definition.name, hash, source: '', origin: 'file', actor: person }
        if (kind === 'scenario') await stores.definitions.put({ ...about, kind, compiled, origin: 'file' })
        else await stores.definitions.put({ ...about, kind, compiled: environment, origin: 'file' })
      }
      const drill = { id: lab.ids.mint('drill'), teamId: TEAM, title: 't', scenario: compiled.name } as const
      const booked = await stores.drills.book({
        ...drill,
        environment: environment.name,
        createdBy: person,
      })
      const start = createStartRun({ ...ports, ids: lab.ids })
      return (await start(booked, person, { sandboxOnly: options.sandboxOnly ?? true })).id
    },
    ids: seededIds(7),
    async state(runId: RunId): Promise<RunState> {
      const run = await stores.runs.get(TEAM, runId)
      if (run === undefined) throw new Error('no such run')
      return run.state
    },
    events: (runId: RunId): Promise<readonly JournalEvent[]> => stores.runs.events(runId, 0, 100_000),
    /** One round: every due run is served, the reaper looks, the prober probes. */
    async round(runId: RunId, ms = 500): Promise<void> {
      await probe(runId)
      for (const due of await stores.runs.due(50)) {
        await advance(due.id, isRecovery(due.status) ? 'recover' : 'advance', never).catch((error: unknown) =>
          logged.push(`advance threw ${String(error)}`),
        )
      }
      await look(never)
      await time.advance(ms)
    },
    /** Rounds until something holds of the run. @throws when it does not within `roundsMax`. */
    async until(runId: RunId, holds: (state: RunState) => boolean, roundsMax = 4000): Promise<RunState> {
      for (let count = 0; count < roundsMax; count++) {
        const state = await lab.state(runId)
        if (holds(state)) return state
        await lab.round(runId)
      }
      const { status } = await lab.state(runId)
      throw new Error(`still ${status} after ${roundsMax} rounds\n${logged.slice(-5).join('\n')}`)
    },
    toEnd: (runId: RunId) => lab.until(runId, ({ status }) => isEnd(status)),
    evidence,
    /** Nothing that was stored as evidence can be read any more. */
    loseEvidence: () => {
      evidence.isLost = true
    },
    /** A newer version of the environment lets targets stay broken. */
    async allowLeaving(): Promise<void> {
      const compiled = { ...environment, touch: { ...environment.touch, irreversible: true } }
      const hash = sha256(JSON.stringify(compiled))
      const about = { teamId: TEAM, name: compiled.name, hash, source: '', actor: person } as const
      await stores.definitions.put({ ...about, kind: 'environment', compiled, origin: 'file' })
    },
    abort: (runId: RunId) => createRequestAbort(ports)(runId, person, 'enough'),
    halt: () => createHaltAll(ports)(TEAM, person, 'stop it all'),
  }
  return lab
}
