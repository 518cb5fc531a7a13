import {
  type createAwsClients,
  createFaultCatalogue,
  createIdentity,
  createMetrics,
  createReadiness,
} from '@firedrill/aws'
import {
  canonicalJson,
  isEnd,
  isRecovery,
  platformInstant,
  REAL_CLOCK,
  type Actor,
  type CompiledEnvironment,
  type CompiledScenario,
  type RunId,
  type RunState,
} from '@firedrill/core'
import { createAdvance, createReaper, createStartRun, type EnginePorts } from '@firedrill/engine'
import { sha256 } from '@firedrill/runtime'
import { SECOND, type Simulator } from '@firedrill/sim'
import { buildEnvironment, manualTime, memoryStores, seededIds, seededRandom } from '@firedrill/testkit'
import { libraryRunbook, openCrew, type Hands } from './crew.ts'
import { sampleTruth } from './sampled-truth.ts'

const TEAM = 'default'
/** World time at which every lab begins. */
export const START_AT = Date.UTC(2026, 10, 3, 9, 0, 0) * 1000
const LOOK_EVERY_S = 5
/** Longer waits of a call are its deadline. */
const REST_MS_MAX = 6000
const WORLD_SECONDS_MAX = 3 * 3600
const person: Actor = { kind: 'person', id: 'ana', name: 'Ana' }

/** What a lab is made of. `people`: what people do at each step of the scenario's runbook; absent: nobody comes. */
export type LabSetup = Readonly<{
  sim: Simulator
  clients: ReturnType<typeof createAwsClients>
  scenario: CompiledScenario
  environment: CompiledEnvironment
  people?: Hands | undefined
  /** Told after each second of the world how much processor time the platform took in it, with SDK and simulator. */
  onSecond?: ((state: RunState, workMs: number) => void) | undefined
}>

/**
 * The engine over memory, the adapters and unmodified SDK clients over sockets against a simulator in this process, whose time
 * moves when nothing is left to do.
 */
export function openLab({ sim, clients, scenario, environment, people: hands, onSecond }: LabSetup) {
  const time = manualTime(platformInstant(sim.world.now()))
  const stores = memoryStores(time.now)
  const ports = { ...portsOf(clients, stores, time), calls: { ...time.clock, sleep: rest } }
  const advance = createAdvance(ports)
  const look = createReaper({
    ...ports,
    marks: { read: async () => undefined, write: async () => undefined },
    actor: { kind: 'reaper', id: 'r1', name: 'reaper 1' },
    advance,
    wallNow: time.now,
    log: () => undefined,
  })
  const never = new AbortController().signal
  const vantages = environment.probes.vantages.map(({ name }) => name)
  let sampledTo: number = time.now()
  const crew =
    hands === undefined ? undefined : openCrew({ ...ports, world: sim.world, actor: person, hands })

  /** While a caller rests before it asks again nobody else is at work, so the world goes on; deadlines wait for it. */
  async function rest(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms > REST_MS_MAX) return time.clock.sleep(ms, signal)
    await time.advance(ms)
    sim.advance(ms * (SECOND / 1000))
  }

  async function round(id: RunId): Promise<number> {
    const now: number = time.now()
    await stores.samples.append(
      id,
      sampleTruth(sim.world, scenario.probes, vantages, { from: sampledTo, to: now }),
    )
    sampledTo = now
    const began = process.cpuUsage()
    for (const due of await stores.runs.due(5))
      await advance(due.id, isRecovery(due.status) ? 'recover' : 'advance', never)
    const { user, system } = process.cpuUsage(began)
    const workMs = (user + system) / 1000
    if (((now - START_AT) / SECOND) % LOOK_EVERY_S < 1) await look(never)
    await crew?.act(id, now)
    await time.advance(1000)
    sim.advance(SECOND)
    return workMs
  }

  return {
    now: (): number => time.now(),
    /** Plays to the end, or until `isFar` says so. */
    async play(isFar: (state: RunState) => boolean = () => false): Promise<RunState> {
      const id = await book(ports, stores, scenario, environment)
      for (let seconds = 0; seconds < WORLD_SECONDS_MAX; seconds++) {
        const row = await stores.runs.get(TEAM, id)
        if (row === undefined) throw new Error('the run is gone')
        if (isEnd(row.state.status) || isFar(row.state)) return row.state
        const workMs = await round(id)
        onSecond?.(row.state, workMs)
      }
      const row = await stores.runs.get(TEAM, id)
      throw new Error(
        `${scenario.name} is still ${row?.state.status ?? 'gone'} after three hours of the world`,
      )
    },
  }
}

