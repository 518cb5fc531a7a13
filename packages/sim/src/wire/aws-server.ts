import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServices } from '../services/catalogue.ts'
import type { AdversityRule } from '../world/adversity.ts'
import type { World } from '../world/world.ts'
import { AwsFault } from './aws-fault.ts'
import { SIMULATOR_KEYS, type KeyPair } from './credentials.ts'
import { authenticate, type Authenticated } from './authenticate.ts'
import {
  encodeFault,
  encodeSuccess,
  protocolOf,
  routeRequest,
  type Routed,
  type WireAnswer,
} from './protocols.ts'
import { decodeBody, readBody } from './request-body.ts'
import { roleNameOf, type AwsProtocol, type AwsService } from './service.ts'
import { parseAuthorization, type SignatureClaim, type SignedRequest } from './sigv4.ts'
import { TokenBuckets } from './token-bucket.ts'
import type { WireInput, WireStructure } from './wire-value.ts'

/** How a handler is set up; everything has a default fit for a simulator that stands on its own. */
export type AwsHandlerOptions = {
  /** Wall-clock milliseconds. Signatures and session tokens age by it, never by world time. */
  readonly platformNowMs?: () => number
  /** Receives one line per event worth knowing: unknown operations, internal errors. Default: stderr. */
  readonly log?: (line: string) => void
  /** Whether AWS's token buckets are enforced from the start. Default: true. */
  readonly throttling?: boolean
  /** The account's own keys. Default: those of every simulator. */
  readonly keys?: KeyPair
}

/** The AWS side of a simulator: a listener for `http.createServer`, and the switch of its token buckets. */
export type AwsHandler = {
  readonly listener: RequestListener
  readonly buckets: TokenBuckets
}

type Received = {
  readonly signed: SignedRequest
  readonly claim: SignatureClaim | undefined
  readonly userAgent: string
  readonly requestId: string
}

type Answered = { readonly answer: WireAnswer; readonly dropped: boolean }

type CallInHand = {
  readonly service: AwsService
  readonly protocol: AwsProtocol
  readonly routed: Routed
  readonly authenticated: Authenticated
  readonly received: Received
}

const SUMMARY_LIMIT = 400
const TOKEN_MEMBERS = ['ClientToken', 'clientToken', 'CallerReference'] as const

/**
 * Answers every AWS service of one world on one port. The service is told by the signing scope, the operation by
 * target header, `Action` or path. Errors never leave it as anything but AWS's own shapes.
 *
 * It registers the world's FIS events, so it must be made before the world's clock moves.
 */
export function createAwsHandler(world: World, options: AwsHandlerOptions = {}): AwsHandler {
  const server = new AwsServer(world, options)
  return { listener: (request, response) => void server.serve(request, response), buckets: server.buckets }
}

/** Goes with every call that is not known. */
const WHAT_TO_DO =
  'docs/simulator.md lists the operations that are answered; calls for others belong to another endpoint.'

class AwsServer {
  readonly buckets: TokenBuckets
  readonly #world: World
  readonly #services: readonly AwsService[]
  readonly #platformNowMs: () => number
  readonly #keys: KeyPair
  readonly #log: (line: string) => void

  constructor(world: World, options: AwsHandlerOptions) {
    this.#world = world
    this.#services = createServices(world, options.platformNowMs ?? Date.now)
    this.#platformNowMs = options.platformNowMs ?? Date.now
    this.#keys = options.keys ?? SIMULATOR_KEYS
    this.#log = options.log ?? ((line) => void process.stderr.write(`${line}\n`))
    this.buckets = new TokenBuckets(options.throttling ?? true)
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID()
    try {
      const { answer, dropped } = await this.#answer(await receive(request, requestId))
      if (dropped) request.socket.destroy()
      else send(response, answer)
    } catch (error) {
      // A caller that hangs up in mid-request ends here too; there is nobody left to answer then.
      if (!request.complete) return void request.socket.destroy()
      const fault = error instanceof AwsFault ? error : this.#internalFailure(error, 'awsQuery', requestId)
      send(response, encodeFault({ name: 'unknown', xmlNamespace: '' }, 'awsQuery', fault, requestId))
    }
  }

