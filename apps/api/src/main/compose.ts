import {
  isAppError,
  type Clock,
  type CompiledEnvironment,
  type EnvironmentClock,
  type EvidenceStore,
  type RunId,
} from '@firedrill/core'
import { migrate, openStores, type Stores } from '@firedrill/db'
import { createUseCases, NOBODY_IS_CALLED } from '@firedrill/engine'
import { createQueue } from '@firedrill/queue'
import {
  ceilingRoom,
  createHealth,
  createLogger,
  createPlatformTime,
  createShutdown,
  createWorldClocks,
  dbRoom,
  endWithParent,
  evidenceRoom,
  ensureSecretFile,
  ensureSigningKey,
  hostsOf,
  httpRoom,
  localAdminRoom,
  loadConfig,
  logRoom,
  openMetrics,
  pageRoom,
  queueRoom,
  readEnvironmentClock,
  readSigningKey,
  sha256,
  SIGNING_KEY_FILE,
  signingRoom,
  signInRoom,
  systemClock,
  systemIds,
  systemRandom,
  webhookRoom,
  type EvidenceConfig,
  type Health,
  type Logger,
  type Shutdown,
  type SignInConfig,
  type WorldClocks,
} from '@firedrill/runtime'
import { join } from 'node:path'
import { createAuditScope } from '../audit/audit-scope.ts'
import { compilers } from '../compilers.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { ApiDependencies } from '../dependencies.ts'
import { createQueueLink, type QueueLink } from '../queue-link.ts'
import { createRenderRun } from './reports.ts'
import { ensureFirstToken } from '../security/first-token.ts'
import { createSignInCookie } from '../sign-in/sign-in-cookie.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { openIdProvider } from './open-id.ts'
import { createRateLimit } from '../security/rate-limit.ts'
import { createSessions } from '../security/session.ts'

/** Name of the file with the secret that signs sessions, inside the state directory. */
const SESSION_SECRET_FILE = 'session-secret'

/** What reports name as the program that wrote them. */
const GENERATOR = `firedrill ${packageJson.version}`

/** Everything `main.ts` needs: where to listen, what the API is plugged into, and its ordered end. */
export type Composition = Readonly<{
  host: string
  port: number
  tokenFile: string
  deps: ApiDependencies
  log: Logger
  shutdown: Shutdown
}>

/** Constructs every adapter from the environment's variables. The only place that does so in this app. */
export async function compose(env: NodeJS.ProcessEnv): Promise<Composition> {
  const config = loadConfig(
    {
      db: dbRoom,
      evidence: evidenceRoom,
      queue: queueRoom,
      http: httpRoom,
      log: logRoom,
      ceiling: ceilingRoom,
      page: pageRoom,
      signing: signingRoom,
      signIn: signInRoom,
      localAdmin: localAdminRoom,
      webhook: webhookRoom,
    },
    env,
  )
  const log = createLogger('api', config.log)
  if (config.page.via === 'nobody') log.error({}, NOBODY_IS_CALLED)
  const clock = systemClock
  const shutdown = createShutdown({ log, clock })
  endWithParent(shutdown, env)

  await migrate(config.db.url)
  const auditScope = createAuditScope()
  const opened = openStores({
    url: config.db.url,
    connectionsMax: config.db.poolSize,
    name: 'firedrill api',
    clock,
    onConnectionError: (error) => log.warn({ err: error }, 'a database connection was lost'),
    auditContext: auditScope.current,
  })
  shutdown.add('stores', () => opened.close())
  const stores = { ...opened, evidence: await evidenceOf(config.evidence, opened, shutdown) }

  const queue = await openQueue(config.queue, config.db.url, log)
  shutdown.add('queue', () => queue.close())
  const worldClocks = createWorldClocks({
    store: stores.clocks,
    platformNow: () => stores.runs.now(),
    clock,
    onFailure: (environment, error) =>
      log.warn({ environment, err: error }, 'the clock of an environment could not be read'),
  })
  shutdown.add('world clocks', () => worldClocks.stop())

  const { secret } = await ensureSecretFile(join(config.http.stateDir, SESSION_SECRET_FILE))
  const token = await ensureFirstToken(config.http.stateDir, {
    tokens: stores.tokens,
    ids: systemIds,
    sha256,
  })
  const signer = await (config.signing.keyFile === undefined
    ? ensureSigningKey(join(config.http.stateDir, SIGNING_KEY_FILE))
    : readSigningKey(config.signing.keyFile))
  const useCases = createUseCases({
    ...stores,
    calls: systemClock,
    clockOf: clockOf(stores, worldClocks),
    cloud: cloudWhenNeeded(shutdown),
    hints: queue.hints,
    installation: {
      ceiling: config.ceiling,
      hosts: hostsOf(config),
      paging: config.page.via,
      pageEveryMs: config.page.everyMs,
      dashboard: config.page.dashboard,
    },
    ids: systemIds,
    random: systemRandom,
    sandboxOnly: config.signIn === undefined,
    sha256,
  })
  const deps: ApiDependencies = {
    ...stores,
    auditScope,
    clock,
    compilers,
    health: healthOf(clock, stores, queue, worldClocks),
    ids: systemIds,
    log,
    metrics: await openMetrics('api'),
    pingQueue: queue.ping,
    platformTime: createPlatformTime({ read: () => stores.runs.now(), clock }),
    random: systemRandom,
    rateLimit: createRateLimit(clock),
    renderRun: createRenderRun({ ...stores, sha256, signer, generator: GENERATOR }),
    sessions: createSessions({ secret, clock }),
    localAdmin: config.localAdmin,
    signIn: signInOf(config.signIn),
    signInCookie: createSignInCookie(secret),
    sha256,
    signingKey: signer.publicKey,
    useCases,
    webDir: config.http.webDir,
    webhookReach: config.webhook.reach,
  }
  return { host: config.http.host, port: config.http.port, tokenFile: token.path, deps, log, shutdown }
}

