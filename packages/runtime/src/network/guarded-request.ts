import { lookup as systemLookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { refusedAddress, type Reach } from '@firedrill/core'

/** What a guarded request sends, how far it may reach and when it is given up. */
export type GuardedRequest = Readonly<{
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  reach: Reach
  signal: AbortSignal
  /** Redirects to follow; each is judged like the first address. Default 0: the redirect is the answer. Only GET follows any. */
  redirectsMax?: number
  /** Bytes of the answer to read; more is an error. Default 1 MiB. */
  bytesMax?: number
  /** Default: the resolver of this machine. */
  lookup?: LookupFunction
}>

/** The answer to a guarded request. */
export type GuardedAnswer = Readonly<{
  status: number
  headers: Readonly<Record<string, string | readonly string[] | undefined>>
  body: Uint8Array
  /** The address that answered, after redirects. */
  url: string
}>

/** A request that was not sent, because of where it would have gone. */
export class AddressRefused extends Error {
  constructor(where: string, why: string) {
    super(`${where} is ${why}`)
    this.name = 'AddressRefused'
  }
}

const BYTES_MAX = 1_048_576

/**
 * Sends a request to an address that somebody else chose, such as that of a webhook. What a name resolves to is judged in the
 * very lookup that the connection uses, so there is no second answer that could be another one; every address of the name has to be
 * allowed. Proxies of the environment's variables are not used.
 * @throws AddressRefused before anything is sent.
 */
export async function guardedRequest(address: string, options: GuardedRequest): Promise<GuardedAnswer> {
  let url = urlOf(address)
  let headers = options.headers ?? {}
  for (let left = options.redirectsMax ?? 0; ; left -= 1) {
    const answer = await send(url, { ...options, headers })
    const location = answer.headers['location']
    const isRedirect = [301, 302, 303, 307, 308].includes(answer.status) && typeof location === 'string'
    if (!isRedirect || left <= 0 || (options.method ?? 'GET') !== 'GET') return answer
    const next = urlOf(location, url)
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw new AddressRefused(next.host, 'a redirect from https to http')
    // What was meant for one host is not sent to another.
    if (next.origin !== url.origin) headers = withoutCredentials(headers)
    url = next
  }
}

/** Why a URL would be refused before anything is looked up; undefined when only its addresses can tell. */
export function refusedUrl(address: string, reach: Reach): string | undefined {
  try {
    const { hostname } = urlOf(address)
    const bare = bareHost(hostname)
    return isIP(bare) === 0 ? refusedName(bare, reach) : refusedAddress(bare, reach)
  } catch (error) {
    return error instanceof Error ? error.message : 'not a URL'
  }
}

function urlOf(address: string, base?: URL): URL {
  if (!URL.canParse(address, base?.href)) throw new AddressRefused('this', 'not a URL')
  const url = new URL(address, base?.href)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new AddressRefused(url.protocol, 'neither http nor https')
  if (url.username !== '' || url.password !== '')
    throw new AddressRefused(url.host, 'an address with a user or a password in it')
  if (url.hostname === '') throw new AddressRefused('this', 'a URL without a host')
  return url
}

/** Names that are no name of the internet, whatever a resolver makes of them. */
function refusedName(name: string, reach: Reach): string | undefined {
  const plain = name.toLowerCase().replace(/\.+$/, '')
  if (/(^|\.)metadata(\.google\.internal|\.goog)?$/.test(plain) || plain === 'instance-data')
    return 'a name at which a cloud hands out credentials'
  if (reach !== 'loopback' && /(^|\.)localhost$/.test(plain)) return 'a name of this machine'
  return undefined
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !/^(authorization|cookie|proxy-authorization|x-.*)$/i.test(name),
    ),
  )
}

/** A lookup that fails when any address of the name is not allowed. */
function guardedLookup(reach: Reach, lookup: LookupFunction): LookupFunction {
  return (name, options, callback) => {
    lookup(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0)
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found
      const [first] = addresses
      if (first === undefined) return callback(new AddressRefused(name, 'a name without an address'), '', 0)
      for (const { address } of addresses) {
        const why = refusedAddress(address, reach)
        if (why !== undefined) return callback(new AddressRefused(`${name} (${address})`, why), '', 0)
      }
      if (options.all === true) return callback(null, addresses)
      return callback(null, first.address, first.family)
    })
  }
}

async function send(url: URL, options: GuardedRequest): Promise<GuardedAnswer> {
  const why = refusedUrl(url.href, options.reach)
  if (why !== undefined) throw new AddressRefused(url.host, why)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = open(url, {
    method: options.method ?? 'GET',
    headers: { ...options.headers },
    // A kept connection would have been judged for somebody else.
    agent: false,
    lookup: guardedLookup(options.reach, options.lookup ?? systemLookup),
    signal: options.signal,
  })
  request.on('error', reject)
  request.on('response', resolve)
  request.end(options.body)
  const response = await promise
  const body = await readAll(response, options.bytesMax ?? BYTES_MAX)
  return { status: response.statusCode ?? 0, headers: response.headers, body, url: url.href }
}

async function readAll(response: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > bytesMax) {
      response.destroy()
      throw new RangeError(`the answer has more than ${bytesMax} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
