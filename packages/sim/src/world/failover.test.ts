import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import type { TruthInterval } from './truth.ts'
import { SECOND, type Micros } from './model.ts'

const START = 1_800_000_000 * SECOND
const SERVICE = 'checkout.larkspur.example.'

const running: Simulator[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

const begin = async (world: string, seed: number): Promise<Simulator> => {
  const simulator = await startSimulator({ world, seed, rate: 'manual', startAt: START })
  running.push(simulator)
  return simulator
}

const primaryIds = ({ world }: Simulator): string[] => world.compute.inRegion('eu-west-1').map(({ id }) => id)

/** Two minutes of calm, all primary instances stopped for five minutes, then started again. */
const drill = (simulator: Simulator): { stoppedAt: Micros; startedAt: Micros } => {
  simulator.advance(120 * SECOND + 7_300_000)
  const stoppedAt = simulator.world.now()
  simulator.world.compute.stop(primaryIds(simulator), 'test')
  simulator.advance(300 * SECOND)
  const startedAt = simulator.world.now()
  simulator.world.compute.start(primaryIds(simulator), 'test')
  simulator.advance(400 * SECOND)
  return { stoppedAt, startedAt }
}

const truth = ({ world }: Simulator, vantage: string): readonly TruthInterval[] =>
  world.truth.intervals({ vantage, service: SERVICE, from: START, to: Infinity, claim: 'http' }) ?? []

const downs = (simulator: Simulator, vantage: string): TruthInterval[] =>
  truth(simulator, vantage).filter(({ state }) => state === 'down')

const availability = ({ world }: Simulator): { at: Micros; percent: number }[] =>
  world.metrics
    .query(
      {
        region: 'eu-central-1',
        namespace: 'Larkspur/Checkout',
        name: 'Availability',
        dimensions: { Service: 'checkout' },
      },
      { from: START, to: START + 1000 * SECOND, periodSeconds: 10 },
    )
    .map(({ at, sum }) => ({ at, percent: sum }))

describe('a world with a warm standby', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'loses its primary, fails over by itself and fails back unseen (seed %i)',
    async (seed) => {
      const simulator = await begin('warm-standby', seed)
      const { stoppedAt, startedAt } = drill(simulator)
      for (const vantage of ['eu-west', 'eu-central', 'us-east']) {
        const outage = downs(simulator, vantage)
        const end = (outage.at(-1)?.to ?? 0) - stoppedAt
        expect(outage[0]?.from).toBeGreaterThanOrEqual(stoppedAt)
        expect(end).toBeGreaterThan(30 * SECOND)
        expect(end).toBeLessThan(90 * SECOND)
        expect(stoppedAt + end).toBeLessThan(startedAt)
      }
      const health = simulator.world.kernel.transitions
        .all()
        .filter(({ subject }) => subject.startsWith('health-check:'))
      expect(health.map(({ to }) => to)).toEqual(['unhealthy', 'healthy'])
      const seen = availability(simulator)
      const low = seen.filter(({ percent }) => percent < 99)
      expect(Math.min(...seen.map(({ percent }) => percent))).toBe(0)
      expect((low.at(-1)?.at ?? 0) - stoppedAt).toBeLessThan(150 * SECOND)
      expect(seen.filter(({ at, percent }) => at > startedAt && percent < 100)).toEqual([])
    },
  )

  it('raises its availability alarm after the onset and clears it after the recovery', async () => {
    const simulator = await begin('warm-standby', 1)
    const { stoppedAt } = drill(simulator)
    const states = simulator.world.alarms.history
      .all()
      .filter(({ alarmName, type }) => alarmName === 'checkout-availability' && type === 'StateUpdate')
    expect(states.map(({ summary }) => summary)).toEqual([
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm updated from OK to ALARM',
      'Alarm updated from ALARM to OK',
    ])
    const raised = (states[1]?.at ?? 0) - stoppedAt
    expect(raised).toBeGreaterThan(15 * SECOND)
    expect(raised).toBeLessThan(70 * SECOND)
    expect(states.every(({ at }) => at % 1000 === 0)).toBe(true)
  })
})

describe('a world without failover', () => {
  it('stays down for every user until its primary is back', async () => {
    const simulator = await begin('no-failover', 1)
    const { startedAt } = drill(simulator)
    for (const vantage of ['eu-west', 'eu-central', 'us-east'])
      expect(downs(simulator, vantage).at(-1)?.to).toBeGreaterThan(startedAt + 20 * SECOND)
    const during = availability(simulator).filter(({ at }) => at > startedAt - 240 * SECOND && at < startedAt)
    expect(new Set(during.map(({ percent }) => percent))).toEqual(new Set([0]))
  })
})

describe('a group that replaces', () => {
  it('is back at its capacity with new instances, healthy behind the balancer, without anybody starting any', async () => {
    const simulator = await begin('single-region', 1)
    const { world } = simulator
    const lost = primaryIds(simulator).slice(0, 2)
    world.compute.stop(lost, 'test')
    simulator.advance(300 * SECOND)
    const serving = [...world.balancers.targets.values()].filter(({ state }) => state === 'healthy')
    const ids = serving.map(({ instanceId }) => instanceId)
    expect(ids).toHaveLength(6)
    expect(ids.filter((id) => lost.includes(id))).toEqual([])
    expect(lost.map((id) => world.compute.instances.get(id)?.state)).toEqual(['terminated', 'terminated'])
    const addresses = new Set(world.compute.inRegion('eu-west-1').map(({ publicIp }) => publicIp))
    expect(addresses.size).toBe(8)
  })

  it('is what brings them back: one that does not replace stays short', async () => {
    const simulator = await begin('no-failover', 1)
    simulator.world.compute.stop(primaryIds(simulator).slice(0, 2), 'test')
    simulator.advance(300 * SECOND)
    const inPrimary = simulator.world.compute.inRegion('eu-west-1')
    expect(inPrimary.filter(({ state }) => state === 'running')).toHaveLength(4)
  })
})

describe('a seed', () => {
  const transitionsOf = async (seed: number): Promise<string> => {
    const simulator = await begin('warm-standby', seed)
    drill(simulator)
    return JSON.stringify(simulator.world.kernel.transitions.all())
  }

  it('gives the same transitions every time, at the same instants', async () => {
    expect(await transitionsOf(7)).toBe(await transitionsOf(7))
  })

  it('gives others than another seed', async () => {
    expect(await transitionsOf(7)).not.toBe(await transitionsOf(8))
  })

  it('does not depend on how finely time is stepped', async () => {
    const coarse = await begin('warm-standby', 3)
    const fine = await begin('warm-standby', 3)
    coarse.advance(90 * SECOND)
    for (let i = 0; i < 900; i += 1) fine.advance(SECOND / 10)
    expect(fine.world.kernel.transitions.all()).toEqual(coarse.world.kernel.transitions.all())
    expect(availability(fine)).toEqual(availability(coarse))
  })
})

describe('the cost of a world', () => {
  it('leaves three quarters of a core free at thirty times real time', async () => {
    const simulator = await begin('warm-standby', 1)
    const before = process.cpuUsage()
    simulator.advance(600 * SECOND)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / ((600 * SECOND) / 30)).toBeLessThan(0.25)
  })
})
