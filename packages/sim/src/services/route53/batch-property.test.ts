import { describe, expect, it } from 'vitest'
import { openBareWorld, type BareWorld } from '../../testing/bare-world.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { unitAt } from '../../world/random.ts'

type Rows = Readonly<Record<string, string>>
type Change = {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT'
  readonly name: string
  readonly ttl: number
  readonly values: readonly string[]
}
/** A zone under test: what it holds, and what becomes of a batch. */
type Subject = {
  readonly rows: () => Rows
  readonly submit: (batch: readonly Change[]) => 'applied' | 'refused'
}

const ROUNDS = 120
const SEEDS = 8
const NAMES = ['a', 'b', 'c'].map((letter) => `${letter}.larkspur.example.`)
const textOf = ({ ttl, values }: Pick<Change, 'ttl' | 'values'>): string =>
  `${ttl} ${[...values].sort().join(',')}`

/** Route 53's promise in a dozen lines: a batch is applied in order as a whole, or it leaves everything as it was. */
function expected(before: Rows, batch: readonly Change[]): { readonly rows: Rows; readonly fate: string } {
  const rows = new Map(Object.entries(before))
  for (const change of batch) {
    const known = rows.get(change.name)
    const isRefused =
      (change.action === 'CREATE' && known !== undefined) ||
      (change.action === 'DELETE' && known !== textOf(change))
    if (isRefused) return { rows: before, fate: 'refused' }
    if (change.action === 'DELETE') rows.delete(change.name)
    else rows.set(change.name, textOf(change))
  }
  return { rows: Object.fromEntries(rows), fate: 'applied' }
}

/** Submits random batches that are often almost right. Returns the first step at which a promise was broken, or null. */
function firstBreach(subject: Subject, seed: number): string | null {
  let draws = 0
  const pick = <T>(items: readonly [T, ...T[]]): T => {
    draws += 1
    return items[Math.floor(unitAt(seed, 'batches', draws) * items.length)] ?? items[0]
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = subject.rows()
    const batch = Array.from({ length: pick([1, 2, 2, 3]) }, (): Change => {
      const change = {
        action: pick(['CREATE', 'DELETE', 'DELETE', 'UPSERT'] as const),
        name: pick(NAMES as [string, ...string[]]),
        ttl: pick([30, 60]),
        values: pick([['198.51.100.1'], ['198.51.100.1', '198.51.100.2'], ['198.51.100.2', '198.51.100.1']]),
      }
      const [ttl = '', values = ''] = (before[change.name] ?? '').split(' ')
      // Half of the deletions name what is there.
      if (change.action !== 'DELETE' || values === '' || pick([true, false])) return change
      return { ...change, ttl: Number(ttl), values: values.split(',').toReversed() }
    })
    const { rows, fate } = expected(before, batch)
    const got = subject.submit(batch)
    if (got !== fate || JSON.stringify(sorted(subject.rows())) !== JSON.stringify(sorted(rows)))
      return `seed ${seed}, round ${round}: ${JSON.stringify(batch)} was ${got}`
  }
  return null
}

const sorted = (rows: Rows): readonly unknown[] =>
  Object.entries(rows).sort(([left], [right]) => (left < right ? -1 : 1))

function zoneOf(bare: BareWorld): Subject {
  const { world } = bare
  const zoneId = [...world.dns.zones.values()][0]?.id ?? ''
  return {
    rows: () =>
      Object.fromEntries(
        world.dns
          .recordsOf(zoneId)
          .filter(({ name }) => NAMES.includes(name))
          .map(({ name, ttl, values }) => [name, textOf({ ttl: ttl ?? 0, values })]),
      ),
    submit: (batch) => {
      bare.advance(1)
      const Changes = batch.map(({ action, name, ttl, values }) => ({
        Action: action,
        ResourceRecordSet: {
          Name: name,
          Type: 'A',
          TTL: String(ttl),
          ResourceRecords: values.map((Value) => ({ Value })),
        },
      }))
      const answer = bare.call('route53', 'ChangeResourceRecordSets', {
        HostedZoneId: zoneId,
        ChangeBatch: { Changes },
      })
      if (!(answer instanceof AwsFault)) return 'applied'
      expect(answer.code).toBe('InvalidChangeBatch')
      return 'refused'
    },
  }
}

const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1)
const breaches = (subject: (bare: BareWorld) => Subject): (string | null)[] =>
  seeds.map((seed) => firstBreach(subject(openBareWorld(seed, 'no-failover')), seed))

describe('a batch of changes', () => {
  it('is all or nothing, and deletes only by the exact current value, whatever it is made of', () => {
    expect(breaches(zoneOf)).toEqual(seeds.map(() => null))
  })

  it('would be caught if it were applied change by change', () => {
    const oneByOne = (bare: BareWorld): Subject => {
      const zone = zoneOf(bare)
      const submit: Subject['submit'] = (batch) =>
        batch.every((change) => zone.submit([change]) === 'applied') ? 'applied' : 'refused'
      return { ...zone, submit }
    }
    expect(breaches(oneByOne)).not.toContain(null)
  })

  it('would be caught if deletions were not compared with what is there', () => {
    const careless = (bare: BareWorld): Subject => {
      const zone = zoneOf(bare)
      const asIs = (change: Change): Change => {
        const [ttl = '', values = ''] = (zone.rows()[change.name] ?? '').split(' ')
        return change.action === 'DELETE' && values !== ''
          ? { ...change, ttl: Number(ttl), values: values.split(',') }
          : change
      }
      return { ...zone, submit: (batch) => zone.submit(batch.map(asIs)) }
    }
    expect(breaches(careless)).not.toContain(null)
  })
})
