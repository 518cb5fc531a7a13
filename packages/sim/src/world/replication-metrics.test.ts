import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { alteredWorld } from '../testing/altered-world.ts'
import type { Bucket } from './metrics.ts'
import { SECOND } from './model.ts'

const MINUTE = 60 * SECOND
const START = 1_800_000_000 * SECOND
const STORE = 'orders'

const running: Simulator[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

const begin = async (world: string): Promise<Simulator> => {
  const simulator = await startSimulator({ world, rate: 'manual', startAt: START })
  running.push(simulator)
  return simulator
}

const lagOf = ({ world }: Simulator, from: number): Bucket[] =>
  world.metrics.query(
    {
      region: 'eu-central-1',
      namespace: 'AWS/RDS',
      name: 'AuroraGlobalDBReplicationLag',
      dimensions: { DBClusterIdentifier: STORE },
    },
    { from, to: START + 60 * MINUTE, periodSeconds: 60 },
  )

const latencyOf = ({ world }: Simulator, from: number): Bucket[] =>
  world.metrics.query(
    {
      region: 'eu-west-1',
      namespace: 'AWS/DynamoDB',
      name: 'ReplicationLatency',
      dimensions: { TableName: STORE, ReceivingRegion: 'eu-central-1' },
    },
    { from, to: START + 60 * MINUTE, periodSeconds: 60 },
  )

const pause = ({ world }: Simulator, isPaused: boolean): void => {
  expect(world.stores.setPaused(STORE, 'eu-central-1', isPaused, 'test')).toBe(true)
  world.commit()
}

describe('what CloudWatch has of replication', () => {
  it('is the lag of a database where its copy is, growing while nothing arrives and gone with the writer', async () => {
    const simulator = await begin('pilot-light')
    simulator.advance(10 * MINUTE)
    const calm = lagOf(simulator, START)
    expect(calm.length).toBeGreaterThanOrEqual(7)
    for (const { max } of calm) expect(max).toBeLessThanOrEqual(2600)
    pause(simulator, true)
    simulator.advance(8 * MINUTE)
    expect(lagOf(simulator, START + 14 * MINUTE)[0]?.max).toBeGreaterThan(4 * 60_000)
    pause(simulator, false)
    simulator.world.places.setRegion('eu-west-1', true, 'test')
    simulator.world.commit()
    simulator.advance(10 * MINUTE)
    expect(lagOf(simulator, START + 20 * MINUTE)).toEqual([])
  })

  it('is the latency of those writes to a table that arrived, so that it is silent when none do', async () => {
    const text = `writer: eu-west-1`
    const simulator = await begin(
      alteredWorld('pilot-light', { [text]: `${text}\n      runsOnHosts: false` }),
    )
    simulator.advance(10 * MINUTE)
    const calm = latencyOf(simulator, START)
    expect(calm.length).toBeGreaterThanOrEqual(7)
    // As many as were applied, each with the time that it took.
    for (const { count, min, max } of calm) {
      expect(count).toBeGreaterThan(30)
      expect(min).toBeGreaterThanOrEqual(400)
      expect(max).toBeLessThan(10_000)
    }
    expect(lagOf(simulator, START)).toEqual([])
    pause(simulator, true)
    simulator.advance(8 * MINUTE)
    expect(latencyOf(simulator, START + 11 * MINUTE)).toEqual([])
    expect(simulator.world.stores.losses(STORE)).not.toBeNull()
  })

  it('is nothing where copies are made from backups', async () => {
    const simulator = await begin('backup-and-restore')
    simulator.advance(10 * MINUTE)
    expect(simulator.world.metrics.list('eu-central-1').map(({ metric }) => metric.namespace)).not.toContain(
      'AWS/RDS',
    )
  })
})
