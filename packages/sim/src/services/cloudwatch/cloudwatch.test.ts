import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type GetMetricDataCommandInput,
  type MetricDatum,
} from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
let began: number
beforeEach(async () => {
  arena = await openSdkArena()
  began = arena.now().getTime()
})
afterEach(() => arena.close())

const at = (second: number) => new Date(began + second * 1_000)

async function put(...MetricData: MetricDatum[]): Promise<void> {
  await arena.cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Firedrill', MetricData }))
}

const probe = (second: number, Value: number): MetricDatum => ({
  MetricName: 'Good',
  Dimensions: [{ Name: 'Vantage', Value: 'eu-west' }],
  Timestamp: at(second),
  Value,
  StorageResolution: 1,
})

function query(Period: number, Stat: string, more: Partial<GetMetricDataCommandInput> = {}) {
  const Metric = {
    Namespace: 'Firedrill',
    MetricName: 'Good',
    Dimensions: [{ Name: 'Vantage', Value: 'eu-west' }],
  }
  return arena.cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'good', MetricStat: { Metric, Period, Stat } }],
      StartTime: at(0),
      EndTime: at(120),
      ...more,
    }),
  )
}

describe('metric data', () => {
  it('becomes readable only after an ingestion delay', async () => {
    await put(probe(0, 1))
    expect((await query(1, 'Average')).MetricDataResults?.[0]).toMatchObject({
      Id: 'good',
      Values: [],
      StatusCode: 'Complete',
    })
    arena.advance(21)
    expect((await query(1, 'Average')).MetricDataResults?.[0]?.Values).toEqual([1])
  })

  it('stamps buckets with their start, newest first, and leaves out what has no data', async () => {
    await put(probe(0, 1), probe(3, 0), probe(9, 1), probe(20, 1), probe(21, 0.5))
    arena.advance(30)
    const { MetricDataResults } = await query(10, 'Average')
    expect(MetricDataResults?.[0]).toMatchObject({ Timestamps: [at(20), at(0)], Values: [0.75, 2 / 3] })
    const ascending = await query(1, 'Sum', { ScanBy: 'TimestampAscending' })
    expect(ascending.MetricDataResults?.[0]?.Timestamps).toEqual([at(0), at(3), at(9), at(20), at(21)])
    const counted = await query(60, 'SampleCount')
    expect(counted.MetricDataResults?.[0]?.Values).toEqual([5])
  })

  it('treats the start as inclusive and the end as exclusive', async () => {
    await put(probe(10, 1), probe(20, 2), probe(30, 3))
    arena.advance(45)
    const { MetricDataResults } = await query(10, 'Maximum', { StartTime: at(10), EndTime: at(30) })
    expect(MetricDataResults?.[0]?.Values).toEqual([2, 1])
  })

  it('pages by data points, so that a caller must merge the pages of one id', async () => {
    await put(...Array.from({ length: 5 }, (_, second) => probe(second, second)))
    arena.advance(30)
    const values: number[] = []
    const statuses: (string | undefined)[] = []
    let NextToken: string | undefined
    do {
      const page = await query(1, 'Sum', {
        MaxDatapoints: 2,
        ScanBy: 'TimestampAscending',
        ...(NextToken && { NextToken }),
      })
      values.push(...(page.MetricDataResults?.[0]?.Values ?? []))
      statuses.push(page.MetricDataResults?.[0]?.StatusCode)
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(values).toEqual([0, 1, 2, 3, 4])
    expect(statuses).toEqual(['PartialData', 'PartialData', 'Complete'])
  })

  it('takes statistic sets and value lists, and refuses what CloudWatch refuses', async () => {
    const StatisticValues = { SampleCount: 10, Sum: 8, Minimum: 0, Maximum: 1 }
    const base = {
      MetricName: 'Good',
      Dimensions: [{ Name: 'Vantage', Value: 'eu-west' }],
      StorageResolution: 1,
    }
    await put(
      { ...base, Timestamp: at(0), StatisticValues },
      { ...base, Timestamp: at(10), Values: [1, 0], Counts: [3, 1] },
    )
    arena.advance(25)
    expect((await query(10, 'Average')).MetricDataResults?.[0]?.Values).toEqual([0.75, 0.8])
    await expect(put({ ...base, Value: Number.NaN })).rejects.toMatchObject({ Code: 'InvalidParameterValue' })
    await expect(put({ ...base, Value: 1, Values: [1] })).rejects.toMatchObject({
      Code: 'InvalidParameterCombination',
    })
    await expect(put({ ...base, Value: 1, Timestamp: at(3 * 3_600) })).rejects.toMatchObject({
      Code: 'InvalidParameterValue',
    })
    await expect(query(7, 'Average')).rejects.toMatchObject({ Code: 'InvalidParameterValue' })
    await expect(query(10, 'Average', { StartTime: at(50), EndTime: at(40) })).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
    })
  })

  it('gives GetMetricStatistics its unordered points and its limit of 1,440', async () => {
    await put(probe(0, 1), probe(60, 0))
    arena.advance(90)
    const ask = (Period: number, end: number) =>
      arena.cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'Firedrill',
          MetricName: 'Good',
          Dimensions: [{ Name: 'Vantage', Value: 'eu-west' }],
          StartTime: at(0),
          EndTime: at(end),
          Period,
          Statistics: ['Average', 'SampleCount'],
        }),
      )
    expect((await ask(60, 120)).Datapoints).toEqual([
      { Timestamp: at(0), Average: 1, SampleCount: 1, Unit: 'None' },
      { Timestamp: at(60), Average: 0, SampleCount: 1, Unit: 'None' },
    ])
    await expect(ask(1, 1_441)).rejects.toMatchObject({
      message: expect.stringContaining('exceeds the limit of 1,440'),
    })
  })

  it('lists metrics by namespace and dimension, apart for each Region', async () => {
    await put(probe(0, 1))
    arena.advance(25)
    const list = (client = arena.cloudWatch) =>
      client.send(new ListMetricsCommand({ Namespace: 'Firedrill' }))
    expect((await list()).Metrics).toEqual([
      { Namespace: 'Firedrill', MetricName: 'Good', Dimensions: [{ Name: 'Vantage', Value: 'eu-west' }] },
    ])
    expect((await list(arena.clients({ region: 'eu-central-1' }).cloudWatch)).Metrics).toEqual([])
  })

  it('sees the users of the world: availability falls when the primary is stopped', async () => {
    const { cloudWatch } = arena.clients({ region: 'eu-central-1' })
    const { compute } = arena.simulator.world
    arena.advance(60)
    compute.stop(
      compute.inRegion('eu-west-1').map(({ id }) => id),
      'test',
    )
    arena.advance(90)
    const Metric = {
      Namespace: 'Larkspur/Checkout',
      MetricName: 'Availability',
      Dimensions: [{ Name: 'Service', Value: 'checkout' }],
    }
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'availability', MetricStat: { Metric, Period: 10, Stat: 'Average' } }],
        StartTime: at(0),
        EndTime: at(150),
        ScanBy: 'TimestampAscending',
      }),
    )
    const values = MetricDataResults?.[0]?.Values ?? []
    expect(values[0]).toBe(100)
    expect(Math.min(...values)).toBeLessThan(10)
  })
})

