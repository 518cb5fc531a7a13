import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { alteredWorld } from '../testing/altered-world.ts'
import { SECOND, type RecordSet } from './model.ts'

const START = 1_800_000_000 * SECOND
const SERVICE = 'checkout.larkspur.example.'

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

const event = async ({ endpoints }: Simulator, body: unknown): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${endpoints.control}/event`, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, text: await response.text() }
}

/** Seconds in which a fresh client at the vantage failed, from `from` on. */
const downSeconds = ({ world }: Simulator, vantage: string, from: number): number =>
  (world.truth.intervals({ vantage, service: SERVICE, from, to: Infinity, claim: 'http' }) ?? [])
    .filter(({ state }) => state === 'down')
    .reduce((sum, interval) => sum + (interval.to - interval.from) / SECOND, 0)

const shareNow = ({ world }: Simulator, population: string): number =>
  world.populations.success(population, 0, Infinity)?.at(-1)?.share ?? -1

describe('a zone that goes down', () => {
  it('takes its hosts and its balancer node along, and its Region goes on without them', async () => {
    const simulator = await begin('single-region')
    const { world } = simulator
    const lostAt = world.now()
    expect((await event(simulator, { kind: 'az-down', az: 'eu-west-1a' })).status).toBe(202)
    simulator.advance(SECOND)
    const dark = world.compute.inRegion('eu-west-1').filter(({ hostUp }) => !hostUp)
    expect(dark.map(({ az, state }) => [az, state])).toEqual([
      ['eu-west-1a', 'running'],
      ['eu-west-1a', 'running'],
    ])
    simulator.advance(300 * SECOND)
    const answer = world.dns.answer(0, 'checkout.larkspur.example', 'A')
    expect(answer.records.map(({ data }) => data)).toEqual(['198.51.100.11', '198.51.100.12'])
    // Fresh clients whose answers began with the dead node waited for its removal and their caches; nobody longer.
    for (const vantage of ['eu-west', 'eu-central', 'us-east']) {
      expect(downSeconds(simulator, vantage, lostAt)).toBeLessThan(110)
      expect(
        world.truth.intervals({ vantage, service: SERVICE, from: 0, to: Infinity, claim: 'http' })?.at(-1)
          ?.state,
      ).toBe('up')
    }
    const serving = [...world.balancers.targets.values()].filter(({ state }) => state === 'healthy')
    expect(serving).toHaveLength(6)
    expect(serving.some(({ az }) => az === 'eu-west-1a')).toBe(false)
  })

  it('comes back with its power: hosts that stayed boot and serve, the node is in the name again', async () => {
    const simulator = await begin('warm-standby')
    const { world } = simulator
    await event(simulator, { kind: 'az-down', az: 'eu-west-1a' })
    await event(simulator, { kind: 'az-up', az: 'eu-west-1a', at: world.now() + 120 * SECOND })
    simulator.advance(119 * SECOND)
    expect(world.compute.inRegion('eu-west-1').filter(({ appUp }) => appUp)).toHaveLength(4)
    simulator.advance(120 * SECOND)
    expect(world.compute.inRegion('eu-west-1').filter(({ appUp }) => appUp)).toHaveLength(6)
    const healthy = [...world.balancers.targets.values()].filter(({ state }) => state === 'healthy')
    expect(healthy).toHaveLength(9)
  })

  it('gets its share of the group again once it is up, one instance at a time and never fewer than wanted', async () => {
    const simulator = await begin('single-region')
    const { world } = simulator
    const healthy = () => [...world.balancers.targets.values()].filter(({ state }) => state === 'healthy')
    await event(simulator, { kind: 'az-down', az: 'eu-west-1a' })
    simulator.advance(300 * SECOND)
    expect(healthy().filter(({ az }) => az === 'eu-west-1a')).toEqual([])
    await event(simulator, { kind: 'az-up', az: 'eu-west-1a' })
    let fewest = Infinity
    for (let step = 0; step < 120; step += 1) {
      simulator.advance(10 * SECOND)
      fewest = Math.min(fewest, healthy().length)
    }
    expect(fewest).toBe(6)
    expect([...Map.groupBy(healthy(), ({ az }) => az).values()].map(({ length }) => length)).toEqual([
      2, 2, 2,
    ])
  })

  it('is refused by a name that the world does not have, with those that it has', async () => {
    const simulator = await begin('single-region')
    const { status, text } = await event(simulator, { kind: 'az-down', az: 'eu-west-1z' })
    expect(status).toBe(404)
    expect(text).toContain('Use one of: eu-west-1a, eu-west-1b, eu-west-1c.')
    expect((await event(simulator, { kind: 'meteor' })).status).toBe(400)
  })
})

describe('a Region that goes down', () => {
  it('is failed over from, and failed back to once it is up', async () => {
    const simulator = await begin('warm-standby')
    const { world } = simulator
    const lostAt = world.now()
    await event(simulator, { kind: 'region-down', region: 'eu-west-1' })
    simulator.advance(200 * SECOND)
    for (const vantage of ['eu-west', 'eu-central', 'us-east']) {
      const down = downSeconds(simulator, vantage, lostAt)
      expect(down).toBeGreaterThan(25)
      expect(down).toBeLessThan(100)
    }
    await event(simulator, { kind: 'region-up', region: 'eu-west-1' })
    simulator.advance(300 * SECOND)
    expect(world.dns.answer(0, 'checkout.larkspur.example', 'A').records[0]?.data).toBe('198.51.100.10')
    expect(shareNow(simulator, 'eu-west')).toBe(1)
  })

  it('takes its checkers along: they fall silent, and the others decide without them', async () => {
    const simulator = await begin('warm-standby')
    const { world } = simulator
    const lostAt = world.now()
    await event(simulator, { kind: 'region-down', region: 'eu-west-1' })
    simulator.advance(60 * SECOND)
    const [check] = world.healthChecks.checks.values()
    expect(check?.healthy).toBe(false)
    const latest = (isInside: boolean): number =>
      Math.max(
        ...world.healthChecks
          .checkersOf(check?.id ?? '')
          .filter(({ region }) => (region === 'eu-west-1') === isInside)
          .map(({ lastCheckedAt }) => lastCheckedAt ?? 0),
      )
    expect(latest(true)).toBeLessThan(lostAt + 10 * SECOND)
    expect(latest(false)).toBeGreaterThan(lostAt + 40 * SECOND)
    await event(simulator, { kind: 'region-up', region: 'eu-west-1' })
    simulator.advance(200 * SECOND)
    expect(latest(true)).toBeGreaterThan(lostAt + 200 * SECOND)
    expect(world.healthChecks.checks.get(check?.id ?? '')?.healthy).toBe(true)
  })
})

const POPULATION =
  '- { name: eu-west, vantage: eu-west, service: checkout.larkspur.example, requestsPerSecond: 40'

describe('connections that are kept open', () => {
  const removeRecord = ({ world }: Simulator): void => {
    const record = [...world.dns.recordSets.values()].find(
      ({ name, type }) => name === SERVICE && type === 'A',
    ) as RecordSet
    world.dns.change(record.zoneId, [{ action: 'delete', record }], null, 'test')
  }

  it('survive the removal of a record until they are recycled; users without them are gone with their caches', async () => {
    const kept = `${POPULATION}, overstaying: 0, keptConnections: { share: 0.5, recycleSeconds: 600 }`
    const other =
      '- { name: eu-central, vantage: eu-central, service: checkout.larkspur.example, requestsPerSecond: 40'
    const simulator = await begin(
      alteredWorld('no-failover', { [POPULATION]: kept, [other]: `${other}, overstaying: 0` }),
    )
    removeRecord(simulator)
    simulator.advance(150 * SECOND)
    expect(shareNow(simulator, 'eu-central')).toBe(0)
    expect(shareNow(simulator, 'eu-west')).toBeGreaterThan(0.2)
    expect(shareNow(simulator, 'eu-west')).toBeLessThanOrEqual(0.5)
    simulator.advance(600 * SECOND)
    expect(shareNow(simulator, 'eu-west')).toBe(0)
  })
})

describe('survivors that are too small', () => {
  const lose = async (perInstance: number, retries: number): Promise<Simulator> => {
    const text = `instances: 3\n      instanceType: m5.large`
    const simulator = await begin(
      alteredWorld('warm-standby', {
        [text]: `${text}\n      requestsPerSecondMax: ${perInstance}`,
        [POPULATION]: `${POPULATION}, retries: ${retries}`,
      }),
    )
    const { world } = simulator
    world.compute.stop(
      world.compute.inRegion('eu-west-1').map(({ id }) => id),
      'test',
    )
    simulator.advance(400 * SECOND)
    return simulator
  }

  /** Over the last three minutes; the share changes from second to second. */
  const meanShare = ({ world }: Simulator, population: string): number => {
    const from = world.now() - 180 * SECOND
    const intervals = world.populations.success(population, from, Infinity) ?? []
    return intervals.reduce((sum, { from: a, to: b, share }) => sum + share * (b - a), 0) / (180 * SECOND)
  }

  it('serve only a part of the users after a failover, and those of the right size serve all', async () => {
    expect(meanShare(await lose(60, 0), 'us-east')).toBe(1)
    const small = meanShare(await lose(16, 0), 'us-east')
    expect(small).toBeGreaterThan(0.05)
    expect(small).toBeLessThan(0.75)
  })

  it('serve fewer still when failed requests are tried again', async () => {
    const calm = meanShare(await lose(30, 0), 'us-east')
    const eager = meanShare(await lose(30, 3), 'us-east')
    expect(eager).toBeLessThan(calm)
  })
})