  async #answer(received: Received): Promise<Answered> {
    const service = this.#findService(received)
    if (service === undefined) return { answer: this.#refuseUnknownService(received), dropped: false }
    const { signed, claim, requestId } = received
    const protocol = protocolOf(service, signed)
    try {
      const authenticated = authenticate(
        this.#world.account,
        this.#keys,
        service,
        protocol,
        claim,
        signed,
        this.#platformNowMs(),
      )
      const text = decodeBody(Buffer.from(signed.body), signed.headers['content-encoding'])
      const routed = this.#route(service, protocol, { ...signed, text })
      return await this.#call({ service, protocol, routed, authenticated, received })
    } catch (error) {
      // Refused before any operation ran; the witness wants to know who knocked all the same.
      this.#world.calls.count(service.name, 'refused', received.userAgent)
      const fault = error instanceof AwsFault ? error : this.#internalFailure(error, protocol, requestId)
      return { answer: encodeFault(service, protocol, fault, requestId), dropped: false }
    }
  }

  #route(service: AwsService, protocol: AwsProtocol, request: Parameters<typeof routeRequest>[2]): Routed {
    try {
      return routeRequest(service, protocol, request)
    } catch (error) {
      if (error instanceof AwsFault)
        this.#log(`aws: unsupported ${service.name} call: ${error.message} ${WHAT_TO_DO}`)
      throw error
    }
  }

  /** From here to the commit everything is one synchronous turn, save for a delay that was asked for. */
  async #call(call: CallInHand): Promise<Answered> {
    const { service, protocol, routed, received } = call
    const world = this.#world
    world.sync()
    const adversity = world.adversity.decide(service.name, routed.name)
    if (adversity?.kind === 'delay') {
      await world.kernel.wait(world.now() + adversity.delay)
      world.sync()
    }
    const outcome = this.#apply(call, adversity)
    const dropped = adversity?.kind === 'drop'
    world.calls.count(service.name, routed.name, received.userAgent)
    if (routed.operation.mutates) this.#recordMutation(call, outcome, dropped)
    if (routed.operation.mutates) world.commit()
    const answer =
      outcome instanceof AwsFault
        ? encodeFault(service, protocol, outcome, received.requestId)
        : encodeSuccess(service, protocol, routed, outcome, received.requestId)
    return { answer, dropped }
  }

  #apply(call: CallInHand, adversity: AdversityRule | null): WireStructure | AwsFault {
    const { service, protocol, routed, authenticated, received } = call
    const { requestId } = received
    try {
      if (adversity?.kind === 'throttle') return new AwsFault(service.throttlingFault)
      if (adversity?.kind === 'fail') return internalFault(protocol)
      if (this.#world.places.isRegionDown(service.globalRegion ?? authenticated.region))
        return regionDown(protocol)
      const injected = this.#injectedFault(call)
      if (injected !== null) return injected
      const input = routed.readInput()
      const world = this.#world
      const scope = `${service.globalRegion ?? authenticated.region}/${service.name}`
      const wishes = service.buckets(routed.name, input)
      const keyed = wishes.map(({ bucket, limit, tokens }) => ({ key: `${scope}/${bucket}`, limit, tokens }))
      if (!this.buckets.take(keyed, world.now())) return new AwsFault(service.throttlingFault)
      const { caller, region } = authenticated
      const stale = adversity?.kind === 'stale'
      return routed.operation.handle(
        { world, region, account: world.account, requestId, caller, stale },
        input,
      )
    } catch (error) {
      return error instanceof AwsFault ? error : this.#internalFailure(error, protocol, requestId)
    }
  }

  /** An error that an experiment puts in the way of this role's calls. */
  #injectedFault({ service, routed, authenticated }: CallInHand): AwsFault | null {
    const role = roleNameOf(authenticated.caller)
    if (role === null || service.injectedFaults === undefined) return null
    const { region } = authenticated
    const error = this.#world.impairments.apiErrorFor({
      region,
      role,
      service: service.name,
      operation: routed.name,
    })
    return error === null ? null : new AwsFault(service.injectedFaults[error])
  }

  #recordMutation(call: CallInHand, outcome: WireStructure | AwsFault, dropped: boolean): void {
    const { service, routed, authenticated, received } = call
    const input = readInputQuietly(routed)
    const token = TOKEN_MEMBERS.map((member) => input[member]).find((value) => typeof value === 'string')
    this.#world.calls.recordMutation({
      platformAt: this.#platformNowMs() * 1000,
      service: service.name,
      operation: routed.name,
      region: authenticated.region,
      accessKey: authenticated.caller.accessKeyId,
      userAgent: received.userAgent,
      token: token ?? null,
      summary: summaryOf(input, dropped),
      outcome: outcome instanceof AwsFault ? outcome.code : 'ok',
    })
  }

  #internalFailure(error: unknown, protocol: AwsProtocol, requestId: string): AwsFault {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#log(`aws: request ${requestId} failed: ${text}`)
    return internalFault(protocol)
  }

  /** Signed calls say whom they are for; of unsigned ones the service is guessed, only to shape the refusal. */
  #findService({ claim, signed }: Received): AwsService | undefined {
    if (claim !== undefined) return this.#services.find((service) => service.signingName === claim.service)
    const target = signed.headers['x-amz-target']?.split('.')[0]
    return this.#services.find(
      (service) =>
        (target !== undefined && service.targetPrefix === target) ||
        (service.globalRegion !== undefined && signed.path.startsWith(`/${service.apiVersion}/`)) ||
        (service.protocols[0] === 'ec2Query' && signed.path === '/' && target === undefined),
    )
  }

  #refuseUnknownService({ signed, claim, userAgent, requestId }: Received): WireAnswer {
    const signedFor = claim?.service ?? 'nothing (not signed)'
    this.#world.calls.count('unknown', 'refused', userAgent)
    this.#log(
      `aws: unsupported service: ${signed.method} ${signed.path} signed for ${signedFor}. ${WHAT_TO_DO}`,
    )
    const target = signed.headers['x-amz-target']
    const isForm = signed.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
    const service = {
      name: claim?.service ?? 'unknown',
      xmlNamespace: 'http://webservices.amazon.com/AWSFault/2005-15-09',
    }
    if (target !== undefined) return encodeFault(service, 'awsJson1.0', unknownOperation(target), requestId)
    if (isForm) return encodeFault(service, 'awsQuery', unknownOperation(signedFor), requestId)
    return encodeFault(service, 'restJson1', unknownOperation(`${signed.method} ${signed.path}`), requestId)
  }
}

