import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '@firedrill/contracts'
import {
  REAL_CLOCK,
  type CompiledEnvironment,
  type CompiledScenario,
  type Identity,
  type Metrics,
  type Readiness,
  type RunEventBody,
  type RunId,
} from '@firedrill/core'
import { createUseCases } from '@firedrill/engine'
import {
  createHealth,
  createLogger,
  createPlatformTime,
  ensureSigningKey,
  hostNow,
  openMetrics,
  sha256,
  systemClock,
  systemIds,
  systemRandom,
} from '@firedrill/runtime'
import {
  buildEnvironment,
  buildScenario,
  fakeFaultDriver,
  memoryHints,
  memoryStores,
  WORKER,
  type MemoryHints,
  type StoreSet,
} from '@firedrill/testkit'
import type { FastifyInstance } from 'fastify'
import { buildApi } from '../src/app.ts'
import { createAuditScope, type AuditScope } from '../src/audit/audit-scope.ts'
import { compilers } from '../src/compilers.ts'
import { createRenderRun } from '../src/main/reports.ts'
import type { ApiDependencies } from '../src/dependencies.ts'
import { DEFAULT_TEAM, ensureFirstToken, TOKEN_FILE } from '../src/security/first-token.ts'
import { createSignInCookie } from '../src/sign-in/sign-in-cookie.ts'
import { createRateLimit } from '../src/security/rate-limit.ts'
import { createSessions } from '../src/security/session.ts'

/** An API that listens on a real socket, over stores of the test's choice. */
export type TestApi = Readonly<{
  app: FastifyInstance
  url: string
  port: number
  token: string
  client: Client
  stores: StoreSet
  hints: MemoryHints
  log: readonly string[]
  /** Takes the queue away, or brings it back. */
  setQueueAway(isAway: boolean): void
  /** Stores scenario and environment, books a drill and answers its id. */
  book(scenario?: CompiledScenario, environment?: CompiledEnvironment): Promise<string>
  /** Books and starts. */
  startRun(): Promise<RunId>
  /** Appends events to a run as a worker would. */
  append(id: RunId, ...bodies: readonly RunEventBody[]): Promise<void>
  /** A request with exactly these headers; `fetch` does not let a caller choose `Host`. */
  raw(path: string, options?: RawOptions): Promise<RawAnswer>
  close(): Promise<void>
}>

export type RawOptions = Readonly<{
  method?: string
  headers?: Readonly<Record<string, string>>
  body?: string
}>
export type RawAnswer = Readonly<{
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
}>

const PERSON = { kind: 'person', id: 'usr_ada', name: 'Ada' } as const

const identity: Identity = {
  whoAmI: async (environment) => ({
    ok: true,
    value: { account: environment.account, arn: `arn:aws:iam::${environment.account}:user/drills` },
  }),
}

const readiness: Readiness = {
  safetyLever: async () => ({ ok: true, value: { state: 'disengaged', reason: '' } }),
  allowances: async () => ({ ok: true, value: [] }),
}

const noMetrics: Metrics = {
  buckets: async () => ({ ok: true, value: [] }),
  alarmHistory: async () => ({ ok: true, value: [] }),
  alarmState: async () => ({ ok: true, value: 'OK' }),
  publish: async () => ({ ok: true, value: null }),
}

/** Starts an API for one test; everything but the cloud and, unless given, the database is what runs in production. */
export async function startTestApi(
  options: Readonly<{
    stores?: StoreSet
    change?: Partial<ApiDependencies>
    auditScope?: AuditScope
    webDir?: string
  }> = {},
): Promise<TestApi> {
  const stateDir = await mkdtemp(join(tmpdir(), 'firedrill-api-'))
  const stores = options.stores ?? memoryStores(hostNow)
  const hints = memoryHints()
  const log: string[] = []
  let isQueueAway = false
  const useCases = createUseCases({
    ...stores,
    calls: systemClock,
    clockOf: async () => REAL_CLOCK,
    cloud: async () => ({
      faults: fakeFaultDriver().catalogue,
      identity,
      metrics: noMetrics,
      readiness,
      routing: { routesOf: async () => ({ ok: true, value: [] }) },
    }),
    hints,
    installation: { ceiling: {}, hosts: [], paging: 'nobody' },
    ids: systemIds,
    random: systemRandom,
    sandboxOnly: true,
    sha256,
  })
  const signer = await ensureSigningKey(join(stateDir, 'signing-key.pem'))
  await ensureFirstToken(stateDir, { tokens: stores.tokens, ids: systemIds, sha256 })
  const token = (await readFile(join(stateDir, TOKEN_FILE), 'utf8')).trim()
  const deps: ApiDependencies = {
    // Only a database writes an audit.
    audit: { entries: async () => [] },
    ...stores,
    auditScope: options.auditScope ?? createAuditScope(),
    clock: systemClock,
    compilers,
    health: createHealth({ clock: systemClock }),
    ids: systemIds,
    log: createLogger(
      'api',
      { level: 'debug' },
      {
        write: (line) => {
          log.push(line)
          if (process.env['SHOW']) console.log(line)
        },
      },
    ),
    pingQueue: async () => {
      if (isQueueAway) throw new Error('connect ECONNREFUSED redis://user:hunter2secret@10.0.0.9')
    },
    platformTime: createPlatformTime({ read: () => stores.runs.now(), clock: systemClock }),
    random: systemRandom,
    rateLimit: createRateLimit(systemClock),
    renderRun: createRenderRun({ ...stores, sha256, signer, generator: 'firedrill test' }),
    sessions: createSessions({ secret: 'a secret of at least thirty-two characters', clock: systemClock }),
    localAdmin: undefined,
    signIn: undefined,
    signInCookie: createSignInCookie('a secret of at least thirty-two characters'),
    sha256,
    signingKey: signer.publicKey,
    useCases,
    webDir: options.webDir,
    webhookReach: 'loopback',
    metrics: await openMetrics('api'),
    ...options.change,
  }
  const app = await buildApi(deps)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(url).port)
  const client = createClient({ baseUrl: url, token, sleep: systemClock.sleep })

  const book: TestApi['book'] = async (scenario = buildScenario(), environment = buildEnvironment()) => {
    const about = { teamId: DEFAULT_TEAM, actor: PERSON, origin: 'file', source: 'built by a test' } as const
    await useCases.applyDefinition({ ...about, kind: 'scenario', compiled: scenario })
    await useCases.applyDefinition({ ...about, kind: 'environment', compiled: environment })
    return (await client.drills.book({ scenario: scenario.name, environment: environment.name })).id
  }
  return {
    app,
    url,
    port,
    token,
    client,
    stores,
    hints,
    log,
    setQueueAway: (isAway) => {
      isQueueAway = isAway
    },
    book,
    startRun: async () => (await client.runs.start({ drillId: await book() })).id as RunId,
    append: async (id, ...bodies) => {
      const result = await stores.runs.append(id, { kind: 'open' }, WORKER, () => bodies)
      if (!result.ok) throw new Error(`not appended: ${result.why}`)
    },
    raw: (path, raw) => rawRequest(port, path, raw),
    close: async () => {
      await app.close()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

function rawRequest(port: number, path: string, options: RawOptions = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        )
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}
