import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StopInstancesCommand } from '@aws-sdk/client-ec2'
import { ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
} from '@aws-sdk/client-scheduler'
import { afterEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

const open: SdkArena[] = []
afterEach(async () => {
  for (const arena of open.splice(0)) await arena.close()
})

async function arenaOf(stateDirectory?: string): Promise<SdkArena> {
  const arena = await openSdkArena(stateDirectory === undefined ? {} : { stateDirectory })
  open.push(arena)
  // Nobody looks at the users here, and they are most of a world's work.
  const { populations } = arena.simulator.world.populations
  for (const name of populations.keys()) populations.delete(name)
  return arena
}

const ROLE = 'arn:aws:iam::111122223333:role/dead-man'
const NAME = 'origin.larkspur.example.'

/** `at()` so many seconds from now. */
function at(arena: SdkArena, seconds: number): string {
  return `at(${new Date(arena.now().getTime() + seconds * 1000).toISOString().slice(0, 19)})`
}

function scheduled(
  arena: SdkArena,
  action: string,
  input: object,
  seconds: number,
  rest: Partial<CreateScheduleCommandInput> = {},
): CreateScheduleCommandInput {
  return {
    Name: 'way-back',
    ScheduleExpression: at(arena, seconds),
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: {
      Arn: `arn:aws:scheduler:::aws-sdk:${action}`,
      RoleArn: ROLE,
      Input: JSON.stringify(input),
      RetryPolicy: { MaximumEventAgeInSeconds: 120, MaximumRetryAttempts: 20 },
    },
    ...rest,
  }
}

async function recordOf({ route53, simulator }: SdkArena) {
  const HostedZoneId = [...simulator.world.dns.zones.values()][0]?.id ?? ''
  const { ResourceRecordSets: all } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }))
  return { HostedZoneId, record: all?.find((one) => one.Name === NAME) }
}

/** Removes the record, as a drill does, and answers the input that puts it back. */
async function removed(arena: SdkArena) {
  const { HostedZoneId, record } = await recordOf(arena)
  const ChangeBatch = { Changes: [{ Action: 'DELETE' as const, ResourceRecordSet: record }] }
  await arena.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }))
  const { TTL: Ttl, AliasTarget: alias, ...same } = record ?? {}
  const AliasTarget = alias && {
    HostedZoneId: alias.HostedZoneId,
    DnsName: alias.DNSName,
    EvaluateTargetHealth: alias.EvaluateTargetHealth,
  }
  const set = { ...same, ...(Ttl === undefined ? {} : { Ttl }), ...(AliasTarget && { AliasTarget }) }
  const back = { HostedZoneId, ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: set }] } }
  return { back, record }
}

const byScheduler = ({ simulator }: SdkArena) =>
  simulator.world.calls.mutations().filter(({ userAgent }) => userAgent === 'Amazon EventBridge Scheduler')
const failureOf = async (call: Promise<unknown>) =>
  call.then(
    () => 'went through',
    (error: Error) => `${error.name}: ${error.message}`,
  )

