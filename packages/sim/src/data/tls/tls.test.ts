import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request, type ClientRequest } from 'node:http'
import { get } from 'node:https'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../server.ts'
import { SECOND } from '../../world/model.ts'

const NAME = 'checkout.larkspur.example'
const BALANCER = '198.51.100.10'
const DAY_MS = 86_400_000

/** Its world is years away from the clock of this machine, which clients compare certificates with. */
const begin = (options: SimulatorOptions = {}): Promise<Simulator> =>
  startSimulator({ rate: 'manual', startAt: 2_500_000_000 * SECOND, ...options })

let sim: Simulator
beforeAll(async () => {
  sim = await begin()
})
afterAll(() => sim.close())

const authority = async ({ endpoints }: Simulator): Promise<string> =>
  (await fetch(`${endpoints.control}/ca.pem`)).text()

const happen = async ({ endpoints }: Simulator, event: object): Promise<number> =>
  (await fetch(`${endpoints.control}/event`, { method: 'POST', body: JSON.stringify(event) })).status

const tunnel = async ({ endpoints }: Simulator, port = 443): Promise<Socket> => {
  const { hostname, port: proxyPort } = new URL(endpoints.gateway)
  const asking: ClientRequest = request({
    hostname,
    port: proxyPort,
    method: 'CONNECT',
    path: `${BALANCER}:${port}`,
  })
  asking.end()
  const [, socket] = (await once(asking, 'connect')) as [unknown, Socket]
  return socket
}

/** The code of what a client objects to, or null when it is content. */
const objection = async (sim: Simulator, ca?: string): Promise<string | null> => {
  const tls = connect({ socket: await tunnel(sim), servername: NAME, ...(ca && { ca }) })
  const met = await new Promise<string | null>((resolve) => {
    tls.once('secureConnect', () => resolve(null))
    tls.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
  tls.destroy()
  return met
}

const shown = async (sim: Simulator): Promise<TLSSocket> => {
  const tls = connect({ socket: await tunnel(sim), servername: NAME, rejectUnauthorized: false })
  await once(tls, 'secureConnect')
  return tls
}

describe('a balancer that speaks TLS', () => {
  it('serves whoever trusts the authority of its world, and nobody else believes it', async () => {
    const ca = await authority(sim)
    const socket = await tunnel(sim)
    const createConnection = () => connect({ socket, servername: NAME, ca })
    const asking = get({ hostname: NAME, path: '/health', createConnection })
    const [response] = (await once(asking, 'response')) as [{ statusCode: number; resume: () => void }]
    expect(response.statusCode).toBe(200)
    response.resume()
    expect(await objection(sim)).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')
  })

  it('shows the whole chain, and the days that are left in the world, whatever the world’s date', async () => {
    const tls = await shown(sim)
    const leaf = tls.getPeerCertificate(true)
    expect(leaf.subjectaltname).toContain(`DNS:${NAME}`)
    expect(leaf.issuerCertificate.subject.CN).toContain('servers')
    expect((Date.parse(leaf.valid_to) - Date.now()) / DAY_MS).toBeCloseTo(90, 1)
    tls.destroy()
  })

  it('is distrusted for what is made wrong with it: date, name, chain', async () => {
    const ca = await authority(sim)
    const replace = (change: object) =>
      happen(sim, { kind: 'certificate-replace', loadBalancer: 'checkout-primary', ...change })
    const good = { names: [NAME], chain: 'full', expiresAt: sim.world.now() + 86_400 * SECOND }
    const met: (string | null)[] = []
    for (const change of [
      good,
      { expiresAt: sim.world.now() - SECOND },
      { ...good, names: ['elsewhere.example'] },
      { ...good, chain: 'leaf-only' },
      { ...good, chain: 'self-signed' },
      good,
    ]) {
      expect(await replace(change)).toBe(202)
      met.push(await objection(sim, ca))
    }
    expect(met).toEqual([
      null,
      'CERT_HAS_EXPIRED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      null,
    ])
    expect(await replace({ loadBalancer: 'nobody' })).toBe(404)
  })

  it('lets a certificate run out while the world goes on', async () => {
    const ca = await authority(sim)
    await happen(sim, {
      kind: 'certificate-replace',
      loadBalancer: 'checkout-primary',
      expiresAt: sim.world.now() + 60 * SECOND,
    })
    expect(await objection(sim, ca)).toBeNull()
    sim.advance(61 * SECOND)
    expect(await objection(sim, ca)).toBe('CERT_HAS_EXPIRED')
  })

  it('hangs up on those who speak something else, and plain HTTP stays as it was', async () => {
    const socket = await tunnel(sim)
    socket.write(`GET / HTTP/1.1\r\nhost: ${NAME}\r\n\r\n`)
    socket.resume()
    await once(socket, 'close')
    const plain = await tunnel(sim, 80)
    plain.write(`GET / HTTP/1.1\r\nhost: ${NAME}\r\n\r\n`)
    const [answer] = (await once(plain, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/)
    plain.destroy()
  })

  it('keeps its authority with the state, for its owner alone', async () => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'firedrill-tls-'))
    const begun: Simulator[] = []
    try {
      const first = await begin({ stateDirectory })
      begun.push(first)
      const ca = await authority(first)
      await first.close()
      const again = await begin({ stateDirectory })
      begun.push(again)
      expect(await authority(again)).toBe(ca)
      expect(await objection(again, ca)).toBeNull()
      expect(statSync(join(stateDirectory, 'authority.pem')).mode & 0o077).toBe(0)
    } finally {
      await Promise.all(begun.map((one) => one.close()))
      rmSync(stateDirectory, { recursive: true, force: true })
    }
  })
})