/** A mutation whose body does not even parse is still listed, without input. */
function readInputQuietly(routed: Routed): WireInput {
  try {
    return routed.readInput()
  } catch {
    return {}
  }
}

function summaryOf(input: WireInput, dropped: boolean): string {
  const { Action: _action, Version: _version, ...members } = input
  const text = JSON.stringify(members)
  const short = text.length > SUMMARY_LIMIT ? `${text.slice(0, SUMMARY_LIMIT)}…` : text
  return dropped ? `${short} (reply dropped)` : short
}

async function receive(request: IncomingMessage, requestId: string): Promise<Received> {
  const url = request.url ?? '/'
  const at = url.indexOf('?')
  const headers: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(',') : value
  }
  return {
    signed: {
      method: request.method ?? 'GET',
      path: at === -1 ? url : url.slice(0, at),
      query: at === -1 ? '' : url.slice(at + 1),
      headers,
      body: await readBody(request),
    },
    claim: parseAuthorization(headers['authorization']),
    userAgent: headers['user-agent'] ?? '',
    requestId,
  }
}

function internalFault(protocol: AwsProtocol): AwsFault {
  const code = protocol === 'ec2Query' ? 'InternalError' : 'InternalFailure'
  return new AwsFault({ code, message: 'An internal error has occurred', status: 500 })
}

/** What a Region answers whose control plane is gone; SDKs try this again. */
function regionDown(protocol: AwsProtocol): AwsFault {
  const code = protocol === 'ec2Query' ? 'Unavailable' : 'ServiceUnavailable'
  return new AwsFault({ code, message: 'The service is unavailable. Please try again shortly.', status: 503 })
}

function unknownOperation(name: string): AwsFault {
  return new AwsFault({
    code: 'UnknownOperationException',
    message: `The operation ${name} is not known.`,
    status: 404,
  })
}

function send(response: ServerResponse, answer: WireAnswer): void {
  const body = Buffer.from(answer.body)
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length })
  response.end(body)
}
