import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { randomInt } from 'node:crypto'

/** Ports one sandbox takes. */
const PORTS = 12
/** Below the range from which systems hand out ports by themselves, so that none is taken between look and use. */
const FIRST = 20_000
const LAST = 32_000 - PORTS

/** The first of twelve ports in a row that were free on 127.0.0.1 a moment ago. */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const base = randomInt(FIRST, LAST)
    const ports = Array.from({ length: PORTS }, (_, i) => base + i)
    const free = await Promise.all(ports.flatMap((port) => [isFreeTcp(port), isFreeUdp(port)]))
    if (free.every(Boolean)) return base
  }
}

function isFreeTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function isFreeUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
