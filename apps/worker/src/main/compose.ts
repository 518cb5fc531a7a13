import {
  createAwsClients,
  createFaultCatalogue,
  createIdentity,
  createMetrics,
  createReadiness,
  type AwsClients,
} from '@firedrill/aws'
import type { Actor, ActorKind } from '@firedrill/core'
import { openStores, type Stores } from '@firedrill/db'
import {
  ceilingRoom,
  createLogger,
  createShutdown,
  createWorldClocks,
  dbRoom,
  endWithParent,
  hostsOf,
  loadConfig,
  logRoom,
  queueRoom,
  sha256,
  systemClock,
  systemRandom,
  workerRoom,
  type Logger,
  type Shutdown,
  type WorldClocks,
} from '@firedrill/runtime'
import type { AdvancePorts } from '@firedrill/engine'
import type { Role } from '../options.ts'

const ACTOR_KINDS: Readonly<Record<Role, ActorKind>> = {
  advance: 'worker',
  recover: 'worker',
  reap: 'reaper',
  probe: 'prober',
}

/** Everything a worker process is made of; the roles take their parts. */
export type Worker = Readonly<{
  role: Role
  config: ReturnType<typeof readConfig>
  log: Logger
  shutdown: Shutdown
  stores: Stores
  clients: AwsClients
  worldClocks: WorldClocks
  actor: Actor
  /** The engine's ports but the hints, which each role gets from elsewhere. */
  ports: Omit<AdvancePorts, 'hints'>
}>

function readConfig(env: NodeJS.ProcessEnv) {
  return loadConfig(
    { db: dbRoom, queue: queueRoom, worker: workerRoom, log: logRoom, ceiling: ceilingRoom },
    env,
  )
}

/** Constructs the adapters. The only place that does so in this app, besides the roles' own queue. */
export function composeWorker(role: Role): Worker {
  const config = readConfig(process.env)
  const log = createLogger(`worker ${role}`, config.log)
  const shutdown = createShutdown({ log, clock: systemClock })
  endWithParent(shutdown)
  const stores = openStores({
    url: config.db.url,
    connectionsMax: config.db.poolSize,
    name: `firedrill ${role}`,
    clock: systemClock,
    onConnectionError: (error) => log.warn({ err: error }, 'a database connection was lost'),
  })
  shutdown.add('stores', () => stores.close())
  const worldClocks = createWorldClocks({
    store: stores.clocks,
    platformNow: () => stores.runs.now(),
    clock: systemClock,
    onFailure: (environment, error) =>
      log.warn({ environment, err: error }, 'the clock of an environment could not be read'),
  })
  shutdown.add('world clocks', () => worldClocks.stop())
  const clients = createAwsClients()
  shutdown.add('aws clients', () => clients.close())
  const id = `${role}@${config.worker.owner}`
  const actor: Actor = { kind: ACTOR_KINDS[role], id, name: `${role} ${process.pid}` }
  const { calendars, runs, undo, halt, definitions, evidence, samples } = stores
  return {
    role,
    config,
    log,
    shutdown,
    stores,
    clients,
    worldClocks,
    actor,
    ports: {
      actor,
      calendars,
      clock: systemClock,
      clockOf: (teamId, environment) => worldClocks.of(teamId, environment),
      crash: () => undefined,
      definitions,
      evidence,
      faults: createFaultCatalogue(clients),
      halt,
      identity: createIdentity(clients),
      installation: { ceiling: config.ceiling, hosts: hostsOf(config) },
      metrics: createMetrics(clients),
      random: systemRandom,
      readiness: createReadiness(clients),
      runs,
      samples,
      sha256,
      undo,
    },
  }
}
