import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres, startRedis, type LocalPostgres } from '@firedrill/local'
import { startChild, type Child } from './child.ts'
import { environmentName, sandboxEnvironment, simulatorReadySchema } from './environment-file.ts'
import { operatorVariables } from './operator-variables.ts'
import type { SandboxOptions } from './options.ts'
import type { SandboxPorts } from './ports.ts'

/** Everything that runs, and how to stop it in order. */
export type Stack = Readonly<{
  apiUrl: string
  token: string
  environment: Readonly<{ name: string; yaml: string }>
  awsUrl: string
  children: readonly Child[]
  stop(): Promise<void>
}>

/** The worker's roles, each a process of its own so that each can be killed alone. */
const ROLES = ['advance', 'recover', 'reap', 'probe'] as const
/** In lockstep nobody's death is part of the play. */
const LOCKSTEP_ROLES = ['rehearse'] as const
/** Where a new world in lockstep begins, so that one seed gives one drill to the last digit. */
const LOCKSTEP_START = '2026-11-03T09:00:00Z'

const CHILD_STOP_MS = 8000

/**
 * Starts PostgreSQL, the simulator, the API and the workers on 127.0.0.1. What depends on nothing starts side by
 * side. Whatever was started is stopped again when a later part cannot start.
 */
export async function startStack(
  options: SandboxOptions,
  ports: SandboxPorts,
  root: string,
  say: (line: string) => void,
  onLost: (why: string) => void,
): Promise<Stack> {
  const logs = join(options.stateDir, 'logs')
  const tokenFile = join(options.stateDir, 'api-token')
  mkdirSync(logs, { recursive: true })
  const children: Child[] = []
  const closers: (() => Promise<void>)[] = []
  const stop = async () => {
    // Workers first: they hand their runs back while API, database and simulator still answer.
    await Promise.all(
      children.filter((child) => child.name !== 'simulator').map((child) => child.stop(CHILD_STOP_MS)),
    )
    await Promise.all(
      children.filter((child) => child.name === 'simulator').map((child) => child.stop(CHILD_STOP_MS)),
    )
    for (const close of closers.toReversed()) await close()
  }
  const child = (
    name: string,
    entry: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    restart: boolean,
  ) => {
    const started = startChild(
      {
        name,
        entry: join(root, entry),
        args,
        env,
        logFile: join(logs, `${name}.log`),
        isPunctual: name === 'simulator' || name === 'probe',
        isFast: options.lockstep,
        restart,
      },
      onLost,
    )
    children.push(started)
    return started
  }
  try {
    const simulator = child(
      'simulator',
      'packages/sim/start.mjs',
      simulatorArgs(options, ports),
      bareEnvironment(),
      false,
    )
    const postgres = await startPostgres({
      dataDir: join(options.stateDir, 'postgres'),
      port: ports.postgres,
      log: say,
      databaseUrl: null,
    })
    closers.push(() => postgres.stop())
    watchPostgres(postgres, onLost)
    const redisUrl = options.backend === 'redis' ? await redis(options, closers) : undefined
    const env = platformEnvironment(options, ports, root, postgres.url, redisUrl)
    // The platform judges by world time, so the world comes first.
    const ready = simulatorReadySchema.parse(await simulator.ready)
    const api = child('api', 'apps/api/src/main.ts', [], env, true)
    // The very first start makes the tables; afterwards everybody can start at once.
    if (!existsSync(tokenFile)) await api.ready
    const roles = options.lockstep ? LOCKSTEP_ROLES : ROLES
    const workers = roles.map((role) => child(role, 'apps/worker/src/main.ts', ['--role', role], env, true))
    await Promise.all([api, ...workers].map((started) => started.ready))
    return {
      apiUrl: `http://127.0.0.1:${ports.api}`,
      token: readFileSync(tokenFile, 'utf8').trim(),
      environment: {
        name: environmentName(options.world),
        yaml: await sandboxEnvironment(ready, environmentName(options.world)),
      },
      awsUrl: ready.aws,
      children,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function simulatorArgs(options: SandboxOptions, ports: SandboxPorts): readonly string[] {
  const state = join(options.stateDir, 'simulator', options.world.replaceAll(/[^a-zA-Z0-9.-]/g, '_'))
  return [
    '--world',
    options.world,
    '--state',
    state,
    ...(options.lockstep ? ['--lockstep', '--start-at', LOCKSTEP_START] : ['--rate', String(options.speed)]),
    '--seed',
    String(options.seed),
    '--aws-port',
    String(ports.aws),
    '--dns-port',
    String(ports.dns),
    '--gateway-port',
    String(ports.gateway),
    '--control-port',
    String(ports.control),
  ]
}

/**
 * The environment of the platform's processes: a list of what they need, so that nothing of the caller's, least of
 * all AWS credentials, ever reaches them.
 */
function platformEnvironment(
  options: SandboxOptions,
  ports: SandboxPorts,
  root: string,
  databaseUrl: string,
  redisUrl: string | undefined,
): Readonly<Record<string, string>> {
  return {
    ...bareEnvironment(),
    DATABASE_URL: databaseUrl,
    // One person's drills: a few connections a process are enough, and each costs PostgreSQL a process.
    FIREDRILL_DB_POOL: '4',
    FIREDRILL_HTTP_PORT: String(ports.api),
    FIREDRILL_STATE_DIR: options.stateDir,
    FIREDRILL_DASHBOARD_URL: `http://127.0.0.1:${ports.api}`,
    FIREDRILL_WEBHOOK_REACH: 'loopback',
    FIREDRILL_KIT_DIR: join(options.stateDir, 'kits'),
    // Start-up is mostly reading and compiling modules; what one process compiled the others take over.
    NODE_COMPILE_CACHE: join(options.stateDir, 'compile-cache'),
    FIREDRILL_WEB_DIR: join(root, 'apps/web/dist'),
    ...(options.lockstep ? { FIREDRILL_LOCKSTEP: `http://127.0.0.1:${ports.control}` } : {}),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    ...operatorVariables(process.env),
  }
}

function bareEnvironment(): Readonly<Record<string, string>> {
  return passedOn(['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'])
}

function passedOn(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function watchPostgres(postgres: LocalPostgres, onLost: (why: string) => void): void {
  void (async () => {
    await postgres.exited
    onLost('PostgreSQL ended')
  })()
}

async function redis(options: SandboxOptions, closers: (() => Promise<void>)[]): Promise<string> {
  const started = await startRedis({ dir: join(options.stateDir, 'redis') })
  if (!('url' in started))
    throw new Error(
      'redis-server was not found; install it (apt-get install redis-server, brew install redis) or leave --backend out',
    )
  closers.push(() => started.stop())
  return started.url
}
