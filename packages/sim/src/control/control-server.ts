import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { listenTcp } from '../data/listen.ts'
import { ADVERSITIES } from '../world/adversity.ts'
import { canonicalName } from '../world/dns.ts'
import { vantageOwner } from '../world/resolvers.ts'
import { TRUTH_CLAIMS } from '../world/truth.ts'
import type { World } from '../world/world.ts'
import type { WorldClock } from './clock.ts'
import { WORLD_PAGE } from './page.ts'
import { writeSnapshot } from './world-snapshot.ts'
import type { LockstepRoutes } from './lockstep-routes.ts'
import { checkWorldEvent, worldEventSchema, type WorldEvents } from './world-events.ts'

const BODY_BYTES_MAX = 64 * 1024

const adversityBody = z.strictObject({
  operation: z
    .string()
    .regex(/^(\*|[a-z0-9]+\.(\*|[A-Za-z0-9]+))$/, 'write service.Operation, service.* or *'),
  kind: z.enum(ADVERSITIES),
  probability: z.number().min(0).max(1).default(1),
  count: z.int().min(1).nullable().default(null),
  delayMs: z.int().min(0).default(0),
})

const truthQuery = z.object({
  vantage: z.string(),
  name: z.string(),
  from: z.coerce.number().int().default(0),
  to: z.coerce.number().int().default(Number.MAX_SAFE_INTEGER),
  claim: z.enum(TRUTH_CLAIMS).default('http'),
})

const instantsQuery = z.object({
  from: z.coerce.number().int().default(0),
  to: z.coerce.number().int().default(Number.MAX_SAFE_INTEGER),
})

const snapshotBody = z.strictObject({
  file: z.string().refine((file) => isAbsolute(file), 'write an absolute path'),
})

/** A JSON answer, unless `text` and its type are given. */
type Answer = {
  readonly status: number
  readonly body: unknown
  readonly text?: string
  readonly type?: string
}

/** What the control port acts on, besides the world. */
export interface ControlDeps {
  readonly clock: WorldClock
  readonly events: WorldEvents
  /** Null unless the clock is a lockstep one. */
  readonly lockstep: LockstepRoutes | null
  /** The certificate of the authority that vouches for the world's servers, in PEM. */
  readonly authorityPem: () => string
  /** The text of a snapshot of the world as it is now. */
  readonly snapshot: () => string
  readonly shutdown: () => void
}

/** The control port: the clock, which the platform may read, and the witness, which only tests and people may. */
export class ControlServer {
  readonly #world: World
  readonly #clock: WorldClock
  readonly #server: Server
  readonly #events: WorldEvents
  readonly #lockstep: LockstepRoutes | null
  readonly #authorityPem: () => string
  readonly #snapshot: () => string
  readonly #shutdown: () => void

  constructor(world: World, deps: ControlDeps) {
    this.#world = world
    this.#clock = deps.clock
    this.#events = deps.events
    this.#lockstep = deps.lockstep
    this.#authorityPem = deps.authorityPem
    this.#snapshot = deps.snapshot
    this.#shutdown = deps.shutdown
    this.#server = createServer((request, response) => void this.#serve(request, response))
    // Longer than any client keeps a connection idle: one that is closed under a report would lose it, and time with it.
    this.#server.keepAliveTimeout = 120_000
  }

