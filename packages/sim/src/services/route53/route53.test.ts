import {
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHealthCheckCommand,
  CreateResourceRecordSetProtectionsCommand,
  DeleteResourceRecordSetProtectionsCommand,
  GetChangeCommand,
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  GetHostedZoneCommand,
  ListHealthChecksCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetProtectionsCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
  UpdateHealthCheckCommand,
  type Change,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
let zoneId: string
beforeEach(async () => {
  arena = await openSdkArena()
  const { HostedZones = [] } = await arena.route53.send(new ListHostedZonesCommand({}))
  zoneId = HostedZones[0]?.Id ?? ''
})
afterEach(() => arena.close())

const records = async (): Promise<ResourceRecordSet[]> =>
  (await arena.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId })))
    .ResourceRecordSets ?? []

const change = (...Changes: Change[]) =>
  arena.route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes, Comment: 'drill' } }),
  )

const address = (Name: string, ...values: string[]): ResourceRecordSet => ({
  Name,
  Type: 'A',
  TTL: 30,
  ResourceRecords: values.map((Value) => ({ Value })),
})

describe('zones and records', () => {
  it('describes a zone with its name servers and the exact count of its records', async () => {
    const zone = await arena.route53.send(new GetHostedZoneCommand({ Id: zoneId }))
    expect(zone.HostedZone).toMatchObject({
      Id: zoneId,
      Name: 'larkspur.example.',
      Config: { PrivateZone: false },
    })
    expect(zone.HostedZone?.ResourceRecordSetCount).toBe((await records()).length)
    expect(zone.DelegationSet?.NameServers).toHaveLength(4)
    const byName = await arena.route53.send(new ListHostedZonesByNameCommand({ DNSName: 'larkspur.example' }))
    expect(byName.HostedZones?.[0]?.Id).toBe(zoneId)
    await expect(arena.route53.send(new GetHostedZoneCommand({ Id: 'ZNOTHERE' }))).rejects.toMatchObject({
      name: 'NoSuchHostedZone',
      message: 'No hosted zone found with ID: ZNOTHERE',
    })
  })

  it('lists failover records with every field needed to put them back', async () => {
    const failover = (await records()).filter(({ Name }) => Name === 'checkout.larkspur.example.')
    expect(failover).toMatchObject([
      { SetIdentifier: 'primary', Failover: 'PRIMARY', TTL: 30, HealthCheckId: expect.any(String) },
      { SetIdentifier: 'standby', Failover: 'SECONDARY', TTL: 30 },
    ])
    expect(failover[0]?.ResourceRecords).toHaveLength(3)
  })

  it('pages in order of reversed name, type and identifier, naming exactly where the next page begins', async () => {
    const all = await records()
    const seen: ResourceRecordSet[] = []
    let next: {
      StartRecordName?: string
      StartRecordType?: ResourceRecordSet['Type']
      StartRecordIdentifier?: string
    } = {}
    for (;;) {
      const page = await arena.route53.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, MaxItems: 1, ...next }),
      )
      seen.push(...(page.ResourceRecordSets ?? []))
      if (page.IsTruncated !== true) break
      next = {
        ...(page.NextRecordName === undefined ? {} : { StartRecordName: page.NextRecordName }),
        ...(page.NextRecordType === undefined ? {} : { StartRecordType: page.NextRecordType }),
        ...(page.NextRecordIdentifier === undefined
          ? {}
          : { StartRecordIdentifier: page.NextRecordIdentifier }),
      }
    }
    expect(seen).toEqual(all)
    expect(all[0]).toMatchObject({ Name: 'larkspur.example.' })
    const noName = arena.route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordType: 'A' }),
    )
    await expect(noName).rejects.toMatchObject({ name: 'InvalidInput' })
  })
})

