import { request } from 'node:http'
import type { Socket } from 'node:net'
import type { CallClock, Endpoint, Finding, NetworkCheckOptions } from '@firedrill/core'
import { codeOf } from '../attempt.ts'
import { formatHostPort } from '../net/host-port.ts'
import { openConnection } from '../net/open-connection.ts'
import { shakeHands, type Shown } from './handshake.ts'

/** What looking at a service needs besides the target. */
export type ServiceContext = Readonly<{
  options: Pick<NetworkCheckOptions, 'proxy' | 'timeoutMs' | 'ca'>
  clock: CallClock
  /** The date, in milliseconds since the epoch. */
  nowMs: () => number
}>

const DAY_MS = 86_400_000
/** A renewal that has not happened by now is late with every usual authority. */
const SOON_DAYS = 14

/** Connects to one address of a target and looks as far as it speaks: TCP, TLS with its certificates, HTTP. */
export async function checkService(
  address: string,
  target: Endpoint,
  context: ServiceContext,
): Promise<readonly Finding[]> {
  const tcp = await connectTo(address, target, context)
  if (!tcp.ok) return [tcp.finding]
  tcp.socket.destroy()
  const isSecure = target.scheme === 'https' || target.scheme === 'auto'
  const secured = isSecure ? await checkTls(address, target, context) : { findings: [], speaks: false }
  const http =
    target.scheme === 'https' && !secured.speaks
      ? []
      : [await checkHttp(address, { ...target, scheme: secured.speaks ? 'https' : target.scheme }, context)]
  return [tcp.finding, ...secured.findings, ...http]
}

type Connected = Readonly<{ ok: true; socket: Socket; finding: Finding } | { ok: false; finding: Finding }>