  /** Binds to 127.0.0.1 and returns the port. */
  listen(port: number): Promise<number> {
    return listenTcp(this.#server, port, 'control')
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer
    try {
      const body = await readText(request)
      this.#world.sync()
      const url = new URL(request.url ?? '/', 'http://control')
      const route = `${request.method ?? 'GET'} ${url.pathname}`
      answer =
        (await this.#lockstep?.answer(route, body, response)) ?? this.#route(route, url.searchParams, body)
    } catch (error) {
      answer = { status: 400, body: { error: whyBad(error) } }
    }
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json' })
    response.end(answer.text ?? `${JSON.stringify(answer.body)}\n`)
  }

  #route(route: string, query: URLSearchParams, body: string): Answer {
    const world = this.#world
    switch (route) {
      case 'GET /':
        return { status: 200, body: null, text: WORLD_PAGE, type: 'text/html; charset=utf-8' }
      case 'GET /ca.pem':
        return { status: 200, body: null, text: this.#authorityPem(), type: 'application/x-pem-file' }
      case 'GET /clock':
        // By `wallAt` a reader finds out how its own platform's clock differs from this host's.
        return ok({ ...this.#clock.anchors(), wallAt: Date.now() * 1000 })
      case 'GET /world':
        return ok(describeWorld(world))
      case 'GET /transitions':
        return ok(this.#transitions(query))
      case 'GET /mutations':
        return ok(world.calls.mutations(Number(query.get('from') ?? 0)))
      case 'GET /calls':
        return ok(world.calls.counters())
      case 'GET /truth':
        return this.#truth(query)
      case 'GET /truth/population':
        return this.#populationTruth(query)
      case 'GET /truth/writes':
        return this.#writesTruth(query.get('store') ?? '')
      case 'POST /event': {
        const event = worldEventSchema.parse(JSON.parse(body))
        const problem = checkWorldEvent(world, event)
        if (problem !== null) return { status: 404, body: { error: problem } }
        this.#events.take(event)
        world.commit()
        return { status: 202, body: { kind: event.kind, at: Math.max(event.at ?? 0, world.now()) } }
      }
      case 'GET /adversity':
        return ok(world.adversity.rules())
      case 'POST /adversity': {
        const { delayMs, ...rule } = adversityBody.parse(JSON.parse(body))
        const id = world.adversity.add({ ...rule, delay: delayMs * 1000 })
        world.commit()
        return { status: 201, body: { id } }
      }
      case 'DELETE /adversity':
        world.adversity.clear()
        world.commit()
        return ok({ cleared: true })
      case 'GET /snapshot':
        return { status: 200, body: null, text: this.#snapshot() }
      case 'POST /snapshot': {
        const { file } = snapshotBody.parse(JSON.parse(body))
        writeSnapshot(file, this.#snapshot())
        return { status: 201, body: { file, at: world.now() } }
      }
      case 'POST /shutdown':
        setImmediate(this.#shutdown)
        return { status: 202, body: { closing: true } }
      case 'POST /lockstep/join':
        return { status: 409, body: { error: 'This clock runs by itself. Start with --lockstep.' } }
      default:
        return { status: 404, body: { error: `There is no ${route}. ${NOT_AWS}` } }
    }
  }

  #transitions(query: URLSearchParams): unknown {
    const from = Number(query.get('from') ?? 0)
    const to = Number(query.get('to') ?? Number.MAX_SAFE_INTEGER)
    return this.#world.kernel.transitions.all().filter(({ at }) => at >= from && at < to)
  }

  #populationTruth(query: URLSearchParams): Answer {
    const name = query.get('population') ?? ''
    const { from, to } = instantsQuery.parse(Object.fromEntries(query))
    const intervals = this.#world.populations.success(name, from, to)
    return intervals === null
      ? { status: 404, body: { error: `There is no population ${name}.` } }
      : ok({ population: name, until: this.#world.now(), intervals })
  }

  #writesTruth(store: string): Answer {
    const losses = this.#world.stores.losses(store)
    return losses === null
      ? { status: 404, body: { error: `There is no store ${store}.` } }
      : ok({ until: this.#world.now(), ...losses })
  }

  #truth(query: URLSearchParams): Answer {
    const parsed = truthQuery.parse(Object.fromEntries(query))
    const service = canonicalName(parsed.name)
    const { vantage, from, to, claim } = parsed
    const intervals = this.#world.truth.intervals({ vantage, service, from, to, claim })
    return intervals === null
      ? { status: 404, body: { error: `No service ${parsed.name} is seen from a vantage ${vantage}.` } }
      : ok({ vantage, name: service, claim, until: this.#world.now(), intervals })
  }
}

const NOT_AWS =
  'This is the control port of a simulator; AWS clients take the address that it printed as "aws" when it started.'

const whyBad = (error: unknown): string => {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ')
  return error instanceof Error ? error.message : String(error)
}

const ok = (body: unknown): Answer => ({ status: 200, body })

const describeWorld = (world: World): unknown => ({
  at: world.now(),
  account: world.account,
  instances: [...world.compute.instances.values()],
  groups: [...world.compute.groups.values()],
  loadBalancers: [...world.balancers.loadBalancers.values()],
  targetGroups: [...world.balancers.targetGroups.values()],
  targets: [...world.balancers.targets.values()],
  certificates: [...world.certificates.table.values()],
  zones: [...world.dns.zones.values()],
  recordSets: [...world.dns.recordSets.values()],
  healthChecks: [...world.healthChecks.checks.values()],
  checkers: [...world.healthChecks.checkers.values()],
  alarms: [...world.alarms.alarms.values()],
  vantages: [...world.resolvers.vantages.values()],
  populations: [...world.populations.populations.values()],
  services: [...world.populations.services.values()],
  answers: answersNow(world),
  stores: [...world.stores.stores.values()],
  replicas: [...world.stores.replicas.values()],
  schedules: [...world.kernel.store.table('scheduler-schedules').values()],
  zonesDown: world.places.zonesDown(),
})

/** What each service's name leads to now, for a fresh client at each vantage. */
const answersNow = (world: World): unknown[] =>
  [...world.populations.services.values()].flatMap(({ name }) =>
    [...world.resolvers.vantages.values()].map((vantage) => ({
      service: name,
      vantage: vantage.name,
      ...world.resolvers.peekAddresses(vantageOwner(vantage), name),
    })),
  )

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw new Error('The body is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
