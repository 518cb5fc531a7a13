import type { Socket } from 'node:net'
import { succeed, type StepResult } from '../attempt.ts'
import { resolveName } from '../dns/resolve-name.ts'
import { openConnection } from '../net/open-connection.ts'
import { secure } from '../net/secure.ts'
import type { AttemptContext } from '../probe-context.ts'

/** A connection over which a request may be sent, and the addresses that the name had. */
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
  const socket = isTls
    ? await secure(connection.value, url.hostname.replace(/^\[|\]$/g, ''), context)
    : succeed(connection.value)
  if (!socket.ok) {
    connection.value.destroy()
    return socket
  }
  // The upper one, which takes the connection with it: one that is pulled from beneath TLS crashes the process when TLS is
  // closed in the same turn.
  return succeed({
    socket: socket.value,
    addresses: resolved.value,
    close: () => void socket.value.destroy(),
  })
}
