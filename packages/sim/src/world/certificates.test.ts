import { expect, it } from 'vitest'
import { startSimulator } from '../server.ts'
import { alteredWorld } from '../testing/altered-world.ts'
import { SECOND } from './model.ts'

const START = 1_800_000_000 * SECOND
const SERVICE = 'checkout.larkspur.example.'

/** What the witness and users say while a certificate runs out, is replaced by others that do not hold, and by one that does. */
const replaced = async (text: string) => {
  const world = alteredWorld('warm-standby', {
    [text]: text === HTTPS ? `${text.slice(0, -2)}, port: 443 }` : text,
  })
  const simulator = await startSimulator({ world, rate: 'manual', startAt: START })
  const { certificates, truth, populations } = simulator.world
  const [first] = certificates.table.values()
  const replace = (change: Parameters<typeof certificates.replace>[1]) =>
    certificates.replace(first?.arn ?? '', change, 'test')
  const good = { names: ['*.larkspur.example'], chain: 'full', expiresAt: START + 86_400 * SECOND } as const
  replace({ expiresAt: START + 10_500_000 })
  simulator.advance(20 * SECOND)
  for (const change of [
    good,
    { chain: 'leaf-only' },
    { ...good, names: ['elsewhere.example'] },
    good,
  ] as const) {
    replace(change)
    simulator.advance(20 * SECOND)
  }
  const from = START
  const seen = truth.intervals({ vantage: 'eu-west', service: SERVICE, from, to: Infinity, claim: 'http' })
  const users = populations.success('eu-west', from, simulator.world.now())
  await simulator.close()
  return {
    downs: (seen ?? [])
      .filter(({ state }) => state === 'down')
      .map((one) => [(one.from - START) / SECOND, (one.to - START) / SECOND]),
    worst: Math.min(...(users ?? []).map(({ share }) => share)),
  }
}

const HTTPS = '- { name: checkout.larkspur.example }'

it('keeps users out to the instant while a certificate does not hold: date, chain, name', async () => {
  const { downs, worst } = await replaced(HTTPS)
  expect(downs).toEqual([
    [10.5, 20],
    [40, 80],
  ])
  expect(worst).toBe(0)
})

it('is nothing to users of plain HTTP', async () => {
  expect(await replaced('metadata:')).toEqual({ downs: [], worst: 1 })
})
