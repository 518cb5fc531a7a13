import { isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import { codeOf } from '../attempt.ts'

/** What a server showed in a TLS handshake. Nothing is refused here: what is wrong is told. */
export type Shown = Readonly<{
  socket: TLSSocket
  protocol: string
  /** Subjects from the server's own certificate up to the last that came along or is known here. */
  chain: readonly string[]
  /** The first certificate of the chain that ends, and when, in milliseconds since the epoch. */
  expiry: Readonly<{ subject: string; atMs: number }>
  /** Why the chain is not trusted; null when it is. Expiry is judged apart. */
  distrust: string | null
  /** Why the name does not match; null when it does. */
  mismatch: string | null
}>

/** How a handshake ended. */
export type HandshakeResult = Readonly<{ ok: true; shown: Shown } | { ok: false; why: string }>

/** A chain longer than this is none. */
const CHAIN_MAX = 12

/** Speaks TLS over a connection, for a host's name, and looks at the certificates. The caller destroys the socket. */
export function shakeHands(
  socket: Socket,
  hostname: string,
  { timeoutMs, ca }: Readonly<{ timeoutMs: number; ca?: string | undefined }>,
): Promise<HandshakeResult> {
  const { promise, resolve } = Promise.withResolvers<HandshakeResult>()
  const tls = connect({
    socket,
    rejectUnauthorized: false,
    ...(ca === undefined ? {} : { ca }),
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
  })
  const signal = AbortSignal.timeout(timeoutMs)
  const fail = (why: string) => {
    tls.destroy()
    resolve({ ok: false, why })
  }
  signal.addEventListener('abort', () => fail(`no handshake within ${timeoutMs} ms`))
  // Whoever closes the connection instead of answering speaks something else.
  tls.on('close', () => fail('the connection was closed'))
  tls.on('error', (error) => fail(codeOf(error)))
  tls.once('secureConnect', () => resolve({ ok: true, shown: look(tls, hostname) }))
  return promise
}

function look(tls: TLSSocket, hostname: string): Shown {
  const certificate = tls.getPeerCertificate(true)
  const chain = certificateChain(certificate)
  const first = chain
    .map((one) => ({ subject: subjectOf(one), atMs: Date.parse(one.valid_to) }))
    .toSorted((a, b) => a.atMs - b.atMs)[0] ?? { subject: hostname, atMs: 0 }
  const error = tls.authorizationError as Error | string | null
  const code = error === null ? null : typeof error === 'string' ? error : codeOf(error)
  return {
    socket: tls,
    protocol: tls.getProtocol() ?? 'TLS',
    chain: chain.map((one) => subjectOf(one)),
    expiry: first,
    distrust: code === 'CERT_HAS_EXPIRED' || code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? null : code,
    mismatch: checkServerIdentity(hostname, certificate)?.message ?? null,
  }
}

/** The certificates from the server's own up to the last that came along or is known here. */
export function certificateChain(certificate: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = []
  const seen = new Set<string>()
  let next: DetailedPeerCertificate | undefined = certificate
  while (next !== undefined && chain.length < CHAIN_MAX && !seen.has(next.fingerprint256)) {
    chain.push(next)
    seen.add(next.fingerprint256)
    // The last certificate that came along has none, whatever the type says.
    next = next.issuerCertificate as DetailedPeerCertificate | undefined
  }
  return chain
}

/** The common name of a certificate's subject. */
export function subjectOf(certificate: DetailedPeerCertificate): string {
  const name: string | readonly string[] | undefined = certificate.subject?.CN
  return typeof name === 'string' ? name : (name?.[0] ?? 'without a name')
}
