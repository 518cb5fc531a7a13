import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createAwsClients,
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
import { compileScenario, formatProblems } from '@firedrill/scenario-file'
import { SECOND, startSimulator, type Simulator } from '@firedrill/sim'
import { buildEnvironment, manualTime, memoryStores, seededIds, seededRandom } from '@firedrill/testkit'
import { ROOT } from '../sandbox/start-sandbox.ts'
import { libraryRunbook, openCrew, type Hands } from './crew.ts'
import { likenessOf } from './likeness.ts'
import { sampleTruth } from './sampled-truth.ts'

/** How one scenario fared in one world. */
export type Played = Readonly<{
  /** The verdict, or the status of a run that injected nothing. */
  ended: string
  state: RunState
  /** Why it was refused, or what each objective came to. */
  said: readonly string[]
  /** What the world lost and what it gained by the drill, up to the declared restoration. */
  differences: readonly string[]
  /** How long the world took, in seconds. */
  worldSeconds: number
}>

/** What to play, with values for the scenario's parameters. */
export type Play = Readonly<{
  scenario: string
  world: string
  seed?: number
  parameters?: Readonly<Record<string, string>>
  /** What people do in the world at each step of the scenario's runbook; absent: nobody comes. */
  people?: Hands
}>

const TEAM = 'default'
const START_AT = Date.UTC(2026, 10, 3, 9, 0, 0) * 1000
const LOOK_EVERY_S = 5
/** Caches of resolvers and slow alarms have settled by then, so that the worlds may be compared. */
const AFTERMATH_S = 420
const WORLD_SECONDS_MAX = 3 * 3600
const person: Actor = { kind: 'person', id: 'ana', name: 'Ana' }

/** A scenario of the library by name, compiled with its parents. @throws Error with every problem of the file. */
export function libraryScenario(
  name: string,
  parameters: Readonly<Record<string, string>> = {},
): CompiledScenario {
  const fileOf = (one: string) => join(ROOT, 'scenarios', one, 'scenario.yaml')
  const compiled = compileScenario(readFileSync(fileOf(name), 'utf8'), {
    parameters,
    resolve: (parent) => ({ file: fileOf(parent), text: readFileSync(fileOf(parent), 'utf8') }),
  })
  if (compiled.ok) return compiled.compiled
  throw new Error(formatProblems(compiled.problems, fileOf(name)))
}

/**
 * Plays one scenario of the library to its end: the engine over memory, the adapters and unmodified SDK clients over
 * sockets against a simulator in this process, whose time moves when nothing is left to do.
 */
export async function playScenario(play: Play): Promise<Played> {
  const { world, seed = 1 } = play
  const scenario = libraryScenario(play.scenario, play.parameters)
  const sim = await startSimulator({ rate: 'manual', world, seed, startAt: START_AT })
  const clients = createAwsClients()
  try {
    const lab = openLab(sim, clients, scenario, play.people)
    const before = likenessOf(sim.world)
    const began = lab.now()
    const state = await lab.play()
    const worldSeconds = (lab.now() - began) / SECOND
    sim.advance(AFTERMATH_S * SECOND)
    const after = likenessOf(sim.world)
    return {
      ended: state.measurement?.verdict ?? state.status,
      state,
      said: saidBy(state),
      differences: [
        ...before.filter((line) => !after.includes(line)).map((line) => `lost ${line}`),
        ...after.filter((line) => !before.includes(line)).map((line) => `gained ${line}`),
      ],
      worldSeconds,
    }
  } finally {
    clients.close()
    await sim.close()
  }
}

function openLab(
  sim: Simulator,
  clients: ReturnType<typeof createAwsClients>,
  scenario: CompiledScenario,
  hands: Hands | undefined,
) {
  const time = manualTime(platformInstant(sim.world.now()))
  const stores = memoryStores(time.now)
  const environment = environmentOf(sim)
  const ports = portsOf(clients, stores, time)
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

  async function round(id: RunId): Promise<void> {
    const now: number = time.now()
    await stores.samples.append(
      id,
      sampleTruth(sim.world, scenario.probes, vantages, { from: sampledTo, to: now }),
    )
    sampledTo = now
    for (const due of await stores.runs.due(5))
      await advance(due.id, isRecovery(due.status) ? 'recover' : 'advance', never)
    if (((now - START_AT) / SECOND) % LOOK_EVERY_S < 1) await look(never)
    await crew?.act(id, now)
    await time.advance(1000)
    sim.advance(SECOND)
  }

  return {
    now: (): number => time.now(),
    async play(): Promise<RunState> {
      const id = await book(ports, stores, scenario, environment)
      for (let seconds = 0; seconds < WORLD_SECONDS_MAX; seconds++) {
        const row = await stores.runs.get(TEAM, id)
        if (row === undefined) throw new Error('the run is gone')
        if (isEnd(row.state.status)) return row.state
        await round(id)
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
function environmentOf({ world, endpoints }: Simulator): CompiledEnvironment {
  const regions = [...new Set([...world.compute.groups.values()].map(({ region }) => region))]
  const [primary = 'eu-west-1', standby = primary] = regions
  const [zone] = [...world.dns.zones.values()]
  const vantages = [...world.resolvers.vantages.values()].filter(({ region }) => region !== primary)
  return buildEnvironment({
    name: 'sandbox',
    account: world.account,
    regions: { primary, standby },
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

function saidBy(state: RunState): readonly string[] {
  const judged = state.measurement?.objectives ?? []
  return [
    ...(state.refusal === undefined ? [] : [`refused: ${state.refusal}`]),
    ...judged.map(({ objective, verdict, observed, reason }) => {
      const [lo, hi] = [observed?.lo, observed?.hi].map((at) => (typeof at === 'number' ? at / SECOND : '?'))
      return `${objective} ${verdict}, ${lo} to ${hi} s: ${reason}`
    }),
  ]
}
