import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetChangeCommand,
  ListHostedZonesCommand,
  type Change,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53'
import { afterEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
afterEach(() => arena.close())

const OLD_ZONE = async () =>
  (await arena.route53.send(new ListHostedZonesCommand({}))).HostedZones?.[0]?.Id ?? ''

const change = (HostedZoneId: string, ...Changes: Change[]) =>
  arena.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }))

const set = (Name: string, value: string, more: Partial<ResourceRecordSet> = {}): Change => ({
  Action: 'CREATE',
  ResourceRecordSet: { Name, Type: 'A', TTL: 30, ResourceRecords: [{ Value: value }], ...more },
})

/** What a resolver in a Region is told by the authority, or the kind of answer if there is no record. */
const askFrom = (region: string | null, name: string): string => {
  const { status, records } = arena.simulator.world.dns.answer(0, name, 'A', region)
  return records[0]?.data ?? status
}

describe('answers that depend on who asks', () => {
  it('sends resolvers to the nearest Region of latency records, and to the next while that is unhealthy', async () => {
    arena = await openSdkArena()
    const zone = await OLD_ZONE()
    const name = 'near.larkspur.example'
    const near = (
      SetIdentifier: string,
      Region: 'eu-west-1' | 'us-east-1' | 'ap-northeast-1',
      value: string,
    ) => set(name, value, { SetIdentifier, Region })
    await change(
      zone,
      near('dublin', 'eu-west-1', '198.51.100.201'),
      near('virginia', 'us-east-1', '198.51.100.202'),
      near('tokyo', 'ap-northeast-1', '198.51.100.203'),
    )
    arena.advance(60)
    expect(askFrom('eu-central-1', name)).toBe('198.51.100.201')
    expect(askFrom('us-west-2', name)).toBe('198.51.100.202')
    expect(askFrom('ap-southeast-1', name)).toBe('198.51.100.203')
  })

  it('takes the country before the continent before the default, and has no answer where nothing fits', async () => {
    arena = await openSdkArena()
    const zone = await OLD_ZONE()
    const name = 'here.larkspur.example'
    const here = (SetIdentifier: string, GeoLocation: object, value: string) =>
      set(name, value, { SetIdentifier, GeoLocation })
    await change(
      zone,
      here('de', { CountryCode: 'DE' }, '198.51.100.201'),
      here('eu', { ContinentCode: 'EU' }, '198.51.100.202'),
    )
    arena.advance(60)
    expect(askFrom('eu-central-1', name)).toBe('198.51.100.201')
    expect(askFrom('eu-west-1', name)).toBe('198.51.100.202')
    expect(askFrom('us-east-1', name)).toBe('nodata')
    await change(zone, here('all', { CountryCode: '*' }, '198.51.100.203'))
    arena.advance(60)
    expect(askFrom('us-east-1', name)).toBe('198.51.100.203')
    expect(askFrom(null, name)).toBe('198.51.100.203')
  })

  it('deals weighted records out by weight, and never one of weight 0 beside a healthy one', async () => {
    arena = await openSdkArena()
    const name = 'weighed.larkspur.example'
    const weighed = (SetIdentifier: string, Weight: number, value: string) =>
      set(name, value, { SetIdentifier, Weight })
    await change(
      await OLD_ZONE(),
      weighed('a', 3, '198.51.100.201'),
      weighed('b', 1, '198.51.100.202'),
      weighed('c', 0, '198.51.100.203'),
    )
    arena.advance(60)
    const counts = new Map<string, number>()
    for (let n = 0; n < 200; n += 1) {
      arena.simulator.advance(250_000)
      const answer = askFrom(null, name)
      counts.set(answer, (counts.get(answer) ?? 0) + 1)
    }
    expect(counts.get('198.51.100.203')).toBeUndefined()
    expect(counts.get('198.51.100.201')).toBeGreaterThan(140)
    expect(counts.get('198.51.100.202')).toBeGreaterThan(40)
  })

  it('refuses sets that stand for the same place, and aliases of what is not there', async () => {
    arena = await openSdkArena()
    const zone = await OLD_ZONE()
    const twin = (SetIdentifier: string) =>
      set('twin.larkspur.example', '198.51.100.201', { SetIdentifier, Region: 'eu-west-1' })
    await expect(change(zone, twin('a'), twin('b'))).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message: expect.stringContaining('latency (eu-west-1) RRSet already exists'),
    })
    const alias = (HostedZoneId: string, DNSName: string): Change => ({
      Action: 'CREATE',
      ResourceRecordSet: {
        Name: 'alias.larkspur.example',
        Type: 'A',
        AliasTarget: { HostedZoneId, DNSName, EvaluateTargetHealth: false },
      },
    })
    const own = zone.replace('/hostedzone/', '')
    await expect(change(zone, alias(own, 'gone.larkspur.example'))).rejects.toMatchObject({
      message: expect.stringContaining('but that target was not found'),
    })
    const [balancer] = arena.simulator.world.balancers.loadBalancers.values()
    const balancerZone = balancer?.canonicalHostedZoneId ?? ''
    await expect(change(zone, alias(balancerZone, 'x.elb.amazonaws.com'))).rejects.toMatchObject({
      message: expect.stringContaining('does not lie within the target zone'),
    })
    await change(zone, alias(balancerZone, balancer?.dnsName ?? ''))
  })
})

