import { Socket } from 'node:net'
import { Client } from 'pg'
import type { Attempt } from '../attempt.ts'
import { resolveName } from '../dns/resolve-name.ts'

/** How a database is logged in to. */
export type DatabaseLogin = Readonly<{
  url: string
  password?: string | undefined
  /** `host:port` of the resolver that knows the host, and the real time it has; absent: the prober's own. */
  resolver?: Readonly<{ address: string; timeoutMs: number }> | undefined
}>

/** No connection was had, because the host's name led nowhere. */
export class UnknownHost extends Error {
  readonly attempt: Attempt
  constructor(attempt: Attempt) {
    super(attempt.end === 'good' ? 'no address' : attempt.detail)
    this.attempt = attempt
  }
}

type Row = readonly unknown[]

/** One connection that is opened when it is needed, and given up after anything that went wrong on it. */
export type Connection = Readonly<{
  /** Rows as arrays. Rejects when the signal ends, whatever the server does. */
  query(text: string, values: readonly (string | number)[], signal: AbortSignal): Promise<readonly Row[]>
  close(): Promise<void>
}>

/** Only ever one query at a time: a marker writer has to know the outcome of one write before it starts the next. */
export function createConnection(login: DatabaseLogin): Connection {
  let open: Client | undefined

  const give = async (signal: AbortSignal): Promise<Client> => {
    if (open !== undefined) return open
    const address = await addressOf(login, signal)
    const client = new Client({
      connectionString: login.url,
      application_name: 'firedrill marker',
      ...(login.password === undefined ? {} : { password: login.password }),
      ...(address === undefined ? {} : { stream: () => new SocketTo(address) }),
    })
    client.on('error', () => {
      if (open === client) open = undefined
    })
    await until(client.connect(), signal, () => void client.end().catch(() => undefined))
    open = client
    return client
  }

  const drop = (client: Client) => {
    if (open === client) open = undefined
    // A server that hangs would not say good-bye either.
    client.connection.stream.destroy()
  }

  return {
    query: async (text, values, signal) => {
      const client = await give(signal)
      try {
        const asked = client.query({ text, values: [...values], rowMode: 'array' })
        const result = await until(asked, signal, () => drop(client))
        return result.rows as readonly Row[]
      } catch (error) {
        drop(client)
        throw error
      }
    },
    close: async () => {
      const client = open
      open = undefined
      await client?.end().catch(() => undefined)
    },
  }
}

/** A socket that goes to an address; the driver keeps the name, which certificates are compared with. */
class SocketTo extends Socket {
  readonly #address: string
  constructor(address: string) {
    super()
    this.#address = address
  }

  override connect(port: unknown): this {
    return super.connect(Number(port), this.#address)
  }
}

/** The address of a login's host by the resolver it names; undefined where none is named. */
async function addressOf({ url, resolver }: DatabaseLogin, signal: AbortSignal): Promise<string | undefined> {
  if (resolver === undefined) return undefined
  const asked = { resolver: resolver.address, timeoutMs: resolver.timeoutMs, signal }
  const resolved = await resolveName(new URL(url).hostname, asked)
  if (!resolved.ok) throw new UnknownHost(resolved.attempt)
  return resolved.value[0]
}

/** A promise that the signal may end first; then what it was about is given up. */
async function until<T>(promise: Promise<T>, signal: AbortSignal, giveUp: () => void): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const onAbort = () => {
    giveUp()
    reject(new Error('timeout'))
  }
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  // What is given up may still fail later, and nobody is left to hear it.
  promise.catch(() => undefined)
  ended.catch(() => undefined)
  try {
    return await Promise.race([promise, ended])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
