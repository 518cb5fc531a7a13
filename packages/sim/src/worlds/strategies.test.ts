import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { groupKey } from '../world/compute.ts'
import { SECOND, type Micros, type RecordSet } from '../world/model.ts'
import type { TruthInterval } from '../world/truth.ts'

const START = 1_800_000_000 * SECOND
const MINUTE = 60 * SECOND
const SERVICE = 'checkout.larkspur.example.'
const VANTAGES = ['eu-west', 'eu-central', 'us-east']
const STANDBY = groupKey({ region: 'eu-central-1', name: 'web' })

const running: Simulator[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

/** A world two minutes old whose western instances were stopped at one moment. */
const lose = async (world: string, seed = 1): Promise<{ simulator: Simulator; stoppedAt: Micros }> => {
  const simulator = await startSimulator({ world, seed, rate: 'manual', startAt: START })
  running.push(simulator)
  simulator.advance(127 * SECOND)
  simulator.world.compute.stop(
    simulator.world.compute.inRegion('eu-west-1').map(({ id }) => id),
    'test',
  )
  return { simulator, stoppedAt: simulator.world.now() }
}

const downs = ({ world }: Simulator, vantage: string): TruthInterval[] =>
  (
    world.truth.intervals({ vantage, service: SERVICE, from: START, to: Infinity, claim: 'http' }) ?? []
  ).filter(({ state }) => state === 'down')

/** When the last vantage was served again for good, after `since`; null while one is still down. */
const recoveredAfter = (simulator: Simulator, since: Micros): Micros | null => {
  const ends = VANTAGES.map((vantage) => downs(simulator, vantage).at(-1)?.to ?? since)
  return Math.max(...ends) === simulator.world.now() ? null : Math.max(...ends) - since
}

/** Steps on until `done`, at most half an hour; whether it came about. */
const until = (simulator: Simulator, done: () => boolean): boolean => {
  for (let at = 0; at < 30 * MINUTE && !done(); at += SECOND) simulator.advance(SECOND)
  return done()
}

const healthyInStandby = ({ world }: Simulator): number =>
  [...world.balancers.targets.values()].filter(
    ({ state, targetGroupArn }) => state === 'healthy' && targetGroupArn.includes('eu-central-1'),
  ).length

const pointAtStandby = ({ world }: Simulator): void => {
  const records = [...world.dns.recordSets.values()]
  const target = records.find(({ name }) => name.startsWith('standby-origin.'))
  const record = records.find(({ name, type }) => name === SERVICE && type === 'A')
  if (record === undefined || target === undefined) throw new Error('the world has no such records')
  const moved: RecordSet = { ...record, values: target.values }
  world.dns.change(record.zoneId, [{ action: 'put', record: moved }], null, 'runbook')
}

describe('backup and restore', () => {
  it('recovers 11–20 minutes after people began, once instances out of the backup serve and the record points at them', async () => {
    const { simulator, stoppedAt } = await lose('backup-and-restore')
    simulator.advance(3 * MINUTE)
    simulator.world.groups.setDesiredCapacity(STANDBY, 6, 'runbook')
    expect(until(simulator, () => healthyInStandby(simulator) === 6)).toBe(true)
    expect(recoveredAfter(simulator, stoppedAt)).toBeNull()
    pointAtStandby(simulator)
    simulator.advance(4 * MINUTE)
    const recovered = (recoveredAfter(simulator, stoppedAt) ?? 0) - 3 * MINUTE
    expect(recovered).toBeGreaterThan(11 * MINUTE)
    expect(recovered).toBeLessThan(20 * MINUTE)
  })

  it('stays down while nobody does anything', async () => {
    const { simulator, stoppedAt } = await lose('backup-and-restore')
    simulator.advance(30 * MINUTE)
    expect(recoveredAfter(simulator, stoppedAt)).toBeNull()
  })
})

describe('pilot light', () => {
  it('recovers two to four minutes after the second Region was scaled out; DNS has gone there by itself', async () => {
    const { simulator, stoppedAt } = await lose('pilot-light')
    simulator.advance(2 * MINUTE)
    simulator.world.groups.setDesiredCapacity(STANDBY, 6, 'runbook')
    simulator.advance(5 * MINUTE)
    const recovered = (recoveredAfter(simulator, stoppedAt) ?? 0) - 2 * MINUTE
    expect(recovered).toBeGreaterThan(70 * SECOND)
    expect(recovered).toBeLessThan(4 * MINUTE)
    expect(healthyInStandby(simulator)).toBe(6)
  })

  it('stays down while nobody scales out', async () => {
    const { simulator, stoppedAt } = await lose('pilot-light')
    simulator.advance(30 * MINUTE)
    expect(recoveredAfter(simulator, stoppedAt)).toBeNull()
  })
})

describe('active-active', () => {
  it.each([1, 2, 3])(
    'serves everybody again within 100 s of losing a Region, without anybody (seed %i)',
    async (seed) => {
      const { simulator, stoppedAt } = await lose('active-active', seed)
      simulator.advance(10 * MINUTE)
      const recovered = recoveredAfter(simulator, stoppedAt)
      expect(recovered).not.toBeNull()
      expect(recovered).toBeLessThan(100 * SECOND)
    },
  )

  it('never fails all of its users: half of them are in the other Region', async () => {
    const { simulator, stoppedAt } = await lose('active-active')
    simulator.advance(10 * MINUTE)
    const seen = simulator.world.metrics.query(
      {
        region: 'eu-central-1',
        namespace: 'Larkspur/Checkout',
        name: 'Availability',
        dimensions: { Service: 'checkout' },
      },
      { from: START, to: START + 15 * MINUTE, periodSeconds: 10 },
    )
    const worst = Math.min(...seen.map(({ min }) => min))
    expect(worst).toBeGreaterThan(20)
    expect(worst).toBeLessThan(80)
    expect(seen.filter(({ at, min }) => at > stoppedAt + 3 * MINUTE && min < 100)).toEqual([])
  })
})

describe('a single Region', () => {
  it('is back within four minutes with instances that its group has launched', async () => {
    const { simulator, stoppedAt } = await lose('single-region')
    simulator.advance(10 * MINUTE)
    const recovered = recoveredAfter(simulator, stoppedAt)
    expect(recovered).toBeGreaterThan(60 * SECOND)
    expect(recovered).toBeLessThan(4 * MINUTE)
  })
})

describe('no failover', () => {
  it('is what it looks like when none of this is there: down until its primary is back', async () => {
    const { simulator, stoppedAt } = await lose('no-failover')
    simulator.advance(30 * MINUTE)
    expect(recoveredAfter(simulator, stoppedAt)).toBeNull()
    simulator.world.compute.start(
      simulator.world.compute.inRegion('eu-west-1').map(({ id }) => id),
      'test',
    )
    simulator.advance(5 * MINUTE)
    expect(recoveredAfter(simulator, stoppedAt)).toBeGreaterThan(30 * MINUTE)
  })
})