describe('a one-time schedule', () => {
  it('puts a record back field by field within the minute, as its role, and is gone afterwards', async () => {
    const arena = await arenaOf()
    const { back, record } = await removed(arena)
    await arena.scheduler.send(
      new CreateScheduleCommand(scheduled(arena, 'route53:changeResourceRecordSets', back, 300)),
    )
    arena.advance(299)
    expect((await recordOf(arena)).record).toBeUndefined()
    arena.advance(61)
    expect((await recordOf(arena)).record).toEqual(record)
    expect(byScheduler(arena)).toMatchObject([
      {
        operation: 'ChangeResourceRecordSets',
        outcome: 'ok',
        summary: expect.stringContaining(ROLE) as string,
      },
    ])
    const gone = await failureOf(arena.scheduler.send(new GetScheduleCommand({ Name: 'way-back' })))
    expect(gone).toContain('ResourceNotFoundException')
  })

  it('does nothing once it was deleted or disabled, or when its time had passed as it was made', async () => {
    const arena = await arenaOf()
    const { back } = await removed(arena)
    const make = (name: string, seconds: number, rest = {}) => {
      const about = scheduled(arena, 'route53:changeResourceRecordSets', back, seconds, {
        Name: name,
        ...rest,
      })
      return arena.scheduler.send(new CreateScheduleCommand(about))
    }
    await make('deleted', 100)
    await make('disabled', 100, { State: 'DISABLED' })
    await make('late', -100)
    await arena.scheduler.send(new DeleteScheduleCommand({ Name: 'deleted' }))
    arena.advance(400)
    expect((await recordOf(arena)).record).toBeUndefined()
    expect(byScheduler(arena)).toEqual([])
  })

  it('is tried again until it is too old, and changes nothing that is there', async () => {
    const arena = await arenaOf()
    const { record, back } = await removed(arena)
    const CREATE = {
      Action: 'CREATE' as const,
      ResourceRecordSet: { ...record, Name: NAME, Type: record?.Type },
    }
    arena.advance(60)
    const { HostedZoneId } = back
    const ChangeBatch = { Changes: [CREATE] }
    await arena.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }))
    await arena.scheduler.send(
      new CreateScheduleCommand(scheduled(arena, 'route53:changeResourceRecordSets', back, 60)),
    )
    arena.advance(120)
    const tries = byScheduler(arena)
    expect(new Set(tries.map(({ outcome }) => outcome))).toEqual(new Set(['InvalidChangeBatch']))
    expect(tries.length).toBeGreaterThan(3)
    arena.advance(200)
    const all = byScheduler(arena)
    arena.advance(600)
    expect(byScheduler(arena)).toHaveLength(all.length)
    expect((await recordOf(arena)).record).toEqual(record)
  })

  it('goes through as soon as what it calls answers again', async () => {
    const arena = await arenaOf()
    const { back, record } = await removed(arena)
    const rule = { operation: 'route53.*', kind: 'fail', probability: 1, count: 3, delay: 0 } as const
    arena.simulator.world.adversity.add(rule)
    await arena.scheduler.send(
      new CreateScheduleCommand(scheduled(arena, 'route53:changeResourceRecordSets', back, 60)),
    )
    arena.advance(240)
    expect(byScheduler(arena).map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(3).fill('InternalFailure'),
      'ok',
    ])
    expect((await recordOf(arena)).record).toEqual(record)
  })

  it('starts instances, and one that was moved is invoked at its new time only', async () => {
    const arena = await arenaOf()
    const id = arena.simulator.world.compute.inRegion('eu-west-1')[0]?.id ?? ''
    const state = () => arena.simulator.world.compute.instances.get(id)?.state
    await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    const about = (seconds: number) => scheduled(arena, 'ec2:startInstances', { InstanceIds: [id] }, seconds)
    await arena.scheduler.send(new CreateScheduleCommand(about(120)))
    await arena.scheduler.send(new UpdateScheduleCommand(about(600)))
    arena.advance(300)
    expect(state()).toBe('stopped')
    arena.advance(460)
    expect(state()).toBe('running')
    expect(byScheduler(arena)).toHaveLength(1)
  })

  it('outlives a kill of the simulator', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sim-scheduler-'))
    try {
      const before = await arenaOf(join(directory, 'first'))
      const { back, record } = await removed(before)
      await before.scheduler.send(
        new CreateScheduleCommand(scheduled(before, 'route53:changeResourceRecordSets', back, 300)),
      )
      const isState = (path: string): boolean => !path.endsWith('lock')
      await cp(join(directory, 'first'), join(directory, 'second'), { recursive: true, filter: isState })
      const after = await arenaOf(join(directory, 'second'))
      after.advance(400)
      expect((await recordOf(after)).record).toEqual(record)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})

