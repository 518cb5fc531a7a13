import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { systemClock } from '@firedrill/runtime'

/** Stands between the workers and the simulator and knows when a request came; changes nothing of it. */
export type CallTap = Readonly<{
  url: string
  /** Settles with the monotonic instant at which the next request begins to arrive. */
  next(): Promise<number>
  /** Milliseconds since a request last arrived. */
  quietMs(): number
  stop(): Promise<void>
}>

/** Starts a tap on loopback in front of `target`. */
export async function startCallTap(target: string): Promise<CallTap> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let waiting: ((at: number) => void)[] = []
  let lastAt = systemClock.monotonicMs()
  const keep = (socket: Socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) keep(socket)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.on('data', () => {
      lastAt = systemClock.monotonicMs()
      for (const tell of waiting) tell(lastAt)
      waiting = []
    })
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the tap has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    next: () => new Promise((resolve) => void waiting.push(resolve)),
    quietMs: () => systemClock.monotonicMs() - lastAt,
    async stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