describe('alarms', () => {
  const alarm = {
    AlarmName: 'good-enough',
    Namespace: 'Firedrill',
    MetricName: 'Good',
    Dimensions: [{ Name: 'Vantage', Value: 'eu-west' }],
    Statistic: 'Average' as const,
    Period: 10,
    EvaluationPeriods: 2,
    Threshold: 0.99,
    ComparisonOperator: 'LessThanThreshold' as const,
  }
  const show = async () =>
    (await arena.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['good-enough'] })))
      .MetricAlarms?.[0]

  it('goes to ALARM by evaluating the metric, and records the transition to the millisecond', async () => {
    await arena.cloudWatch.send(new PutMetricAlarmCommand(alarm))
    expect(await show()).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      DatapointsToAlarm: 2,
      TreatMissingData: 'missing',
    })
    for (let second = 0; second < 60; second += 10) await put(probe(second, 0))
    arena.advance(75)
    const inAlarm = await show()
    expect(inAlarm).toMatchObject({
      StateValue: 'ALARM',
      StateReason: expect.stringContaining('Threshold Crossed'),
    })
    const { AlarmHistoryItems = [] } = await arena.cloudWatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'good-enough', HistoryItemType: 'StateUpdate' }),
    )
    expect(AlarmHistoryItems[0]).toMatchObject({
      AlarmName: 'good-enough',
      Timestamp: inAlarm?.StateTransitionedTimestamp,
    })
    expect(JSON.parse(AlarmHistoryItems[0]?.HistoryData ?? '{}')).toMatchObject({
      newState: { stateValue: 'ALARM', stateReasonData: { period: 10, threshold: 0.99 } },
    })
  })

  it('sets a state until the next evaluation, deletes alarms, and keeps their history', async () => {
    await arena.cloudWatch.send(new PutMetricAlarmCommand(alarm))
    const set = { AlarmName: 'good-enough', StateValue: 'OK' as const, StateReason: 'by hand' }
    await arena.cloudWatch.send(new SetAlarmStateCommand(set))
    expect(await show()).toMatchObject({ StateValue: 'OK', StateReason: 'by hand' })
    arena.advance(25)
    expect((await show())?.StateValue).toBe('INSUFFICIENT_DATA')
    await arena.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ['good-enough'] }))
    expect(await show()).toBeUndefined()
    await expect(arena.cloudWatch.send(new SetAlarmStateCommand(set))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    })
    const history = await arena.cloudWatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'good-enough', MaxRecords: 1 }),
    )
    expect(history.AlarmHistoryItems).toHaveLength(1)
    expect(history.NextToken).toBeDefined()
  })
})

