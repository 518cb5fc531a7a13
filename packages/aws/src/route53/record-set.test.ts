import { describe, expect, it } from 'vitest'
import {
  differences,
  normalName,
  readRecordSet,
  recordTargetId,
  toSdk,
  type RecordSet,
} from './record-set.ts'

const record: RecordSet = {
  Name: 'checkout.example.test.',
  Type: 'A',
  SetIdentifier: 'primary',
  Failover: 'PRIMARY',
  TTL: 30,
  ResourceRecords: [{ Value: '192.0.2.1' }, { Value: '192.0.2.2' }],
  HealthCheckId: 'hc-1',
}
const alias: RecordSet = {
  Name: 'checkout.example.test.',
  Type: 'A',
  AliasTarget: { HostedZoneId: 'Z1', DNSName: 'lb.example.test.', EvaluateTargetHealth: true },
}

describe('two record sets', () => {
  it('are the same whatever the order of values, the case of names and the trailing dot', () => {
    const same = {
      ...record,
      Name: 'CHECKOUT.example.test',
      ResourceRecords: [...(record.ResourceRecords ?? [])].toReversed(),
    }
    expect(differences(record, same)).toEqual([])
    const sameAlias = {
      ...alias,
      AliasTarget: { HostedZoneId: 'Z1', DNSName: 'LB.example.test', EvaluateTargetHealth: true },
    }
    expect(differences(alias, sameAlias)).toEqual([])
  })

  it.each([
    [{ TTL: 60 }, 'TTL 60 instead of 30'],
    [{ ResourceRecords: [{ Value: '192.0.2.1' }] }, 'values 192.0.2.1 instead of 192.0.2.1, 192.0.2.2'],
    [{ HealthCheckId: undefined }, 'HealthCheckId nothing instead of hc-1'],
    [{ Failover: 'SECONDARY' }, 'Failover SECONDARY instead of PRIMARY'],
    [{ Weight: 10 }, 'Weight 10 instead of nothing'],
    [{ GeoLocation: { CountryCode: 'DE' } }, 'GeoLocation {"CountryCode":"DE"} instead of nothing'],
  ] as const)('that differ in %o do so in words', (change, words) => {
    expect(differences(record, { ...record, ...change } as RecordSet)).toEqual([words])
  })

  it('differ in every part of an alias', () => {
    const other = {
      ...alias,
      AliasTarget: { HostedZoneId: 'Z2', DNSName: 'other.', EvaluateTargetHealth: false },
    }
    expect(differences(alias, other)).toHaveLength(3)
  })
})

describe('reading', () => {
  it('leaves out empty members and keeps everything else', () => {
    const read = readRecordSet({ ...toSdk(alias), Name: 'x.', ResourceRecords: [], TTL: undefined })
    expect(read.data).toEqual({ ...alias, Name: 'x.' })
  })

  it('fails on a member it does not know rather than lose it in the restore', () => {
    expect(readRecordSet({ ...alias, Type: 'A', Name: 'x.', NewMember: 'y' } as never).success).toBe(false)
  })

  it('takes the octal escape of a wildcard for the wildcard', () => {
    expect(normalName(String.raw`\052.Example.test`)).toBe('*.example.test.')
    expect(recordTargetId('Z1', { ...record, Name: String.raw`\052.example.test.` })).toBe(
      'route53:Z1/*.example.test/A/primary',
    )
  })
})
