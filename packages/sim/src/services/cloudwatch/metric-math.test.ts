import {
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  PutMetricDataCommand,
  type MetricDataQuery,
  type MetricDatum,
} from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
let begin: number
beforeEach(async () => {
  arena = await openSdkArena()
  begin = arena.now().getTime()
})
afterEach(() => arena.close())

const at = (second: number) => new Date(begin + second * 1_000)

const datum = (MetricName: string, second: number, more: Partial<MetricDatum>): MetricDatum => ({
  MetricName,
  Timestamp: at(second),
  StorageResolution: 1,
  ...more,
})

const put = (...MetricData: MetricDatum[]) =>
  arena.cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Math', MetricData }))

const metric = (Id: string, MetricName: string, Stat = 'Sum', Period = 10): MetricDataQuery => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: 'Math', MetricName }, Period, Stat },
})

async function evaluate(
  Expression: string,
  ...others: MetricDataQuery[]
): Promise<(readonly [number, number])[]> {
  const { MetricDataResults = [] } = await arena.cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'result', Expression }, ...others],
      StartTime: at(0),
      EndTime: at(60),
      ScanBy: 'TimestampAscending',
    }),
  )
  const [{ Timestamps = [], Values = [] } = {}] = MetricDataResults
  return Timestamps.map(
    (stamp, index) => [(stamp.getTime() - begin) / 1_000, Values[index] ?? Number.NaN] as const,
  )
}

describe('metric math', () => {
  const good = metric('good', 'Good')
  const total = metric('total', 'Total')
  beforeEach(async () => {
    await put(
      ...[0, 10, 30].map((second) => datum('Total', second, { Value: 10 })),
      datum('Good', 0, { Value: 10 }),
      datum('Good', 10, { Value: 5 }),
    )
    arena.advance(80)
  })

  it('calculates by instant, and only where both sides have data', async () => {
    expect(await evaluate('100 * good / total', good, total)).toEqual([
      [0, 100],
      [10, 50],
    ])
    expect(await evaluate('-(good - 5) ^ 2 + total', good, total)).toEqual([
      [0, 35],
      [10, 10],
    ])
    expect(await evaluate('total / (good - 5)', good, total)).toEqual([[0, 2]])
  })

  it('turns absence into values where FILL says so, and nowhere else', async () => {
    expect(await evaluate('FILL(good, 0) / total', good, total)).toEqual([
      [0, 1],
      [10, 0.5],
      [30, 0],
    ])
    expect(await evaluate('FILL(total, REPEAT)', total)).toHaveLength(6)
    expect(await evaluate('FILL(total, LINEAR)', total)).toEqual(
      [0, 10, 20, 30].map((second) => [second, 10]),
    )
  })

  it('aggregates over time for one metric, and over metrics for METRICS()', async () => {
    expect(await evaluate('SUM(METRICS())', good, total)).toEqual([
      [0, 20],
      [10, 15],
      [30, 10],
    ])
    expect(await evaluate('AVG([good, total])', good, total)).toContainEqual([10, 7.5])
    expect(await evaluate('good / MAX(good) + DATAPOINT_COUNT(METRICS("tot"))', good, total)).toEqual([
      [0, 2],
      [10, 1.5],
    ])
    expect(
      await evaluate('half * 2', good, { Id: 'half', Expression: 'good / 2', ReturnData: false }),
    ).toEqual([
      [0, 10],
      [10, 5],
    ])
  })

  it('goes by the coarsest period among its metrics', async () => {
    expect(await evaluate('good / total', good, metric('total', 'Total', 'Sum', 60))).toEqual([[0, 0.5]])
  })

  it('refuses what it cannot work out, with the id of the expression', async () => {
    const refusals: [string, string][] = [
      ['IF(good > 1, 1, 0)', 'Expected'],
      ['ANOMALY_DETECTION_BAND(good)', 'ANOMALY_DETECTION_BAND is not supported'],
      ['good +', 'Unexpected end'],
      ['nobody * 2', 'Undefined variable nobody'],
      ['SUM(good)', 'must come to a time series'],
      ['result * 2', 'circle'],
    ]
    for (const [expression, problem] of refusals)
      await expect(evaluate(expression, good), expression).rejects.toMatchObject({
        Code: 'ValidationError',
        message: expect.stringMatching(new RegExp(`^Error in expression 'result': .*${problem}`)),
      })
    await expect(evaluate('good', good, good)).rejects.toMatchObject({ Code: 'ValidationError' })
  })
})

describe('percentiles', () => {
  it('come from the values, also across buckets, and not from statistic sets that hide them', async () => {
    await put(
      datum('Latency', 0, { Values: Array.from({ length: 100 }, (_, index) => index + 1) }),
      datum('Latency', 10, { Values: [1_000], Counts: [100] }),
      datum('Hidden', 0, { StatisticValues: { SampleCount: 2, Sum: 11, Minimum: 1, Maximum: 10 } }),
    )
    arena.advance(80)
    const p = async (stat: string, name = 'Latency', period = 10) =>
      (await evaluate('m * 1', metric('m', name, stat, period))).map(([, value]) => value)
    expect(await p('p50')).toEqual([50.5, 1_000])
    expect((await p('p99'))[0]).toBeCloseTo(99.01)
    expect(await p('p95', 'Latency', 60)).toEqual([1_000])
    expect(await p('p90', 'Hidden')).toEqual([])
    await expect(p('tm99')).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    const { Datapoints = [] } = await arena.cloudWatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Math',
        MetricName: 'Latency',
        StartTime: at(0),
        EndTime: at(10),
        Period: 10,
        ExtendedStatistics: ['p50', 'p90'],
      }),
    )
    expect(Datapoints[0]?.ExtendedStatistics).toEqual({ p50: 50.5, p90: expect.closeTo(90.1) })
  })
})

describe('retention', () => {
  it('keeps points of less than a minute for three hours, and their minutes for longer', async () => {
    await put(datum('Old', -3 * 3_600 + 300, { Value: 7 }))
    arena.advance(30)
    const read = async (Period: number) => {
      const { MetricDataResults } = await arena.cloudWatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: [{ ...metric('old', 'Old', 'Sum', Period), ReturnData: true }],
          StartTime: at(-4 * 3_600),
          EndTime: at(0),
        }),
      )
      return MetricDataResults?.[0]?.Values
    }
    expect(await read(10)).toEqual([7])
    arena.advance(900)
    expect(await read(10)).toEqual([])
    expect(await read(60)).toEqual([7])
  })
})