describe('ChangeResourceRecordSets', () => {
  it('shows a change at once, calls it PENDING, and INSYNC within a minute of world time', async () => {
    const { ChangeInfo } = await change({
      Action: 'CREATE',
      ResourceRecordSet: address('new.larkspur.example', '192.0.2.1'),
    })
    expect(ChangeInfo).toMatchObject({
      Status: 'PENDING',
      Comment: 'drill',
      Id: expect.stringMatching(/^\/change\/C/),
    })
    expect((await records()).map(({ Name }) => Name)).toContain('new.larkspur.example.')
    const status = async () =>
      (await arena.route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status
    expect(await status()).toBe('PENDING')
    arena.advance(61)
    expect(await status()).toBe('INSYNC')
    await expect(arena.route53.send(new GetChangeCommand({ Id: 'C0' }))).rejects.toMatchObject({
      name: 'NoSuchChange',
    })
  })

  it('restores a removed record field by field', async () => {
    const before = await records()
    const gone = before.filter(({ Name }) => Name === 'checkout.larkspur.example.')
    await change(...gone.map((ResourceRecordSet): Change => ({ Action: 'DELETE', ResourceRecordSet })))
    expect(await records()).toHaveLength(before.length - 2)
    arena.advance(1)
    await change(...gone.map((ResourceRecordSet): Change => ({ Action: 'CREATE', ResourceRecordSet })))
    expect(await records()).toEqual(before)
  })

  it('applies all of a batch or nothing, and lists every problem in one message', async () => {
    const before = await records()
    const refused = change(
      { Action: 'CREATE', ResourceRecordSet: address('fine.larkspur.example', '192.0.2.1') },
      { Action: 'DELETE', ResourceRecordSet: address('ghost.larkspur.example', '192.0.2.1') },
      { Action: 'DELETE', ResourceRecordSet: address('origin.larkspur.example', '192.0.2.99') },
      { Action: 'CREATE', ResourceRecordSet: { ...address('origin.larkspur.example', '192.0.2.1') } },
    )
    await expect(refused).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      $metadata: { httpStatusCode: 400 },
      message:
        "[Tried to delete resource record set [name='ghost.larkspur.example.', type='A'] but it was not found, " +
        "Tried to delete resource record set [name='origin.larkspur.example.', type='A'] but the values provided do not match the current values, " +
        "Tried to create resource record set [name='origin.larkspur.example.', type='A'] but it already exists]",
    })
    expect(await records()).toEqual(before)
  })

  it('deletes only what matches in TTL and every value, in whatever order the values come', async () => {
    const origin = (await records()).find(({ Name }) => Name === 'origin.larkspur.example.')
    if (origin === undefined) throw new Error('the world has no origin record')
    const reversed = { ...origin, ResourceRecords: origin.ResourceRecords?.toReversed() }
    await expect(
      change({ Action: 'DELETE', ResourceRecordSet: { ...reversed, TTL: 61 } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('do not match the current values'),
    })
    await expect(change({ Action: 'DELETE', ResourceRecordSet: reversed })).resolves.toBeDefined()
  })

  it('refuses what a zone cannot hold', async () => {
    const put = (ResourceRecordSet: ResourceRecordSet) => change({ Action: 'UPSERT', ResourceRecordSet })
    await expect(put(address('www.elsewhere.test', '192.0.2.1'))).rejects.toMatchObject({
      message: '[RRSet with DNS name www.elsewhere.test. is not permitted in zone larkspur.example.]',
    })
    const cname = { Type: 'CNAME' as const, TTL: 60, ResourceRecords: [{ Value: 'a.example' }] }
    await expect(put({ Name: 'larkspur.example', ...cname })).rejects.toMatchObject({
      message: expect.stringContaining('at apex'),
    })
    await expect(put({ Name: 'origin.larkspur.example', ...cname })).rejects.toMatchObject({
      message: expect.stringContaining('conflicts with other records with the same DNS name'),
    })
    await expect(put(address('checkout.larkspur.example', '192.0.2.1'))).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
    })
    await expect(put(address('x.larkspur.example', 'not-an-address'))).rejects.toMatchObject({
      message: expect.stringContaining('Value is not a valid IPv4 address'),
    })
    await expect(put({ Name: 'x.larkspur.example', Type: 'A' })).rejects.toMatchObject({
      name: 'InvalidInput',
    })
    await expect(
      put({ ...address('x.larkspur.example', '192.0.2.1'), HealthCheckId: 'none' }),
    ).rejects.toMatchObject({
      name: 'NoSuchHealthCheck',
    })
    const apex = (await records()).filter(({ Type }) => Type === 'NS')
    await expect(
      change(...apex.map((set): Change => ({ Action: 'DELETE', ResourceRecordSet: set }))),
    ).rejects.toMatchObject({
      message: expect.stringContaining('must contain at least one NS record'),
    })
  })

  it('refuses a second batch while the zone is still busy with the first', async () => {
    const put = (value: string) =>
      change({ Action: 'UPSERT', ResourceRecordSet: address('busy.larkspur.example', value) })
    await put('192.0.2.1')
    await expect(put('192.0.2.2')).rejects.toMatchObject({
      name: 'PriorRequestNotComplete',
      $metadata: { httpStatusCode: 400 },
    })
    arena.advance(1)
    await expect(put('192.0.2.2')).resolves.toBeDefined()
  })

  it('writes a wildcard as an octal escape and finds it again under either spelling', async () => {
    await change({ Action: 'CREATE', ResourceRecordSet: address('*.larkspur.example', '192.0.2.7') })
    expect((await records()).map(({ Name }) => Name)).toContain(String.raw`\052.larkspur.example.`)
    arena.advance(1)
    await change({
      Action: 'DELETE',
      ResourceRecordSet: address(String.raw`\052.larkspur.example`, '192.0.2.7'),
    })
  })
})

