import type { AddressInfo, Server } from 'node:net'

/**
 * Binds a TCP server to 127.0.0.1 (port 0 for any) and returns the port. Rejects with a message that says which port
 * of the simulator is in use and what to do.
 */
export const listenTcp = (server: Server, port: number, purpose: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `The ${purpose} port ${port} is in use. Stop what uses it, or choose another port (0 for any).`,
            )
          : new Error(`The ${purpose} port ${port} cannot be used: ${error.message}`),
      )
    }
    server.once('error', onError)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError)
      resolve((server.address() as AddressInfo).port)
    })
  })
