import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to a server that can be cut at any moment, as a network or a dying process does it. */
export type Link = Readonly<{ url: string; cut: () => Promise<void> }>

/** Opens a link to a server on this machine. */
export async function openLink(to: string): Promise<Link> {
  const { port, hostname } = new URL(to)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