describe('protections and tags', () => {
  it('lets no batch touch a protected record, and says why', async () => {
    const protection = {
      RecordName: 'origin.larkspur.example',
      RecordType: 'A' as const,
      Comment: 'ask the edge team',
    }
    await arena.route53.send(
      new CreateResourceRecordSetProtectionsCommand({ HostedZoneId: zoneId, Protections: [protection] }),
    )
    const list = async () =>
      (await arena.route53.send(new ListResourceRecordSetProtectionsCommand({ HostedZoneId: zoneId })))
        .ResourceRecordSetProtections
    expect(await list()).toEqual([{ ...protection, RecordName: 'origin.larkspur.example.' }])
    await expect(
      change({ Action: 'UPSERT', ResourceRecordSet: address('origin.larkspur.example', '192.0.2.1') }),
    ).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message: expect.stringContaining('ask the edge team'),
    })
    const { RecordName, RecordType } = protection
    const key = { HostedZoneId: zoneId, Protections: [{ RecordName, RecordType }] }
    await arena.route53.send(new DeleteResourceRecordSetProtectionsCommand(key))
    expect(await list()).toEqual([])
    await expect(
      arena.route53.send(new DeleteResourceRecordSetProtectionsCommand(key)),
    ).rejects.toMatchObject({
      name: 'InvalidResourceRecordSetProtectionBatch',
    })
  })

  it('keeps the tags of a zone', async () => {
    const resource = { ResourceType: 'hostedzone' as const, ResourceId: zoneId.replace('/hostedzone/', '') }
    await arena.route53.send(
      new ChangeTagsForResourceCommand({ ...resource, AddTags: [{ Key: 'ChaosReady', Value: 'true' }] }),
    )
    const { ResourceTagSet } = await arena.route53.send(new ListTagsForResourceCommand(resource))
    expect(ResourceTagSet?.Tags).toEqual([{ Key: 'ChaosReady', Value: 'true' }])
  })
})

describe('health checks', () => {
  it('shows each checker turning unhealthy while the endpoint is down', async () => {
    const { HealthChecks = [] } = await arena.route53.send(new ListHealthChecksCommand({}))
    const id = HealthChecks[0]?.Id ?? ''
    const check = await arena.route53.send(new GetHealthCheckCommand({ HealthCheckId: id }))
    expect(check.HealthCheck?.HealthCheckConfig).toMatchObject({ RequestInterval: 10, FailureThreshold: 3 })
    const observe = async () =>
      (await arena.route53.send(new GetHealthCheckStatusCommand({ HealthCheckId: id })))
        .HealthCheckObservations ?? []
    arena.advance(20)
    expect((await observe()).every(({ StatusReport }) => StatusReport?.Status?.startsWith('Success'))).toBe(
      true,
    )
    const { compute } = arena.simulator.world
    compute.stop(
      compute.inRegion('eu-west-1').map(({ id: instance }) => instance),
      'test',
    )
    arena.advance(60)
    expect((await observe()).every(({ StatusReport }) => StatusReport?.Status?.startsWith('Failure'))).toBe(
      true,
    )
  })

  it('creates idempotently by caller reference and guards updates by version', async () => {
    const create = (Port: number) =>
      arena.route53.send(
        new CreateHealthCheckCommand({
          CallerReference: 'drill-1',
          HealthCheckConfig: { Type: 'HTTP', IPAddress: '198.51.100.10', Port, ResourcePath: '/health' },
        }),
      )
    const first = await create(80)
    expect(first.HealthCheck).toMatchObject({
      HealthCheckVersion: 1,
      HealthCheckConfig: { RequestInterval: 30 },
    })
    expect((await create(80)).HealthCheck?.Id).toBe(first.HealthCheck?.Id)
    await expect(create(81)).rejects.toMatchObject({ name: 'HealthCheckAlreadyExists' })
    const update = (HealthCheckVersion: number) =>
      arena.route53.send(
        new UpdateHealthCheckCommand({
          HealthCheckId: first.HealthCheck?.Id,
          HealthCheckVersion,
          Disabled: true,
        }),
      )
    expect((await update(1)).HealthCheck).toMatchObject({
      HealthCheckVersion: 2,
      HealthCheckConfig: { Disabled: true },
    })
    await expect(update(1)).rejects.toMatchObject({
      name: 'HealthCheckVersionMismatch',
      $metadata: { httpStatusCode: 409 },
    })
  })
})
