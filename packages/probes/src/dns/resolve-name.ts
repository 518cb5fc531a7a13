import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { refusedAddress, type Reach } from '@firedrill/core'
import {
  codeOf,
  succeed,
  ended,
  proven,
  unproven,
  unusable,
  type Attempt,
  type StepResult,
} from '../attempt.ts'
import { parseHostPort } from '../net/host-port.ts'
import { queryDns, type DnsReply } from './dns-query.ts'

/** What a question needs: whose resolver, and how long it may take in real time. */
export type ResolveOptions = Readonly<{
  /** `host:port` of the vantage's resolver; absent: the host's own. */
  resolver?: string | undefined
  /** How far the addresses may reach; absent: anywhere but where a cloud hands out credentials. */
  reach?: Reach | 'anywhere' | undefined
  timeoutMs: number
  signal: AbortSignal
}>

/** The addresses of a name as a fresh client at the vantage would get them, in the order of the answer. */
export async function resolveName(
  name: string,
  options: ResolveOptions,
): Promise<StepResult<readonly [string, ...string[]]>> {
  const resolved = await addressesOf(name.replace(/^\[|\]$/g, ''), options)
  const { reach = 'loopback' } = options
  if (!resolved.ok || reach === 'anywhere') return resolved
  // A scenario names hosts, so whoever writes one must not get the prober to call where it is trusted and they are not. The
  // connection is made to what was judged here, so that no second answer of a resolver counts.
  const why = resolved.value.flatMap((address) => refusedAddress(address, reach) ?? [])[0]
  return why === undefined ? resolved : ended(unusable(`not probed: ${why}`))
}

async function addressesOf(
  bare: string,
  options: ResolveOptions,
): Promise<StepResult<readonly [string, ...string[]]>> {
  if (isIP(bare) !== 0) return succeed([bare])
  if (options.resolver === undefined) return lookupOnHost(bare, options.signal)
  const resolver = parseHostPort(options.resolver, 53)
  const reply = await queryDns(resolver, { name: bare, type: 'A' }, options.timeoutMs, options.signal)
  if (reply.kind !== 'answers') return ended(attemptOfReply(reply))
  const [first, ...rest] = reply.answers
  return first === undefined ? ended(proven('nodata')) : succeed([first, ...rest])
}

/** How a probe ends on a reply without records. */
export function attemptOfReply(reply: Exclude<DnsReply, { kind: 'answers' }>): Attempt {
  switch (reply.kind) {
    case 'nxdomain':
    case 'nodata':
    case 'servfail':
      return proven(reply.kind)
    case 'rcode':
      return proven(`dns ${reply.rcode}`)
    case 'timeout':
      return unproven('timeout dns')
    case 'no-resolver':
      return unusable(`resolver ${reply.code}`)
  }
}

/** The host's resolver takes no deadline, so its answer is left behind when the signal comes first. */
async function lookupOnHost(
  name: string,
  signal: AbortSignal,
): Promise<StepResult<readonly [string, ...string[]]>> {
  const { promise, resolve } = Promise.withResolvers<StepResult<never>>()
  const onAbort = () => resolve(ended(unproven('timeout dns')))
  signal.addEventListener('abort', onAbort)
  const result = await Promise.race([askHost(name), promise])
  signal.removeEventListener('abort', onAbort)
  return result
}

async function askHost(name: string): Promise<StepResult<readonly [string, ...string[]]>> {
  try {
    const found = await lookup(name, { all: true, order: 'ipv4first' })
    const [first, ...rest] = found.map(({ address }) => address)
    return first === undefined ? ended(proven('nodata')) : succeed([first, ...rest])
  } catch (error) {
    return ended(attemptOfLookup(error))
  }
}

function attemptOfLookup(error: unknown): Attempt {
  const code = codeOf(error)
  switch (code) {
    case 'ENOTFOUND':
      return proven('nxdomain')
    case 'ENODATA':
      return proven('nodata')
    case 'EAI_AGAIN':
    case 'ESERVFAIL':
      return proven('servfail')
    default:
      return unproven(`dns ${code}`)
  }
}
