import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { attemptOfError, codeOf, ended, proven, succeed, type StepResult } from '../attempt.ts'
import { resolveName } from '../dns/resolve-name.ts'
import { openConnection } from '../net/open-connection.ts'
import type { AttemptContext } from '../probe-context.ts'

/** A connection over which one request may be sent, and the addresses that the name had. */
export type OpenUrl = Readonly<{ socket: Socket; addresses: readonly string[]; close: () => void }>

/**
 * Opens a fresh connection to the host of a URL as a client at the vantage would: its own name resolution, its own
 * connection, through the proxy when there is one, TLS for https. The caller closes it.
 */
export async function openUrl(url: URL, context: AttemptContext): Promise<StepResult<OpenUrl>> {
  const isTls = url.protocol === 'https:'
  const resolved = await resolveName(url.hostname, context)
  if (!resolved.ok) return resolved
  const [host] = resolved.value
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port)
  const connection = await openConnection({ host, port }, context)
  if (!connection.ok) return connection
  const close = () => void connection.value.destroy()
  const socket = isTls
    ? await secure(connection.value, url.hostname, context.signal)
    : succeed(connection.value)
  if (socket.ok) return succeed({ socket: socket.value, addresses: resolved.value, close })
  close()
  return socket
}

function secure(socket: Socket, hostname: string, signal: AbortSignal): Promise<StepResult<Socket>> {
  const { promise, resolve } = Promise.withResolvers<StepResult<Socket>>()
  const tls = connectTls({ socket, ...(isIP(hostname) === 0 ? { servername: hostname } : {}) })
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
