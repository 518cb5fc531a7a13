import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { SECOND, type Transition } from '../world/model.ts'
import type { TruthInterval } from '../world/truth.ts'
import type { ClockAnchors } from './clock.ts'

const START = 1_800_000_000 * SECOND

const simulators: Simulator[] = []
afterEach(async () => {
  await Promise.all(simulators.splice(0).map((simulator) => simulator.close()))
})

const begin = async (rate: number | 'manual'): Promise<Simulator> => {
  const simulator = await startSimulator({ rate, startAt: START })
  simulators.push(simulator)
  return simulator
}

const call = async (
  { endpoints }: Simulator,
  path: string,
  init?: RequestInit,
): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${endpoints.control}${path}`, init)
  return { status: response.status, body: await response.json() }
}

describe('the clock', () => {
  it('gives anchors from which world time follows at the world’s rate, and which stay as they are', async () => {
    const simulator = await begin(30)
    const first = await call(simulator, '/clock')
    const before = Date.now() * 1000
    const world = (await call(simulator, '/world')).body as { at: number }
    const after = Date.now() * 1000
    const second = await call(simulator, '/clock')
    const { platformAt, worldAt, rate, mode } = first.body as ClockAnchors
    expect({ rate, mode }).toEqual({ rate: 30, mode: 'scaled' })
    const expected = (platform: number): number => worldAt + (platform - platformAt) * rate
    // Both clocks are read to the millisecond, which is 30 ms of world time.
    expect(world.at).toBeGreaterThanOrEqual(expected(before) - 60_000)
    expect(world.at).toBeLessThanOrEqual(expected(after) + 60_000)
    const { wallAt: answeredAt, ...again } = second.body as ClockAnchors & { wallAt: number }
    expect(first.body).toMatchObject(again)
    expect(answeredAt).toBeGreaterThanOrEqual(after)
  })

  it('is refused beyond thirty times real time', async () => {
    await expect(begin(31)).rejects.toThrow('from 1 to 30')
  })
})

describe('the witness on the control port', () => {
  it('gives truth and transitions of a range, and 404 for a name it does not watch', async () => {
    const simulator = await begin('manual')
    simulator.advance(30 * SECOND)
    const ids = simulator.world.compute.inRegion('eu-west-1').map(({ id }) => id)
    simulator.world.compute.stop(ids, 'test')
    simulator.advance(20 * SECOND)
    const query = `vantage=eu-west&from=${START}&to=${START + 40 * SECOND}`
    const truth = await call(simulator, `/truth?${query}&name=checkout.larkspur.example`)
    const { intervals } = truth.body as { intervals: TruthInterval[] }
    expect(intervals[0]).toMatchObject({ from: START, state: 'up' })
    expect(intervals.at(-1)).toMatchObject({ to: START + 40 * SECOND, state: 'down' })
    intervals.slice(1).forEach(({ from }, index) => expect(from).toBe(intervals[index]?.to))
    const transitions = await call(simulator, `/transitions?from=${START + 30 * SECOND}`)
    const seen = transitions.body as Transition[]
    expect(seen.filter(({ to }) => to === 'stopping').map(({ subject }) => subject)).toEqual(
      ids.map((id) => `instance:${id}`),
    )
    expect((await call(simulator, `/truth?${query}&name=nothing.example`)).status).toBe(404)
  })

  it('takes rules of adversity and says what is wrong with a bad one', async () => {
    const simulator = await begin('manual')
    const post = (body: unknown): Promise<{ status: number; body: unknown }> =>
      call(simulator, '/adversity', { method: 'POST', body: JSON.stringify(body) })
    expect((await post({ operation: 'ec2.StopInstances', kind: 'drop', count: 1 })).status).toBe(201)
    const bad = await post({ operation: 'everything', kind: 'drop' })
    expect(bad.status).toBe(400)
    expect(JSON.stringify(bad.body)).toContain('service.Operation')
    expect(simulator.world.adversity.decide('ec2', 'StartInstances')).toBeNull()
    expect(simulator.world.adversity.decide('ec2', 'StopInstances')?.kind).toBe('drop')
    expect(simulator.world.adversity.decide('ec2', 'StopInstances')).toBeNull()
  })

  it('closes the simulator when asked', async () => {
    const simulator = await begin('manual')
    expect((await call(simulator, '/shutdown', { method: 'POST' })).status).toBe(202)
    await simulator.closed
    await expect(call(simulator, '/clock')).rejects.toThrow('fetch failed')
  })
})

describe('a port in use', () => {
  it('is named, with what to do, and nothing is left running', async () => {
    const first = await begin('manual')
    const controlPort = Number(new URL(first.endpoints.control).port)
    await expect(startSimulator({ rate: 'manual', controlPort })).rejects.toThrow(
      `The control port ${controlPort} is in use. Stop what uses it, or choose another port (0 for any).`,
    )
  })
})
