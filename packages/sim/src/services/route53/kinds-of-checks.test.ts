import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import {
  CreateHealthCheckCommand,
  GetHealthCheckCommand,
  GetHealthCheckLastFailureReasonCommand,
  GetHealthCheckStatusCommand,
  ListHealthChecksCommand,
  UpdateHealthCheckCommand,
  type HealthCheckConfig,
} from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
let endpointCheck: string
beforeEach(async () => {
  arena = await openSdkArena()
  endpointCheck = (await arena.route53.send(new ListHealthChecksCommand({}))).HealthChecks?.[0]?.Id ?? ''
})
afterEach(() => arena.close())

let references = 0
async function create(HealthCheckConfig: HealthCheckConfig): Promise<string> {
  references += 1
  const CallerReference = `check-${references}`
  const answer = await arena.route53.send(
    new CreateHealthCheckCommand({ CallerReference, HealthCheckConfig }),
  )
  return answer.HealthCheck?.Id ?? ''
}

const isHealthy = (id: string) => arena.simulator.world.healthChecks.checks.get(id)?.healthy

function stopPrimary(): void {
  const { compute } = arena.simulator.world
  compute.stop(
    compute.inRegion('eu-west-1').map(({ id }) => id),
    'test',
  )
}

describe('a calculated check', () => {
  it('is healthy while enough of its children are, and follows them at once', async () => {
    const always = await create({ Type: 'HTTP', IPAddress: '198.51.100.10', Port: 80, Disabled: true })
    const children = [endpointCheck, always]
    const all = await create({ Type: 'CALCULATED', HealthThreshold: 2, ChildHealthChecks: children })
    const any = await create({ Type: 'CALCULATED', HealthThreshold: 1, ChildHealthChecks: children })
    const never = await create({ Type: 'CALCULATED', HealthThreshold: 3, ChildHealthChecks: children })
    const anyway = await create({ Type: 'CALCULATED', HealthThreshold: 0, ChildHealthChecks: children })
    const states = () => [all, any, never, anyway].map((id) => isHealthy(id))
    expect(states()).toEqual([true, true, false, true])
    stopPrimary()
    arena.advance(60)
    expect(isHealthy(endpointCheck)).toBe(false)
    expect(states()).toEqual([false, true, false, true])
    const { HealthCheck } = await arena.route53.send(new GetHealthCheckCommand({ HealthCheckId: all }))
    expect(HealthCheck?.HealthCheckConfig).toMatchObject({
      Type: 'CALCULATED',
      HealthThreshold: 2,
      ChildHealthChecks: children,
    })
    await expect(
      arena.route53.send(new GetHealthCheckStatusCommand({ HealthCheckId: all })),
    ).rejects.toMatchObject({ name: 'InvalidInput' })
  })

  it('has no children of its own kind, and none that do not exist', async () => {
    const one = await create({ Type: 'CALCULATED', HealthThreshold: 1, ChildHealthChecks: [endpointCheck] })
    for (const child of [one, '00000000-0000-4000-a000-000000000000'])
      await expect(
        create({ Type: 'CALCULATED', HealthThreshold: 1, ChildHealthChecks: [child] }),
      ).rejects.toMatchObject({ name: 'InvalidInput' })
  })
})

describe('a check that is switched', () => {
  it('is healthy while disabled, unhealthy while inverted too, and tells the name servers', async () => {
    const update = (change: { Disabled?: boolean; Inverted?: boolean }) =>
      arena.route53.send(new UpdateHealthCheckCommand({ HealthCheckId: endpointCheck, ...change }))
    const { dns } = arena.simulator.world
    const answered = () => dns.answer(0, 'checkout.larkspur.example', 'A').records[0]?.data
    await update({ Disabled: true, Inverted: true })
    expect(isHealthy(endpointCheck)).toBe(false)
    arena.advance(13)
    expect(answered()).toMatch(/^203\.0\.113\./)
    stopPrimary()
    arena.advance(60)
    await update({ Inverted: false })
    arena.advance(13)
    expect(isHealthy(endpointCheck)).toBe(true)
    expect(answered()).toMatch(/^198\.51\.100\./)
    const { HealthCheckObservations = [] } = await arena.route53.send(
      new GetHealthCheckLastFailureReasonCommand({ HealthCheckId: endpointCheck }),
    )
    expect(HealthCheckObservations).toHaveLength(16)
  })
})

describe('a check on the metric of an alarm', () => {
  const alarm = {
    AlarmName: 'hosts',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HealthyHostCount',
    Statistic: 'Minimum' as const,
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold' as const,
    TreatMissingData: 'missing',
  }
  const follow = (InsufficientDataHealthStatus: 'Healthy' | 'LastKnownStatus' | 'Unhealthy') =>
    create({
      Type: 'CLOUDWATCH_METRIC',
      AlarmIdentifier: { Region: 'eu-west-1', Name: 'hosts' },
      InsufficientDataHealthStatus,
    })
  async function putAlarm(): Promise<void> {
    const { metrics } = arena.simulator.world
    const series = metrics
      .list('eu-west-1')
      .find(({ metric }) => metric.name === alarm.MetricName && metric.dimensions['TargetGroup'])
    const Dimensions = Object.entries(series?.metric.dimensions ?? {}).map(([Name, Value]) => ({
      Name,
      Value,
    }))
    await arena.cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, Dimensions }))
  }

  it('follows the data and not the state: setting the alarm by hand moves nothing', async () => {
    await putAlarm()
    const id = await follow('LastKnownStatus')
    arena.advance(180)
    expect(isHealthy(id)).toBe(true)
    const set = { AlarmName: 'hosts', StateValue: 'ALARM' as const, StateReason: 'test' }
    await arena.cloudWatch.send(new SetAlarmStateCommand(set))
    arena.advance(20)
    expect(isHealthy(id)).toBe(true)
    stopPrimary()
    arena.advance(300)
    expect(isHealthy(id)).toBe(false)
    const { HealthCheck } = await arena.route53.send(new GetHealthCheckCommand({ HealthCheckId: id }))
    expect(HealthCheck?.CloudWatchAlarmConfiguration).toMatchObject({ Period: 60, Threshold: 1 })
  })

  it('makes of missing data what it was told to', async () => {
    await arena.cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, MetricName: 'NoSuchMetric' }))
    const ids = [await follow('Healthy'), await follow('Unhealthy'), await follow('LastKnownStatus')]
    arena.advance(60)
    expect(ids.map((id) => isHealthy(id))).toEqual([true, false, true])
  })

  it('refuses metrics of high resolution and alarms that are not there', async () => {
    await expect(follow('Healthy')).rejects.toMatchObject({ name: 'InvalidInput' })
    await arena.cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, Period: 10 }))
    await expect(follow('Healthy')).rejects.toMatchObject({ name: 'InvalidInput' })
  })
})