describe('the query protocol', () => {
  it('answers older command lines, whose calls differ from the SDK in form only', async () => {
    await put(probe(0, 1))
    arena.advance(25)
    const { cloudWatch } = arena.clients()
    let xml = ''
    cloudWatch.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as { body: string; headers: Record<string, string> }
        request.body = new URLSearchParams({
          Action: 'GetMetricStatistics',
          Version: '2010-08-01',
          Namespace: 'Firedrill',
          MetricName: 'Good',
          'Dimensions.member.1.Name': 'Vantage',
          'Dimensions.member.1.Value': 'eu-west',
          StartTime: at(0).toISOString(),
          EndTime: at(60).toISOString(),
          Period: '60',
          'Statistics.member.1': 'Average',
        }).toString()
        delete request.headers['x-amz-target']
        request.headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8'
        request.headers['content-length'] = String(request.body.length)
        return next(args)
      },
      { step: 'build', priority: 'low', name: 'asQuery' },
    )
    cloudWatch.middlewareStack.add(
      (next) => async (args) => {
        const { response } = await next(args)
        const chunks: Uint8Array[] = []
        for await (const chunk of (response as { body: AsyncIterable<Uint8Array> }).body) chunks.push(chunk)
        xml = Buffer.concat(chunks).toString('utf8')
        throw new Error('answer taken')
      },
      { step: 'deserialize', priority: 'low', name: 'takeAnswer' },
    )
    await cloudWatch.send(new ListMetricsCommand({})).catch(() => undefined)
    expect(xml).toContain(
      `<member><Timestamp>${at(0).toISOString()}</Timestamp><Average>1</Average><Unit>None</Unit></member>`,
    )
  })
})
