import { Agent } from 'node:http'
import type { Duplex } from 'node:stream'

/** One connection that is used again from one probe to the next, as clients with a pool do. It belongs to one stream. */
export type KeptConnection = Readonly<{
  agent: Agent
  /** The addresses that the name had when the connection was opened; undefined when none is open and idle. */
  idle: () => readonly string[] | undefined
  /** Takes a connection for the next request, and for as long as it works for those after it. */
  offer: (socket: Duplex, addresses: readonly string[]) => void
  /** Closes what is open. */
  close: () => void
}>

/** A place for the connection of one stream; nothing is open yet. */
export function createKeptConnection(): KeptConnection {
  let offered: Duplex | undefined
  let addresses: readonly string[] = []
  const agent = new (class extends Agent {
    override createConnection(): Duplex {
      if (offered === undefined) throw new Error('no connection was opened for this request')
      return offered
    }
  })({ keepAlive: true, maxFreeSockets: 1 })
  return {
    agent,
    idle: () =>
      Object.values(agent.freeSockets).some((sockets) => sockets?.some(({ destroyed }) => !destroyed))
        ? addresses
        : undefined,
    offer: (socket, theirs) => {
      offered = socket
      addresses = theirs
    },
    close: () => agent.destroy(),
  }
}
