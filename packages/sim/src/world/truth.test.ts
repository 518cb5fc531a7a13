import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import * as packet from 'dns-packet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { SECOND, type Micros } from './model.ts'

const START = 1_800_000_000 * SECOND
const NAME = 'checkout.larkspur.example'
const VANTAGE = 'eu-central'

interface Sample {
  readonly at: Micros
  readonly ok: boolean
}

/** A client that knows nothing of the world: one DNS query to the vantage's resolver, one request by the gateway. */
const visit = async (simulator: Simulator): Promise<boolean> => {
  const address = await resolve(simulator)
  if (address === undefined) return false
  const socket = connect(Number(new URL(simulator.endpoints.gateway).port), '127.0.0.1')
  socket.setEncoding('utf8')
  socket.write(`CONNECT ${address}:80 HTTP/1.1\r\nhost: ${address}:80\r\n\r\n`)
  let text = String((await once(socket, 'data'))[0])
  socket.write(`GET / HTTP/1.1\r\nhost: ${NAME}\r\nconnection: close\r\n\r\n`)
  const status = (): string | undefined => /HTTP\/1\.1 (\d{3}) (?!Connection)/.exec(text)?.[1]
  const silent = setImmediateMany()
  while (status() === undefined) {
    const next = await Promise.race([once(socket, 'data'), silent])
    // A balancer that waits for a dead target says nothing yet; time stands still, so nothing will come.
    if (next === 'silent') break
    text += String(next[0])
  }
  socket.destroy()
  return status() === '200'
}

/** Resolves after enough turns of the event loop for anything on loopback to have arrived. */
const setImmediateMany = async (): Promise<'silent'> => {
  for (let i = 0; i < 400; i += 1) await new Promise((next) => setImmediate(next))
  return 'silent'
}

const resolve = async ({ endpoints }: Simulator): Promise<string | undefined> => {
  const server = endpoints.dns.recursive.find(({ vantage }) => vantage === VANTAGE)?.address ?? ''
  const socket = createSocket('udp4')
  const answered = once(socket, 'message') as Promise<[Buffer]>
  const query = packet.encode({ type: 'query', id: 9, questions: [{ name: NAME, type: 'A' }] })
  socket.send(query, Number(server.split(':')[1]), '127.0.0.1')
  const [bytes] = await answered
  socket.close()
  const first = packet.decode(bytes).answers?.find((record) => record.type === 'A')
  return first?.type === 'A' ? first.data : undefined
}

describe('the witness', () => {
  let simulator: Simulator
  const samples: Sample[] = []

  beforeAll(async () => {
    simulator = await startSimulator({ rate: 'manual', startAt: START, seed: 4 })
    const { world } = simulator
    simulator.advance(60 * SECOND)
    for (let step = 0; step < 200; step += 1) {
      if (step === 10) {
        const ids = world.compute.inRegion('eu-west-1').map(({ id }) => id)
        world.compute.stop(ids, 'test')
      }
      simulator.advance(700_000)
      samples.push({ at: world.now(), ok: await visit(simulator) })
    }
    simulator.advance(SECOND)
  }, 60_000)

  afterAll(() => simulator.close())

  const disagreements = (shift: Micros): number => {
    const intervals =
      simulator.world.truth.intervals({
        vantage: VANTAGE,
        service: `${NAME}.`,
        from: START,
        to: Number.MAX_SAFE_INTEGER,
        claim: 'http',
      }) ?? []
    const truthAt = (at: Micros): boolean =>
      intervals.some(({ from, to, state }) => from <= at && at < to && state === 'up')
    return samples.filter(({ at, ok }) => truthAt(at + shift) !== ok).length
  }

  it('says of every instant what a real client met there', () => {
    expect(new Set(samples.map(({ ok }) => ok))).toEqual(new Set([true, false]))
    expect(disagreements(0)).toBe(0)
  })

  it('would be caught if it were off by a few seconds', () => {
    expect(disagreements(3 * SECOND)).toBeGreaterThan(2)
    expect(disagreements(-3 * SECOND)).toBeGreaterThan(2)
  })
})
