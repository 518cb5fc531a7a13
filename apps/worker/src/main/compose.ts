import {
  createAwsClients,
  createFaultCatalogue,
  createIdentity,
  createMetrics,
  createReadiness,
  ec2Sdk,
  openS3EvidenceStore,
  type AwsClients,
} from '@firedrill/aws'
import type { Actor, ActorKind, Pager, RunId, SendEvent } from '@firedrill/core'
import { openStores, type Stores } from '@firedrill/db'
import { NOBODY_IS_CALLED, type AdvancePorts } from '@firedrill/engine'
import { createCommandPager, createNobodyPager, createSendEvent, createWebhookPager } from '@firedrill/notify'
import {
  ceilingRoom,
  createLockstepClocks,
  createLogger,
  createShutdown,
  createWorldClocks,
  dbRoom,
  endWithParent,
  guardedRequest,
  evidenceRoom,
  hostsOf,
  joinLockstep,
  keepingTime,
  loadConfig,
  lockstepRoom,
  logRoom,
  metricsRoom,
  openMetrics,
  pageRoom,
  queueRoom,
  serveMetrics,
  sha256,
  signInRoom,
  systemClock,
  systemRandom,
  webhookRoom,
  workerRoom,
  type LockstepClock,
  type LockstepClocks,
  type Logger,
  type ProcessMetrics,
  type PageConfig,
  type Shutdown,
  type WorldClocks,
} from '@firedrill/runtime'
import type { Role } from '../options.ts'

const ACTOR_KINDS: Readonly<Record<Role, ActorKind>> = {
  advance: 'worker',
  recover: 'worker',
  reap: 'reaper',
  probe: 'prober',
  rehearse: 'worker',
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
  /** Of the role `rehearse` alone. */
  lockstep?: Lockstep
  actor: Actor
  sendEvent: SendEvent
  /** Undefined where nobody looks at them. */
  metrics: ProcessMetrics | undefined
  /** The engine's ports but the hints, which each role gets from elsewhere. */
  ports: Omit<AdvancePorts, 'hints'>
}>

function readConfig(env: NodeJS.ProcessEnv) {
  return loadConfig(
    {
      db: dbRoom,
      evidence: evidenceRoom,
      queue: queueRoom,
      worker: workerRoom,
      log: logRoom,
      ceiling: ceilingRoom,
      page: pageRoom,
      lockstep: lockstepRoom,
      signIn: signInRoom,
      webhook: webhookRoom,
      metrics: metricsRoom,
    },
    env,
  )
}

function installationOf(config: ReturnType<typeof readConfig>): AdvancePorts['installation'] {
  const { via, everyMs, dashboard } = config.page
  return { ceiling: config.ceiling, hosts: hostsOf(config), paging: via, pageEveryMs: everyMs, dashboard }
}

/** How people are called. That nobody can be is said at every start, loudly. */
function pagerOf(config: PageConfig, role: Role, log: Logger): Pager {
  switch (config.via) {
    case 'command':
      return createCommandPager({
        command: config.command,
        env: process.env,
        log: (what, details) => log.info(details, what),
      })
    case 'webhook':
      return createWebhookPager({ url: config.url })
    case 'nobody':
      if (role === 'recover' || role === 'reap') log.error({}, NOBODY_IS_CALLED)
      return createNobodyPager()
  }
}
/** A process that shares a simulator's time. */
export type Lockstep = Readonly<{ member: LockstepClock; clocks: LockstepClocks }>

