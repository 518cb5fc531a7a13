import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { once } from 'node:events'
import * as packet from 'dns-packet'
import type { DecodedPacket, RecordType } from 'dns-packet'
import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { SECOND, type RecordSet } from '../world/model.ts'

const START = 1_800_000_000 * SECOND
const NAME = 'pay.larkspur.example'

let simulator: Simulator | undefined
afterEach(() => simulator?.close())

const begin = async (): Promise<Simulator> => {
  simulator = await startSimulator({ rate: 'manual', startAt: START })
  return simulator
}

const encode = (name: string, type: string): Buffer =>
  packet.encode({
    type: 'query',
    id: 77,
    flags: packet.RECURSION_DESIRED,
    questions: [{ name, type: type as RecordType }],
  })

const ask = async (server: string, name: string, type = 'A'): Promise<DecodedPacket> => {
  const socket = createSocket('udp4')
  const answered = once(socket, 'message') as Promise<[Buffer]>
  socket.send(encode(name, type), Number(server.split(':')[1]), '127.0.0.1')
  const [bytes] = await answered
  socket.close()
  return packet.decode(bytes)
}

const askTcp = async (server: string, name: string, type: string): Promise<DecodedPacket> => {
  const socket = connect(Number(server.split(':')[1]), '127.0.0.1')
  const query = encode(name, type)
  socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]))
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return packet.decode(bytes.subarray(2))
}

const rcode = (answer: DecodedPacket): number => (answer.flags ?? 0) & 15

const addresses = (answer: DecodedPacket): unknown[] =>
  (answer.answers ?? []).flatMap((record) => (record.type === 'A' ? [record.data] : []))

const ttlOf = (answer: DecodedPacket): number => {
  const [record] = answer.answers ?? []
  return record && 'ttl' in record ? (record.ttl ?? -1) : -1
}

const record = (zoneId: string, address: string): RecordSet => ({
  zoneId,
  name: `${NAME}.`,
  type: 'A',
  setIdentifier: null,
  routing: { policy: 'simple' },
  ttl: 120,
  values: [address],
  alias: null,
  healthCheckId: null,
})

const zoneIdOf = ({ world }: Simulator): string => [...world.dns.zones.values()][0]?.id ?? ''

const change = (sim: Simulator, action: 'put' | 'delete', address: string): string => {
  const zoneId = zoneIdOf(sim)
  return sim.world.dns.change(zoneId, [{ action, record: record(zoneId, address) }], null, 'test').id
}

describe('the authoritative server', () => {
  it('answers with the world’s addresses and the record’s own TTL, over UDP and TCP', async () => {
    const { endpoints } = await begin()
    const { authoritative } = endpoints.dns
    const overUdp = await ask(authoritative, 'Checkout.larkspur.example')
    const overTcp = await askTcp(authoritative, 'checkout.larkspur.example', 'A')
    expect(addresses(overUdp)).toEqual(['198.51.100.10', '198.51.100.11', '198.51.100.12'])
    expect(addresses(overTcp)).toEqual(addresses(overUdp))
    expect(ttlOf(overUdp)).toBe(30)
    expect((overUdp.flags ?? 0) & packet.AUTHORITATIVE_ANSWER).not.toBe(0)
  })

  it('tells a name that does not exist from a type that does not', async () => {
    const { endpoints } = await begin()
    const { authoritative } = endpoints.dns
    const noName = await ask(authoritative, 'nothing.larkspur.example')
    const noType = await ask(authoritative, 'checkout.larkspur.example', 'AAAA')
    expect([rcode(noName), noName.answers?.length, noName.authorities?.[0]?.type]).toEqual([3, 0, 'SOA'])
    expect([rcode(noType), noType.answers?.length, noType.authorities?.[0]?.type]).toEqual([0, 0, 'SOA'])
    expect(rcode(await ask(authoritative, 'www.example.com'))).toBe(5)
  })

  it('follows a change within a minute, and the change is INSYNC only after that', async () => {
    const sim = await begin()
    const id = change(sim, 'put', '198.51.100.99')
    expect(sim.world.dns.changes.get(id)?.status).toBe('PENDING')
    expect(rcode(await ask(sim.endpoints.dns.authoritative, NAME))).toBe(3)
    while (sim.world.dns.changes.get(id)?.status === 'PENDING') sim.advance(SECOND)
    expect(addresses(await ask(sim.endpoints.dns.authoritative, NAME))).toEqual(['198.51.100.99'])
    const { submittedAt = 0, insyncAt } = sim.world.dns.changes.get(id) ?? {}
    expect((insyncAt ?? 0) - submittedAt).toBeGreaterThan(5 * SECOND)
    expect((insyncAt ?? 0) - submittedAt).toBeLessThan(61 * SECOND)
  })
})

describe('a vantage’s resolver', () => {
  it('keeps a positive answer for what is left of its TTL, while the authority has moved on', async () => {
    const sim = await begin()
    const resolver = sim.endpoints.dns.recursive[0]?.address ?? ''
    change(sim, 'put', '198.51.100.99')
    sim.advance(90 * SECOND)
    // The first entry of a shared cache may be of any age; the one after it is whole.
    sim.advance(SECOND * (ttlOf(await ask(resolver, NAME)) + 1))
    expect(ttlOf(await ask(resolver, NAME))).toBe(120)
    change(sim, 'put', '203.0.113.99')
    sim.advance(70 * SECOND)
    const cached = await ask(resolver, NAME)
    expect([addresses(cached), ttlOf(cached)]).toEqual([['198.51.100.99'], 50])
    expect(addresses(await ask(sim.endpoints.dns.authoritative, NAME))).toEqual(['203.0.113.99'])
    sim.advance(51 * SECOND)
    expect(addresses(await ask(resolver, NAME))).toEqual(['203.0.113.99'])
  })

  it('keeps “no such name” for min(SOA TTL, minimum) after the record is back', async () => {
    const sim = await begin()
    const resolver = sim.endpoints.dns.recursive[0]?.address ?? ''
    const first = await ask(resolver, NAME)
    expect(rcode(first)).toBe(3)
    sim.advance(61 * SECOND)
    change(sim, 'put', '198.51.100.99')
    expect(rcode(await ask(resolver, NAME))).toBe(3)
    sim.advance(59 * SECOND)
    expect(addresses(await ask(sim.endpoints.dns.authoritative, NAME))).toEqual(['198.51.100.99'])
    expect(rcode(await ask(resolver, NAME))).toBe(3)
    sim.advance(2 * SECOND)
    expect(addresses(await ask(resolver, NAME))).toEqual(['198.51.100.99'])
  })

  it('says that names outside every zone do not exist', async () => {
    const sim = await begin()
    const answer = await ask(sim.endpoints.dns.recursive[0]?.address ?? '', 'www.example.com')
    expect(rcode(answer)).toBe(3)
    expect((answer.flags ?? 0) & packet.RECURSION_AVAILABLE).not.toBe(0)
  })
})
