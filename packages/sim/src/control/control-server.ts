import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'
import { listenTcp } from '../data/listen.ts'
import { ADVERSITIES } from '../world/adversity.ts'
import { canonicalName } from '../world/dns.ts'
import { TRUTH_CLAIMS } from '../world/truth.ts'
import type { World } from '../world/world.ts'
import type { WorldClock } from './clock.ts'

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

type Answer = { readonly status: number; readonly body: unknown }

/** The control port: the clock, which the platform may read, and the witness, which only tests and people may. */
export class ControlServer {
  readonly #world: World
  readonly #clock: WorldClock
  readonly #server: Server
  readonly #shutdown: () => void

  constructor(world: World, clock: WorldClock, shutdown: () => void) {
    this.#world = world
    this.#clock = clock
    this.#shutdown = shutdown
    this.#server = createServer((request, response) => void this.#serve(request, response))
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
      answer = this.#route(`${request.method ?? 'GET'} ${url.pathname}`, url.searchParams, body)
    } catch (error) {
      answer = { status: 400, body: { error: error instanceof Error ? error.message : String(error) } }
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(answer.body)}\n`)
  }

  #route(route: string, query: URLSearchParams, body: string): Answer {
    const world = this.#world
    switch (route) {
      case 'GET /clock':
        return ok(this.#clock.anchors())
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
      case 'POST /shutdown':
        setImmediate(this.#shutdown)
        return { status: 202, body: { closing: true } }
      default:
        return { status: 404, body: { error: `There is no ${route}.` } }
    }
  }

  #transitions(query: URLSearchParams): unknown {
    const from = Number(query.get('from') ?? 0)
    const to = Number(query.get('to') ?? Number.MAX_SAFE_INTEGER)
    return this.#world.kernel.transitions.all().filter(({ at }) => at >= from && at < to)
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

const ok = (body: unknown): Answer => ({ status: 200, body })

const describeWorld = (world: World): unknown => ({
  at: world.now(),
  account: world.account,
  instances: [...world.compute.instances.values()],
  groups: [...world.compute.groups.values()],
  loadBalancers: [...world.balancers.loadBalancers.values()],
  targetGroups: [...world.balancers.targetGroups.values()],
  targets: [...world.balancers.targets.values()],
  zones: [...world.dns.zones.values()],
  recordSets: [...world.dns.recordSets.values()],
  healthChecks: [...world.healthChecks.checks.values()],
  checkers: [...world.healthChecks.checkers.values()],
  alarms: [...world.alarms.alarms.values()],
  vantages: [...world.resolvers.vantages.values()],
  populations: [...world.populations.populations.values()],
  services: [...world.populations.services.values()],
})

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