function signInOf(config: SignInConfig | undefined): SignIn | undefined {
  if (config === undefined) return undefined
  const { publicUrl, groups } = config
  return { provider: openIdProvider(config), publicUrl, groups }
}

/** Where evidence is kept. S3's client is loaded only where it is used. */
async function evidenceOf(kept: EvidenceConfig, stores: Stores, shutdown: Shutdown): Promise<EvidenceStore> {
  if (kept.in === 'postgres') return stores.evidence
  const { openS3EvidenceStore } = await import('@firedrill/aws')
  const knowsRun = async (id: RunId) => (await stores.runs.events(id, 0, 1)).length > 0
  const store = await openS3EvidenceStore({ ...kept, knowsRun })
  shutdown.add('evidence', async () => store.close())
  return store
}

/** The cloud's adapters, loaded by the first plan: they take more memory than all the rest of the API. */
function cloudWhenNeeded(shutdown: Shutdown): Parameters<typeof createUseCases>[0]['cloud'] {
  const load = async () => {
    const {
      createAwsClients,
      createFaultCatalogue,
      createIdentity,
      createMetrics,
      createReadiness,
      createRouting,
    } = await import('@firedrill/aws')
    const clients = createAwsClients({ clock: systemClock, random: systemRandom })
    shutdown.add('aws clients', () => clients.close())
    return {
      faults: createFaultCatalogue(clients),
      identity: createIdentity(clients),
      metrics: createMetrics(clients),
      readiness: createReadiness(clients),
      routing: createRouting(clients),
    }
  }
  let loading: ReturnType<typeof load> | undefined
  return () => (loading ??= load())
}

async function openQueue(
  config: Readonly<{ backend: 'postgres' } | { backend: 'redis'; url: string }>,
  databaseUrl: string,
  log: Logger,
): Promise<QueueLink> {
  const link = createQueueLink(() =>
    createQueue({
      backend: config.backend,
      url: config.backend === 'redis' ? config.url : databaseUrl,
      onError: (error) => log.warn({ err: error }, 'the queue had an error'),
    }),
  )
  try {
    await link.ping()
  } catch (error) {
    // A queue that would lose jobs is a mistake of configuration; one that is away may come back.
    if (isAppError(error) && error.code === 'config-invalid') throw error
    log.warn({ err: error }, 'the queue is away; runs can be read and aborted, but none can be started')
  }
  return link
}

/** The clock of a stored environment is followed; the one of a file that is only being planned is read and forgotten. */
function clockOf(
  stores: Pick<Stores, 'definitions' | 'runs'>,
  worldClocks: WorldClocks,
): (teamId: string, environment: CompiledEnvironment) => Promise<EnvironmentClock> {
  return async (teamId, environment) => {
    const stored = await stores.definitions.latest(teamId, 'environment', environment.name)
    const isStored = JSON.stringify(stored?.compiled.clock) === JSON.stringify(environment.clock)
    if (isStored) return worldClocks.of(teamId, environment)
    const signal = AbortSignal.timeout(5000)
    return readEnvironmentClock({ environment, platformNow: () => stores.runs.now(), signal })
  }
}

function healthOf(clock: Clock, stores: Stores, queue: QueueLink, worldClocks: WorldClocks): Health {
  const health = createHealth({ clock })
  health.add('database', async () => void (await stores.runs.now()))
  health.add('queue', () => queue.ping(), { essential: false })
  health.add(
    'world clocks',
    async () => {
      if (worldClocks.stale().length > 0) throw new Error('the clock of an environment is stale')
    },
    { essential: false },
  )
  return health
}
