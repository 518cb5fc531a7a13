import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { SECOND } from './model.ts'
import type { StoreLosses } from './store-losses.ts'

const START = 1_800_000_000 * SECOND
const HOST = 'checkout.larkspur.example'
const WEST = '198.51.100.10'
const CENTRAL = '203.0.113.10'

const running: Simulator[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

const begin = async (world: string): Promise<Simulator> => {
  const simulator = await startSimulator({ world, rate: 'manual', startAt: START })
  running.push(simulator)
  simulator.advance(60 * SECOND)
  return simulator
}

/** One request by the gateway to an address of the world. */
const ask = (
  { endpoints }: Simulator,
  address: string,
  method: string,
  path: string,
): Promise<{ status: number; body: { present?: [number, number][]; region?: string } }> =>
  new Promise((resolve, reject) => {
    const proxy = new URL(endpoints.gateway)
    const tunnel = request({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: `${address}:80`,
    })
    tunnel.on('error', reject)
    tunnel.on('connect', (_response, socket) => {
      const asking = request(
        { createConnection: () => socket, method, path, headers: { host: HOST } },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => (text += chunk))
          response.on('end', () => {
            socket.destroy()
            const isJson = response.headers['content-type'] === 'application/json'
            resolve({ status: response.statusCode ?? 0, body: isJson ? (JSON.parse(text) as object) : {} })
          })
        },
      )
      asking.on('error', reject)
      asking.end()
    })
    tunnel.end()
  })

const truth = async ({ endpoints }: Simulator): Promise<StoreLosses> =>
  (await (await fetch(`${endpoints.control}/truth/writes?store=orders`)).json()) as StoreLosses

const post = (simulator: Simulator, body: unknown): Promise<Response> =>
  fetch(`${simulator.endpoints.control}/event`, { method: 'POST', body: JSON.stringify(body) })

/** Ten markers, one a second. */
const writeTen = async (simulator: Simulator, address: string, first: number): Promise<number[]> => {
  const statuses: number[] = []
  for (let number = first; number < first + 10; number += 1) {
    statuses.push((await ask(simulator, address, 'PUT', `/markers/drill/${number}`)).status)
    simulator.advance(SECOND)
  }
  return statuses
}

const CREATED = Array.from({ length: 10 }, () => 201)

describe('a replicated store', () => {
  it('loses exactly what was acknowledged and had not arrived when another Region took over, and says which', async () => {
    const simulator = await begin('active-active')
    expect(await writeTen(simulator, WEST, 1)).toEqual(CREATED)
    await post(simulator, { kind: 'replication-pause', store: 'orders', region: 'eu-central-1' })
    expect(await writeTen(simulator, CENTRAL, 11)).toEqual(CREATED)
    const behind = (await truth(simulator)).replicas[0]
    expect(behind).toMatchObject({ region: 'eu-central-1', isPaused: true })
    expect(behind?.backlog).toBeGreaterThanOrEqual(10)
    await post(simulator, { kind: 'region-down', region: 'eu-west-1' })
    simulator.advance(30 * SECOND)
    const read = await ask(simulator, CENTRAL, 'GET', '/markers/drill')
    expect(read.body.present).toEqual([[1, 10]])
    const known = await truth(simulator)
    expect(known.writer).toBe('eu-central-1')
    expect(known.writes.filter(({ isLost }) => isLost).map(({ key }) => key)).toEqual(
      Array.from({ length: 10 }, (_, index) => `drill/${index + 11}`),
    )
    // The users' own writes of those seconds are among the lost, twenty a second.
    expect(known.lost).toBeGreaterThan(10 * 20)
  })

  it('loses nothing that had arrived', async () => {
    const simulator = await begin('active-active')
    await writeTen(simulator, WEST, 1)
    simulator.advance(5 * SECOND)
    await post(simulator, { kind: 'store-promote', store: 'orders', region: 'eu-central-1' })
    expect((await truth(simulator)).writes.filter(({ isLost }) => isLost)).toEqual([])
  })

  it('brings stranded writes in when their Region is back, save for those that were written anew meanwhile', async () => {
    const simulator = await begin('active-active')
    await post(simulator, { kind: 'replication-pause', store: 'orders', region: 'eu-central-1' })
    await writeTen(simulator, WEST, 1)
    await post(simulator, { kind: 'region-down', region: 'eu-west-1' })
    simulator.advance(30 * SECOND)
    expect((await ask(simulator, CENTRAL, 'PUT', '/markers/drill/4')).body.region).toBe('eu-central-1')
    await post(simulator, { kind: 'region-up', region: 'eu-west-1' })
    simulator.advance(60 * SECOND)
    const { strandings } = await truth(simulator)
    expect(strandings[0]?.conflicts).toEqual(['drill/4'])
    expect((await ask(simulator, CENTRAL, 'GET', '/markers/drill')).body.present).toEqual([[1, 10]])
  })

  it('takes out every number of a name and no other, and says so when the writer is gone', async () => {
    const simulator = await begin('active-active')
    for (const path of ['a/1', 'a/2', 'ab/1']) await ask(simulator, WEST, 'PUT', `/markers/${path}`)
    expect((await ask(simulator, WEST, 'DELETE', '/markers/a')).status).toBe(200)
    expect((await ask(simulator, WEST, 'GET', '/markers/a')).body.present).toEqual([])
    expect((await ask(simulator, WEST, 'GET', '/markers/ab')).body.present).toEqual([[1, 1]])
    expect((await truth(simulator)).writes).toHaveLength(3)
    await ask(simulator, WEST, 'PUT', '/markers/a/3')
    expect((await ask(simulator, WEST, 'GET', '/markers/a')).body.present).toEqual([[3, 3]])
    await post(simulator, { kind: 'region-down', region: 'eu-west-1' })
    expect((await ask(simulator, CENTRAL, 'DELETE', '/markers/a')).status).toBe(503)
  })

  it('refuses writes while its writer is gone and nobody has taken over, rather than acknowledge them', async () => {
    const simulator = await begin('active-active')
    await post(simulator, { kind: 'region-down', region: 'eu-west-1' })
    simulator.advance(SECOND)
    const { status } = await ask(simulator, CENTRAL, 'PUT', '/markers/drill/1')
    expect(status).toBe(503)
    expect((await truth(simulator)).writes).toEqual([])
  })
})

describe('a copy made from backups', () => {
  it('has what the last backup had, so up to one interval of writes is lost', async () => {
    const simulator = await begin('backup-and-restore')
    simulator.advance(600 * SECOND)
    const { replicas } = await truth(simulator)
    const age = (simulator.world.now() - (replicas[0]?.behindSince ?? 0)) / SECOND
    expect(age).toBeGreaterThan(0)
    expect(age).toBeLessThanOrEqual(301)
    await post(simulator, { kind: 'store-promote', store: 'orders', region: 'eu-central-1' })
    const { lost, lostFrom } = await truth(simulator)
    expect(lost).toBeGreaterThan(0)
    expect(simulator.world.now() - (lostFrom ?? 0)).toBeLessThanOrEqual(301 * SECOND)
  })
})