async function connectTo(
  address: string,
  target: Endpoint,
  { options, clock }: ServiceContext,
): Promise<Connected> {
  const subject = formatHostPort({ host: address, port: target.port })
  const about = { check: 'tcp', subject } as const
  const startMs = clock.monotonicMs()
  const signal = AbortSignal.timeout(options.timeoutMs)
  const opened = await openConnection({ host: address, port: target.port }, { proxy: options.proxy, signal })
  const took = `${Math.max(1, Math.round(clock.monotonicMs() - startMs))} ms`
  if (opened.ok)
    return {
      ok: true,
      socket: opened.value,
      finding: { ...about, level: 'good', verdict: `connected in ${took}`, remedy: null },
    }
  const { attempt } = opened
  const verdict = attempt.end === 'good' ? 'no connection' : attempt.detail
  const isOurs = attempt.end === 'unusable'
  return {
    ok: false,
    finding: {
      ...about,
      level: isOurs ? 'not-observed' : 'problem',
      verdict: isOurs ? `our own side failed: ${verdict}` : `no connection after ${took}: ${verdict}`,
      remedy: isOurs
        ? 'check the proxy and the limits of this host'
        : (REMEDIES[verdict.split(' ')[0] ?? ''] ??
          'check that something listens there and that no firewall is between'),
    },
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  refused: 'nothing listens on that port: check the port, and that the service runs',
  timeout: 'packets are dropped on the way: check security groups, network ACLs and routes',
  unreachable: 'there is no route to that address: check routes, and that the host is up',
}

type Secured = Readonly<{ findings: readonly Finding[]; speaks: boolean }>

async function checkTls(address: string, target: Endpoint, context: ServiceContext): Promise<Secured> {
  const connected = await connectTo(address, target, context)
  if (!connected.ok) return { findings: [connected.finding], speaks: false }
  const subject = `${target.host} at ${formatHostPort({ host: address, port: target.port })}`
  const result = await shakeHands(connected.socket, target.host, context.options)
  if (!result.ok) {
    const isWanted = target.scheme === 'https'
    connected.socket.destroy()
    return {
      findings: [
        {
          check: 'tls',
          subject,
          level: isWanted ? 'problem' : 'not-observed',
          verdict: isWanted ? `the handshake failed: ${result.why}` : `speaks no TLS: ${result.why}`,
          remedy: isWanted ? 'check that the port speaks TLS, and which versions it takes' : null,
        },
      ],
      speaks: false,
    }
  }
  result.shown.socket.destroy()
  return { findings: certificateFindings(subject, result.shown, context.nowMs()), speaks: true }
}

function certificateFindings(subject: string, shown: Shown, nowMs: number): readonly Finding[] {
  const { protocol, chain, distrust, mismatch, expiry } = shown
  const trusted: Finding =
    distrust === null
      ? {
          check: 'tls',
          subject,
          level: 'good',
          verdict: `${protocol}, trusted chain ${chain.join(' ← ')}`,
          remedy: null,
        }
      : {
          check: 'tls',
          subject,
          level: 'problem',
          verdict: `${protocol}, but the chain ${chain.join(' ← ')} is not trusted: ${distrust}`,
          remedy: 'serve the certificate with its intermediates, or give --ca when it is your own authority',
        }
  const about = { check: 'certificate', subject } as const
  const name: readonly Finding[] =
    mismatch === null
      ? []
      : [
          {
            ...about,
            level: 'problem',
            verdict: mismatch,
            remedy: 'put the name into the certificate; a standby often has another one',
          },
        ]
  const days = Math.floor((expiry.atMs - nowMs) / DAY_MS)
  const until = `${expiry.subject} is valid until ${new Date(expiry.atMs).toISOString().slice(0, 10)}`
  const validity: Finding =
    expiry.atMs <= nowMs
      ? { ...about, level: 'problem', verdict: `${until}: expired`, remedy: 'renew it' }
      : days < SOON_DAYS
        ? {
            ...about,
            level: 'warning',
            verdict: `${until}: ${days} days left`,
            remedy: 'renew it before the drill',
          }
        : { ...about, level: 'good', verdict: `${until}: ${days} days left`, remedy: null }
  return [trusted, ...name, validity]
}

async function checkHttp(address: string, target: Endpoint, context: ServiceContext): Promise<Finding> {
  const { host, port, path } = target
  const about = { check: 'http', subject: `${host}:${port}${path} at ${address}` } as const
  const { answer, tookMs } = await askHttp(address, target, context)
  if ('why' in answer) {
    const isWanted = target.scheme !== 'auto'
    return {
      ...about,
      level: isWanted ? 'problem' : 'not-observed',
      verdict: isWanted ? `no answer: ${answer.why}` : `speaks no HTTP: ${answer.why}`,
      remedy: isWanted ? 'check the service behind the port, and its log' : null,
    }
  }
  const verdict = `status ${answer.status} in ${tookMs} ms`
  if (answer.status >= 500)
    return { ...about, level: 'problem', verdict, remedy: 'the service itself is not well: fix it first' }
  if (answer.status >= 400)
    return {
      ...about,
      level: 'warning',
      verdict,
      remedy: 'ask for a path that shows whether the service is well',
    }
  return { ...about, level: 'good', verdict, remedy: null }
}

/** One request to one address as if the target's name led there. */
export async function askHttp(
  address: string,
  target: Endpoint,
  { options, clock }: Pick<ServiceContext, 'options' | 'clock'>,
): Promise<Readonly<{ answer: Readonly<{ status: number } | { why: string }>; tookMs: number }>> {
  const startMs = clock.monotonicMs()
  const answer = await exchangeAt(address, target, options)
  return { answer, tookMs: Math.max(1, Math.round(clock.monotonicMs() - startMs)) }
}

async function exchangeAt(
  address: string,
  { host, port, scheme, path }: Endpoint,
  options: ServiceContext['options'],
): Promise<Readonly<{ status: number } | { why: string }>> {
  const signal = AbortSignal.timeout(options.timeoutMs)
  const opened = await openConnection({ host: address, port }, { proxy: options.proxy, signal })
  if (!opened.ok) return { why: opened.attempt.end === 'good' ? 'no connection' : opened.attempt.detail }
  const isSecure = scheme === 'https'
  const secured = isSecure ? await shakeHands(opened.value, host, options) : undefined
  if (secured?.ok === false) return { why: secured.why }
  const socket = secured === undefined ? opened.value : secured.shown.socket
  const { promise, resolve } = Promise.withResolvers<Readonly<{ status: number } | { why: string }>>()
  const isDefault = port === (isSecure ? 443 : 80)
  const asking = request({
    method: 'GET',
    path,
    headers: {
      host: isDefault ? host : formatHostPort({ host, port }),
      'user-agent': 'firedrill-check',
      accept: '*/*',
      connection: 'close',
    },
    createConnection: () => socket,
    signal,
  })
  asking.on('error', (error) =>
    resolve({ why: signal.aborted ? `no answer within ${options.timeoutMs} ms` : codeOf(error) }),
  )
  asking.on('response', (response) => {
    response.resume()
    resolve({ status: response.statusCode ?? 0 })
  })
  asking.end()
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
