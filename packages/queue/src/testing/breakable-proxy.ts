import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Stands before a server on a port of its own, and can go away and come back. */
export type BreakableProxy = Readonly<{ port: number; leave(): Promise<void>; comeBack(): Promise<void> }>

/** Opens a proxy to a local port. */
export async function breakableProxy(targetPort: number): Promise<BreakableProxy> {
  const sockets = new Set<Socket>()
  const open = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((near) => {
        const far = connect(targetPort, '127.0.0.1')
        for (const socket of [near, far]) {
          sockets.add(socket)
          socket.on('error', () => {})
          socket.on('close', () => sockets.delete(socket))
        }
        near.pipe(far).pipe(near)
      })
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => resolve(server))
    })
  let server = await open(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    leave: async () => {
      const closed = new Promise((resolve) => {
        server.close(resolve)
      })
      for (const socket of sockets) socket.destroy()
      await closed
    },
    comeBack: async () => {
      server = await open(port)
    },
  }
}