/** Constructs the adapters. The only place that does so in this app, besides the roles' own queue. */
export async function composeWorker(role: Role): Promise<Worker> {
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
  const lockstep = role === 'rehearse' ? await joinWorld(config, stores, log, shutdown) : undefined
  const worldClocks =
    lockstep?.clocks ??
    createWorldClocks({
      store: stores.clocks,
      platformNow: () => stores.runs.now(),
      clock: systemClock,
      onFailure: (environment, error) =>
        log.warn({ environment, err: error }, 'the clock of an environment could not be read'),
    })
  shutdown.add('world clocks', () => worldClocks.stop())
  // In lockstep the world stands still while a call is under way, so waiting inside one would wait for nothing.
  const waits = lockstep === undefined ? { clock: systemClock, random: systemRandom } : undefined
  const clients = createAwsClients(waits)
  // An abort must not wait half a second for a library.
  if (role === 'advance' || role === 'recover') ec2Sdk()
  shutdown.add('aws clients', () => clients.close())
  const id = `${role}@${config.worker.owner}`
  const actor: Actor = { kind: ACTOR_KINDS[role], id, name: `${role} ${process.pid}` }
  const { calendars, undo, halt, definitions, markers, samples } = stores
  const evidence = await evidenceOf(config, stores, shutdown)
  const runs = lockstep === undefined ? stores.runs : keepingTime(stores.runs, lockstep.clocks)
  return {
    role,
    config,
    log,
    shutdown,
    stores,
    clients,
    worldClocks,
    ...(lockstep === undefined ? {} : { lockstep }),
    actor,
    sendEvent: sendEventOf(config),
    metrics: await metricsOf(config, role, log, shutdown),
    ports: {
      actor,
      calendars,
      clock: systemClock,
      calls: lockstep?.member ?? systemClock,
      clockOf: (teamId, environment) => worldClocks.of(teamId, environment),
      crash: () => undefined,
      definitions,
      evidence,
      faults: createFaultCatalogue(clients),
      halt,
      identity: createIdentity(clients),
      installation: installationOf(config),
      markers,
      metrics: createMetrics(clients),
      pager: pagerOf(config.page, role, log),
      // Pauses are scattered so that many workers do not come at once; one alone repeats itself by its seed.
      random: lockstep === undefined ? systemRandom : { next: () => 0.5 },
      readiness: createReadiness(clients),
      runs,
      samples,
      sha256,
      undo,
    },
  }
}

/** Kept and shown only where somebody asked for them. */
async function metricsOf(
  { metrics: where }: ReturnType<typeof readConfig>,
  role: Role,
  log: Logger,
  shutdown: Shutdown,
): Promise<ProcessMetrics | undefined> {
  if (where === undefined) return undefined
  const metrics = await openMetrics(role)
  const server = await serveMetrics(metrics, where)
  shutdown.add('metrics', () => server.close())
  log.info({ url: server.url }, 'metrics are shown')
  return metrics
}

/** How events leave: to nowhere that the installation does not allow, whoever made the webhook. */
function sendEventOf({ webhook: { reach }, page: { dashboard } }: ReturnType<typeof readConfig>): SendEvent {
  return createSendEvent({
    dashboard,
    post: async (url, message) => {
      const { status, headers } = await guardedRequest(url, { method: 'POST', ...message, reach })
      const after = headers['retry-after']
      return { status, retryAfter: typeof after === 'string' ? after : undefined }
    },
  })
}

/** Where evidence is kept. Nothing that takes a fault out reads it. */
async function evidenceOf(
  { evidence: kept }: ReturnType<typeof readConfig>,
  stores: Stores,
  shutdown: Shutdown,
): Promise<Stores['evidence']> {
  if (kept.in === 'postgres') return stores.evidence
  const knowsRun = async (id: RunId) => (await stores.runs.events(id, 0, 1)).length > 0
  const store = await openS3EvidenceStore({ ...kept, knowsRun })
  shutdown.add('evidence', async () => store.close())
  return store
}

async function joinWorld(
  config: ReturnType<typeof readConfig>,
  stores: Stores,
  log: Logger,
  shutdown: Shutdown,
): Promise<Lockstep> {
  const { control } = config.lockstep
  if (control === undefined)
    throw new Error(
      '--role rehearse needs FIREDRILL_LOCKSTEP, the control URL of a simulator that was started with --lockstep',
    )
  const member = await joinLockstep({
    control,
    name: `rehearse@${config.worker.owner}`,
    onTrouble: (error) => log.warn({ err: error }, 'the time keeper could not be reached and is tried again'),
  })
  shutdown.add('time', () => member.leave())
  return { member, clocks: createLockstepClocks({ store: stores.clocks, member, control }) }
}
