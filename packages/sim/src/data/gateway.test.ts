import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { SECOND } from '../world/model.ts'

const BALANCER = '198.51.100.10'

let simulator: Simulator | undefined
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await simulator?.close()
})

const begin = async (): Promise<Simulator> => {
  simulator = await startSimulator({ rate: 'manual', startAt: 1_800_000_000 * SECOND })
  return simulator
}

interface Tunnel {
  readonly socket: Socket
  /** All that has come back so far. */
  readonly heard: () => string
  /** Resolves once `text` has come back. */
  readonly until: (text: string) => Promise<void>
}

const dial = ({ endpoints }: Simulator, authority: string): Tunnel => {
  const socket = connect(Number(new URL(endpoints.gateway).port), '127.0.0.1')
  sockets.push(socket)
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`)
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) await once(socket, 'data')
  }
  return { socket, heard: () => text, until }
}

/** One request through a fresh tunnel; the answer's status line. */
const request = async (sim: Simulator, address: string, onSent = (): void => {}): Promise<string> => {
  const tunnel = dial(sim, `${address}:80`)
  await tunnel.until('200 Connection Established')
  tunnel.socket.write(`GET / HTTP/1.1\r\nhost: checkout.larkspur.example\r\n\r\n`)
  onSent()
  await tunnel.until('\r\nDate: ')
  return /HTTP\/1\.1 (\d{3}) (?!Connection)/.exec(tunnel.heard())?.[1] ?? ''
}

const stopPrimary = (sim: Simulator): void => {
  const ids = sim.world.compute.inRegion('eu-west-1').map(({ id }) => id)
  sim.world.compute.stop(ids, 'test')
}

describe('the gateway', () => {
  it('answers 200 from an instance behind the balancer, and from an instance itself', async () => {
    const sim = await begin()
    expect(await request(sim, BALANCER)).toBe('200')
    expect(await request(sim, '198.51.100.100')).toBe('200')
  })

  it('answers 502 while stopped applications refuse, 504 while hosts are silent, 503 when no target is left', async () => {
    const sim = await begin()
    const answers = new Map<string, number>()
    stopPrimary(sim)
    for (let at = 0; at < 60 * SECOND; at += SECOND) {
      sim.advance(SECOND)
      const outcome = sim.world.balancers.request(BALANCER, 80, sim.world.now())
      const status = outcome.kind === 'answer' ? String(outcome.status) : outcome.kind
      if (!answers.has(status)) answers.set(status, at / SECOND)
    }
    expect([...answers.keys()].filter((status) => status !== '200').sort()).toEqual(['502', '503', '504'])
    expect(await request(sim, BALANCER)).toBe('503')
  })

  it('lets a request to a silent host wait ten world seconds for its 504', async () => {
    const sim = await begin()
    stopPrimary(sim)
    sim.advance(6 * SECOND)
    const begun = sim.world.now()
    let waited = 0
    const status = await request(sim, BALANCER, () => {
      const step = (): void => {
        sim.advance(SECOND)
        waited = sim.world.now() - begun
        if (waited < 14 * SECOND) setImmediate(step)
      }
      setImmediate(step)
    })
    expect(status).toBe('504')
    expect(waited).toBeGreaterThanOrEqual(10 * SECOND)
  })

  it('refuses where a host is up and nothing listens, and never answers where there is nobody', async () => {
    const sim = await begin()
    const silent = [dial(sim, '198.51.100.250:80'), dial(sim, `${BALANCER}:8443`)]
    const refused = dial(sim, '198.51.100.100:22')
    await refused.until('x-connect-result: refused')
    expect(refused.heard()).toContain('HTTP/1.1 502')
    // The refused and the good connection came later and are answered; the silent ones have still heard nothing.
    expect(await request(sim, BALANCER)).toBe('200')
    expect(silent.map((tunnel) => tunnel.heard())).toEqual(['', ''])
  })
})
