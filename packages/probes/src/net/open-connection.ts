import { request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import {
  attemptOfError,
  codeOf,
  succeed,
  ended,
  proven,
  unproven,
  unusable,
  type StepResult,
} from '../attempt.ts'
import { formatHostPort, type HostPort } from './host-port.ts'

/** What opening a connection needs. */
export type ConnectOptions = Readonly<{ proxy?: string | undefined; signal: AbortSignal }>

/**
 * Opens a fresh TCP connection, through the CONNECT proxy when there is one. The caller destroys the socket. A proxy that
 * cannot be reached, or that will not serve us, is our equipment and says nothing about the service.
 */
export function openConnection(peer: HostPort, options: ConnectOptions): Promise<StepResult<Socket>> {
  return options.proxy === undefined
    ? connectDirectly(peer, options.signal)
    : connectThrough(options.proxy, peer, options.signal)
}

function connectDirectly({ host, port }: HostPort, signal: AbortSignal): Promise<StepResult<Socket>> {
  const { promise, resolve } = Promise.withResolvers<StepResult<Socket>>()
  const socket = connect({ host, port, noDelay: true })
  const fail = (error: unknown) => {
    signal.removeEventListener('abort', fail)
    socket.destroy()
    resolve(ended(attemptOfError(error, 'connect', signal)))
  }
  socket.once('error', fail)
  signal.addEventListener('abort', fail)
  socket.once('connect', () => {
    signal.removeEventListener('abort', fail)
    socket.off('error', fail)
    // Between two phases nobody listens; an error then shows in the next one.
    socket.on('error', () => undefined)
    resolve(succeed(socket))
  })
  if (signal.aborted) fail(undefined)
  return promise
}

function connectThrough(proxy: string, peer: HostPort, signal: AbortSignal): Promise<StepResult<Socket>> {
  const { promise, resolve } = Promise.withResolvers<StepResult<Socket>>()
  const url = new URL(proxy)
  const authority = formatHostPort(peer)
  const connecting = request({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 80 : Number(url.port),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority },
    agent: false,
    signal,
  })
  let isSent = false
  connecting.on('socket', (socket) => {
    socket.on('connect', () => {
      isSent = true
      socket.setNoDelay(true)
    })
  })
  connecting.on('connect', (response, socket, head) => {
    if (response.statusCode !== 200) {
      socket.destroy()
      resolve(ended(attemptOfProxy(response)))
      return
    }
    socket.on('error', () => undefined)
    if (head.length > 0) socket.unshift(head)
    resolve(succeed(socket))
  })
  connecting.on('error', (error) => {
    const isOurs = !isSent && !signal.aborted
    resolve(ended(isOurs ? unusable(`proxy ${codeOf(error)}`) : attemptOfError(error, 'connect', signal)))
  })
  connecting.end()
  return promise
}

/** A proxy that could not connect says so by 502 or 504; anything else is about the proxy itself. */
function attemptOfProxy({ statusCode = 0, headers }: IncomingMessage) {
  const result = headers['x-connect-result']
  if (result === 'refused') return proven('refused')
  if (statusCode === 502 || statusCode === 503) return proven('unreachable')
  if (statusCode === 504) return unproven('timeout connect')
  return unusable(`proxy ${statusCode}`)
}
