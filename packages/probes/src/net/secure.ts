import { isIP, type Socket } from 'node:net'
import { connect, createSecureContext, rootCertificates, type SecureContext, type TLSSocket } from 'node:tls'
import { attemptOfError, codeOf, ended, proven, succeed, type StepResult } from '../attempt.ts'

/** Whom to trust besides the well-known authorities (PEM), and until when to wait. */
export type SecureOptions = Readonly<{ ca?: string | undefined; signal: AbortSignal }>

/**
 * Speaks TLS over a connection as a client that asks for this name (SNI), and ends as one would: a chain that is not trusted,
 * another name, or a certificate that is not valid by this host's date, is an answer of the service. The caller destroys both.
 */
export function secure(
  socket: Socket,
  serverName: string,
  { ca, signal }: SecureOptions,
): Promise<StepResult<TLSSocket>> {
  const { promise, resolve } = Promise.withResolvers<StepResult<TLSSocket>>()
  const tls = connect({
    socket,
    host: serverName,
    secureContext: contextOf(ca),
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
  })
  const fail = (error: unknown) => {
    signal.removeEventListener('abort', fail)
    tls.destroy()
    const code = codeOf(error)
    // A certificate that does not hold is an answer; a handshake that ended early may be our doing.
    const isCertificate = !signal.aborted && /CERT|ALTNAME|ISSUER|SELF_SIGNED|VERIFY/.test(code)
    resolve(ended(isCertificate ? proven(`tls ${code}`) : attemptOfError(error, 'tls', signal)))
  }
  tls.once('error', fail)
  signal.addEventListener('abort', fail)
  tls.once('secureConnect', () => {
    signal.removeEventListener('abort', fail)
    tls.off('error', fail)
    tls.on('error', () => undefined)
    resolve(succeed(tls))
  })
  if (signal.aborted) fail(undefined)
  return promise
}

/** Reading a hundred root certificates takes longer than a handshake, so it is done once. */
const contexts = new Map<string, SecureContext>()

function contextOf(ca: string | undefined): SecureContext {
  const key = ca ?? ''
  const known = contexts.get(key)
  if (known !== undefined) return known
  const context = createSecureContext(ca === undefined ? {} : { ca: [...rootCertificates, ca] })
  contexts.set(key, context)
  return context
}
