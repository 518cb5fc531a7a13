import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openBareWorld, type BareWorld } from '../testing/bare-world.ts'
import { groupKey } from '../world/compute.ts'
import { worldNames } from './load-world.ts'

const PER_SECOND = 20
const STANDBY = { region: 'eu-central-1', name: 'web' }

/** What people do in a world whose second Region does not take over by itself. */
const RUNBOOKS: Readonly<Record<string, (bare: BareWorld) => void>> = {
  'pilot-light': ({ world }) => world.groups.setDesiredCapacity(groupKey(STANDBY), 6, 'runbook'),
  'backup-and-restore': (bare) => {
    const { world } = bare
    world.groups.setDesiredCapacity(groupKey(STANDBY), 6, 'runbook')
    bare.advance(1_200)
    world.stores.promote('orders', STANDBY.region, 'runbook')
  },
}

/** Seconds of writes that are lost after a takeover, and for good once the first Region is back. */
const losses = (name: string, seed: number): readonly [secondsLost: number, secondsLostForGood: number] => {
  const bare = openBareWorld(seed, name)
  const { world } = bare
  for (const [key, store] of world.stores.stores.entries())
    world.stores.stores.put(key, { ...store, writesPerSecond: PER_SECOND })
  bare.advance(600 + seed * 37)
  const ids = world.compute.inRegion('eu-west-1').map(({ id }) => id)
  world.compute.stop(ids, 'test')
  world.kernel.settle()
  bare.advance(120)
  RUNBOOKS[name]?.(bare)
  bare.advance(300)
  const lost = world.stores.losses('orders')
  expect(lost?.writer, `${name} takes over`).toBe('eu-central-1')
  world.compute.start(ids, 'test')
  bare.advance(400)
  const perSecond = (count = 0): number => count / PER_SECOND
  return [perSecond(lost?.lost), perSecond(world.stores.losses('orders')?.lost)]
}

it.each([
  ['active-active', 0, 1, 0],
  ['warm-standby', 0.5, 3, 0],
  ['no-failover', 0.5, 3, 0],
  ['pilot-light', 0.4, 2.5, 2.5],
  ['backup-and-restore', 1, 300, 300],
  ['slow-replica', 45, 75, 75],
])(
  'a takeover in %s costs between %d and %d s of writes, and at most %d s for good',
  (name, least, most, forGood) => {
    for (const seed of [1, 2]) {
      const [lost, lostForGood] = losses(name, seed)
      // Users write once a second, all of a second's writes at once.
      expect(lost).toBeGreaterThanOrEqual(Math.floor(least))
      expect(lost).toBeLessThanOrEqual(Math.ceil(most))
      expect(lostForGood).toBeLessThanOrEqual(Math.ceil(forGood))
      if (forGood > 0) expect(lostForGood).toBe(lost)
    }
  },
)

it('is told in the documentation of every world that has data', () => {
  const page = readFileSync(new URL('../../../../docs/simulator.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\|(?:[^|]*\|){3} ([^|]+) \|$/gm)].map(([, name]) => name)
  expect(worldNames().filter((name) => !rows.includes(name))).toEqual([])
})

it('goes by the time that the copy is behind: one that follows at once loses nothing', () => {
  const bare = openBareWorld(1, 'slow-replica')
  const { world } = bare
  for (const [key, replica] of world.stores.replicas.entries())
    world.stores.replicas.put(key, { ...replica, lagSeconds: [0.001, 0.001] })
  bare.advance(600)
  world.compute.stop(
    world.compute.inRegion('eu-west-1').map(({ id }) => id),
    'test',
  )
  bare.advance(60)
  expect(world.stores.losses('orders')).toMatchObject({ writer: 'eu-central-1', lost: 0 })
})