describe('zones', () => {
  it('are created with their own records, served when INSYNC, and deleted only when empty', async () => {
    arena = await openSdkArena()
    const create = (CallerReference: string, Name: string) =>
      arena.route53.send(new CreateHostedZoneCommand({ CallerReference, Name }))
    const { HostedZone, ChangeInfo, DelegationSet } = await create('one', 'heather.example')
    expect(HostedZone).toMatchObject({ Name: 'heather.example.', ResourceRecordSetCount: 2 })
    expect(DelegationSet?.NameServers).toHaveLength(4)
    expect(ChangeInfo?.Status).toBe('PENDING')
    await expect(create('one', 'other.example')).rejects.toMatchObject({ name: 'HostedZoneAlreadyExists' })
    await expect(create('two', 'not a name')).rejects.toMatchObject({ name: 'InvalidDomainName' })
    const Id = HostedZone?.Id ?? ''
    arena.advance(1)
    await change(Id, set('www.heather.example', '198.51.100.201'))
    arena.advance(60)
    expect(askFrom(null, 'www.heather.example')).toBe('198.51.100.201')
    expect(askFrom(null, 'nobody.heather.example')).toBe('nxdomain')
    const remove = () => arena.route53.send(new DeleteHostedZoneCommand({ Id }))
    await expect(remove()).rejects.toMatchObject({ name: 'HostedZoneNotEmpty' })
    await change(Id, { ...set('www.heather.example', '198.51.100.201'), Action: 'DELETE' })
    arena.advance(1)
    const gone = await remove()
    arena.advance(60)
    const { ChangeInfo: after } = await arena.route53.send(new GetChangeCommand({ Id: gone.ChangeInfo?.Id }))
    expect(after?.Status).toBe('INSYNC')
    expect(askFrom(null, 'www.heather.example')).toBe('refused')
  })
})

describe('the change-throughput bucket', () => {
  const many = (Action: 'CREATE' | 'UPSERT', count: number): Change[] =>
    Array.from({ length: count }, (_, index) => ({
      ...set(`n${index}.larkspur.example`, '198.51.100.201'),
      Action,
    }))

  it('holds 1,500 changes, counts an UPSERT twice, and refills by 100 a second', async () => {
    arena = await openSdkArena({ throttling: true })
    const zone = await OLD_ZONE()
    await change(zone, ...many('CREATE', 800))
    arena.advance(1)
    const upserts = many('UPSERT', 450)
    await expect(change(zone, ...upserts)).rejects.toMatchObject({
      name: 'Throttling',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    })
    arena.advance(1)
    await change(zone, ...upserts)
    arena.advance(1)
    await expect(change(zone, ...many('UPSERT', 150))).rejects.toMatchObject({ name: 'Throttling' })
  })
})