type MemoryStores = ReturnType<typeof memoryStores>

function portsOf(
  clients: ReturnType<typeof createAwsClients>,
  stores: MemoryStores,
  time: ReturnType<typeof manualTime>,
): EnginePorts {
  const kits = new Map<string, string>()
  return {
    ...stores,
    actor: { kind: 'worker', id: 'w1', name: 'worker 1' },
    clock: time.clock,
    calls: time.clock,
    clockOf: async () => REAL_CLOCK,
    crash: () => undefined,
    faults: createFaultCatalogue(clients),
    hints: { send: async () => undefined },
    identity: createIdentity(clients),
    installation: { ceiling: {}, hosts: [], paging: 'command', dashboard: 'http://127.0.0.1:4600' },
    kits: {
      save: async (kit, content) => void kits.set(kit, content),
      list: async () => [...kits].map(([kit, content]) => ({ kit, content })),
      remove: async (kit) => void kits.delete(kit),
    },
    metrics: createMetrics(clients),
    pager: { via: 'command', page: async () => ({ ok: true, seen: 'called' }) },
    random: seededRandom(1),
    readiness: createReadiness(clients),
    sha256,
  }
}

async function book(
  ports: EnginePorts,
  stores: MemoryStores,
  scenario: CompiledScenario,
  environment: CompiledEnvironment,
): Promise<RunId> {
  const ids = seededIds(7)
  const about = { teamId: TEAM, source: '', origin: 'file', actor: person } as const
  const hashOf = (of: object) => sha256(canonicalJson(of))
  const { name } = scenario
  await stores.definitions.put({
    ...about,
    kind: 'scenario',
    name,
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
  const runbook = scenario.runbook === undefined ? undefined : libraryRunbook(name)
  if (runbook !== undefined)
    await stores.definitions.put({
      ...about,
      kind: 'runbook',
      name: runbook.name,
      hash: hashOf(runbook),
      compiled: runbook,
    })
  const drill = await stores.drills.book({
    id: ids.mint('drill'),
    teamId: TEAM,
    title: name,
    scenario: name,
    environment: environment.name,
    createdBy: person,
  })
  return (await createStartRun({ ...ports, ids })(drill, person, { sandboxOnly: true, seed: 1 })).id
}

/** The environment of `npm start`, for a simulator of this process. */
export function labEnvironment({ world, endpoints }: Simulator): CompiledEnvironment {
  const regions = [...new Set([...world.compute.groups.values()].map(({ region }) => region))]
  const [primary = 'eu-west-1', standby = primary, ...others] = regions
  const named = Object.fromEntries(others.map((region, index) => [`standby-${index + 2}`, region]))
  const [zone] = [...world.dns.zones.values()]
  const vantages = [...world.resolvers.vantages.values()].filter(({ region }) => region !== primary)
  return buildEnvironment({
    name: 'sandbox',
    account: world.account,
    regions: { primary, standby, ...named },
    hostedZones: { public: { id: zone?.id ?? '', domain: (zone?.name ?? '').replace(/\.$/, '') } },
    aws: {
      endpoint: endpoints.aws,
      credentials: {
        source: 'static',
        accessKeyId: 'FIREDRILLSIM',
        secretAccessKey: 'firedrill-simulator-secret',
      },
      fisRoleArn: `arn:aws:iam::${world.account}:role/firedrill-fis`,
    },
    probes: { vantages: vantages.map(({ name }) => ({ name })) },
    touch: {
      requiredTags: { ChaosReady: 'true' },
      exemptTag: 'ChaosExempt',
      protectedRecords: [],
      blastRadius: { targetsMax: 24, percentMax: 100 },
    },
  })
}
