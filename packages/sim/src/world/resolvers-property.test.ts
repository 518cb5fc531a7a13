import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { SECOND, type RecordSet } from './model.ts'
import { vantageOwner } from './resolvers.ts'

const START = 1_800_000_000 * SECOND
const NAME = 'checkout.larkspur.example'
/** The longest that an obedient resolver may keep anything about this name: record TTL 30 s, negative 60 s. */
const KEPT_SECONDS = { positive: 30, negative: 60 }

let simulator: Simulator | undefined
afterEach(() => simulator?.close())

/** Answers of a resolver that its authority had not given within the time the answer may be kept. */
const staleAnswers = async (seed: number, stretch: number): Promise<number> => {
  simulator = await startSimulator({ rate: 'manual', startAt: START, seed })
  const { world } = simulator
  const [vantage] = world.resolvers.vantages.values()
  if (vantage === undefined) throw new Error('no vantage')
  const owner = { ...vantageOwner(vantage), id: `property/${stretch}`, stretch }
  const text = ({ status, records }: { status: string; records: readonly { data: string }[] }): string =>
    `${status} ${records.map(({ data }) => data).join(' ')}`
  const given: string[] = []
  let stale = 0
  const record = [...world.dns.recordSets.values()].find(({ name }) => name === `${NAME}.`) as RecordSet
  for (let second = 0; second < 600; second += 1) {
    const change = { 60: 'delete', 200: 'put', 330: 'delete', 420: 'put' }[second]
    if (change === 'put' || change === 'delete')
      world.dns.change(record.zoneId, [{ action: change, record }], null, 'test')
    simulator.advance(SECOND)
    given.push(text(world.dns.answer(owner.nameServer, NAME, 'A')))
    const answer = world.resolvers.lookup(owner, NAME, 'A')
    const kept = answer.status === 'answer' ? KEPT_SECONDS.positive : KEPT_SECONDS.negative
    if (!given.slice(-kept - 1).includes(text(answer))) stale += 1
  }
  await simulator.close()
  return stale
}

describe('every answer of a resolver', () => {
  it.each([1, 2, 3, 4])('was its authority’s within the time it may be kept (seed %i)', async (seed) => {
    expect(await staleAnswers(seed, 1)).toBe(0)
  })

  it('is caught where a resolver keeps answers for longer than that', async () => {
    expect(await staleAnswers(1, 3)).toBeGreaterThan(0)
  })
})