describe('what is asked of it', () => {
  it('is answered the same when it is repeated, and refused when it differs or is not there', async () => {
    const arena = await arenaOf()
    const about = scheduled(arena, 'ec2:startInstances', { InstanceIds: ['i-1'] }, 60, {
      ClientToken: 'once',
      Description: 'for the test',
    })
    const first = await arena.scheduler.send(new CreateScheduleCommand(about))
    const again = await arena.scheduler.send(new CreateScheduleCommand(about))
    expect(again.ScheduleArn).toBe(first.ScheduleArn)
    const other = { ...about, Description: 'another' }
    expect(await failureOf(arena.scheduler.send(new CreateScheduleCommand(other)))).toContain(
      'ConflictException',
    )
    const { $metadata: _, ...seen } = await arena.scheduler.send(new GetScheduleCommand({ Name: 'way-back' }))
    const { ClientToken: _token, ...asked } = about
    expect(seen).toEqual({
      ...asked,
      Arn: 'arn:aws:scheduler:eu-west-1:111122223333:schedule/default/way-back',
      CreationDate: arena.now(),
      LastModificationDate: arena.now(),
      GroupName: 'default',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
    })
    const absent = { ...about, Name: 'absent' }
    const elsewhere = arena.clients({ region: 'eu-central-1' }).scheduler
    for (const call of [
      () => arena.scheduler.send(new UpdateScheduleCommand(absent)),
      () => arena.scheduler.send(new DeleteScheduleCommand({ Name: 'absent' })),
      () => elsewhere.send(new GetScheduleCommand({ Name: 'way-back' })),
      () => arena.scheduler.send(new CreateScheduleCommand({ ...about, GroupName: 'none' })),
    ])
      expect(await failureOf(call())).toContain('ResourceNotFoundException')
  })

  it('is refused when it could never be carried out', async () => {
    const arena = await arenaOf()
    const refused = async (action: string, input: object, rest: Partial<CreateScheduleCommandInput> = {}) =>
      failureOf(arena.scheduler.send(new CreateScheduleCommand(scheduled(arena, action, input, 60, rest))))
    const record = { Name: NAME, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] }
    const batch = { Changes: [{ Action: 'CREATE', ResourceRecordSet: record }] }
    const zone = { HostedZoneId: 'Z1', ChangeBatch: batch }
    expect(await refused('route53:changeResourceRecordSets', zone)).toContain(
      "The field 'TTL' is not supported",
    )
    expect(await refused('route53:listResourceRecordSets', {})).toContain('ValidationException')
    const start = { InstanceIds: ['i-1'] }
    const expressions = ['at(2026-02-30T10:00:00)', 'at(tomorrow)', 'rate(5 minutes)']
    for (const ScheduleExpression of expressions)
      expect(await refused('ec2:startInstances', start, { ScheduleExpression })).toContain(
        'Schedule Expression',
      )
    expect(await refused('ec2:startInstances', start, { Name: 'no spaces' })).toContain('ValidationException')
    const Target = { Arn: 'arn:aws:scheduler:::aws-sdk:ec2:startInstances', RoleArn: 'arn:aws:iam::1:role/x' }
    expect(await refused('ec2:startInstances', start, { Target })).toContain(
      'must allow AWS EventBridge Scheduler',
    )
  })

  it('reads the time in the zone it names', async () => {
    const arena = await arenaOf()
    const id = arena.simulator.world.compute.inRegion('eu-west-1')[0]?.id ?? ''
    await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    const about = scheduled(arena, 'ec2:startInstances', { InstanceIds: [id] }, 3600 + 300, {
      ScheduleExpressionTimezone: 'Europe/Berlin',
    })
    await arena.scheduler.send(new CreateScheduleCommand(about))
    arena.advance(299)
    expect(byScheduler(arena)).toEqual([])
    arena.advance(61)
    expect(byScheduler(arena)).toHaveLength(1)
  })

  it('lists by prefix, group and page, and groups have tags', async () => {
    const arena = await arenaOf()
    const { scheduler } = arena
    const group = await scheduler.send(
      new CreateScheduleGroupCommand({ Name: 'drills', Tags: [{ Key: 'team', Value: 'sre' }] }),
    )
    for (const [Name, GroupName] of [
      ['fd-1', 'drills'],
      ['fd-2', 'drills'],
      ['other', 'default'],
    ])
      await scheduler.send(
        new CreateScheduleCommand(
          scheduled(arena, 'ec2:startInstances', { InstanceIds: ['i-1'] }, 60, { Name, GroupName }),
        ),
      )
    const first = await scheduler.send(new ListSchedulesCommand({ NamePrefix: 'fd-', MaxResults: 1 }))
    const second = await scheduler.send(
      new ListSchedulesCommand({ NamePrefix: 'fd-', MaxResults: 1, NextToken: first.NextToken }),
    )
    expect([...(first.Schedules ?? []), ...(second.Schedules ?? [])].map(({ Name }) => Name)).toEqual([
      'fd-1',
      'fd-2',
    ])
    const groups = await scheduler.send(new ListScheduleGroupsCommand({}))
    expect(groups.ScheduleGroups?.map(({ Name }) => Name)).toEqual(['default', 'drills'])
    const ResourceArn = group.ScheduleGroupArn
    await scheduler.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'stage', Value: 'test' }] }))
    await scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['team'] }))
    const { Tags } = await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }))
    expect(Tags).toEqual([{ Key: 'stage', Value: 'test' }])
  })
})
