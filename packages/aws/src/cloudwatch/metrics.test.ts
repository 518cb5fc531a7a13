import {
  PROBE_METRICS,
  plusMs,
  worldInstant,
  type RunId,
  type Sample,
  type WorldInstant,
} from '@firedrill/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEc2StopInstances } from '../faults/ec2-stop-instances/fault.ts'
import { createIdentity } from '../sts/identity.ts'
import {
  BEGIN,
  injectStep,
  simulatedAccount,
  valueOf,
  type SimulatedAccount,
} from '../testing/simulated-account.ts'
import { createMetrics } from './metrics.ts'
import { toMetricData } from './publish.ts'

const RUN = 'run_01' as RunId
const availability = {
  region: 'standby',
  namespace: 'Larkspur/Checkout',
  metric: 'Availability',
  dimensions: { Service: 'checkout' },
  statistic: 'Average',
  periodSeconds: 10,
} as const
const alarm = { region: 'standby', name: 'checkout-availability' }

let account: SimulatedAccount
let begin: WorldInstant
beforeAll(async () => {
  account = await simulatedAccount()
  begin = account.worldNow()
  const driver = createEc2StopInstances(account.clients)
  const step = injectStep('ec2-stop-instances', { tags: { service: 'checkout' } })
  const plan = valueOf(await driver.plan(step, 1, account.context))
  valueOf(await driver.apply(step, plan, 'run_x/stop/1', account.context))
  account.advance(420)
})
afterAll(async () => account.close())

const signal = new AbortController().signal
const metrics = () => createMetrics(account.clients)

describe('buckets', () => {
  it('are ascending, inside the range, and closed', async () => {
    const from = plusMs(begin, -100_000)
    const to = plusMs(begin, 205_000)
    const buckets = valueOf(await metrics().buckets(account.environment, availability, from, to, signal))
    expect(buckets.length).toBeGreaterThan(25)
    expect(buckets.map(({ start }) => start)).toEqual(
      buckets.map(({ start }) => start).toSorted((a, b) => a - b),
    )
    expect(buckets[0]?.start).toBeGreaterThanOrEqual(from)
    for (const { start } of buckets) expect(start + 10_000_000).toBeLessThanOrEqual(to)
    expect(Math.min(...buckets.map(({ value }) => value))).toBeLessThan(50)
  })

  it('of adjacent ranges are those of the whole range, none twice and none lost', async () => {
    const to = plusMs(begin, 300_000)
    const whole = valueOf(await metrics().buckets(account.environment, availability, begin, to, signal))
    const halves = [
      valueOf(
        await metrics().buckets(account.environment, availability, begin, plusMs(begin, 150_000), signal),
      ),
      valueOf(await metrics().buckets(account.environment, availability, plusMs(begin, 150_000), to, signal)),
    ]
    expect(halves.flat()).toEqual(whole)
  })

  it('of a metric nobody wrote are none, not zeros', async () => {
    const nobody = { ...availability, dimensions: { Service: 'nobody' } }
    const to = plusMs(begin, 100_000)
    expect(valueOf(await metrics().buckets(account.environment, nobody, begin, to, signal))).toEqual([])
  })
})

describe('alarms', () => {
  it('tell their changes in order, and their state', async () => {
    const now = account.worldNow()
    const history = valueOf(await metrics().alarmHistory(account.environment, alarm, begin, now, signal))
    expect(history.map(({ from, to }) => `${from}>${to}`)).toEqual(['OK>ALARM', 'ALARM>OK'])
    const [went] = history
    const before = await metrics().alarmHistory(account.environment, alarm, begin, went?.at ?? now, signal)
    expect(valueOf(before)).toEqual([])
    expect(valueOf(await metrics().alarmState(account.environment, alarm, signal))).toBe('OK')
  })

  it('that do not exist are a not-found failure, never OK', async () => {
    const missing = { region: 'standby', name: 'no-such-alarm' }
    expect(await metrics().alarmState(account.environment, missing, signal)).toMatchObject({
      ok: false,
      failure: { kind: 'not-found' },
    })
  })
})

describe('publishing', () => {
  const second = worldInstant(BEGIN + 60_000_000)
  const sample = (offsetMs: number, outcome: Sample['outcome'], tookMs = 20): Sample => ({
    probe: 'front',
    vantage: 'eu-west',
    start: plusMs(second, offsetMs),
    end: plusMs(second, offsetMs + tookMs),
    outcome,
  })

  it('makes one datum of all samples of a second, equal values counted', () => {
    const samples = [
      sample(0, 'good'),
      sample(200, 'good'),
      sample(400, 'bad'),
      sample(600, 'unusable'),
      sample(1000, 'good'),
    ]
    const data = toMetricData(RUN, samples).filter(
      ({ MetricName }) => MetricName === PROBE_METRICS.availability,
    )
    expect(
      data.map(({ Values, Counts, StorageResolution }) => ({ Values, Counts, StorageResolution })),
    ).toEqual([
      { Values: [100, 0], Counts: [2, 1], StorageResolution: 1 },
      { Values: [100], Counts: [1], StorageResolution: 1 },
    ])
  })

  it('never puts more than 150 values into one datum', () => {
    const many = Array.from({ length: 400 }, (_, index) => sample(index, 'good', index))
    const data = toMetricData(RUN, many)
    expect(Math.max(...data.map(({ Values }) => Values?.length ?? 0))).toBe(150)
    expect(data.flatMap(({ Counts }) => Counts ?? []).reduce((sum, count) => sum + count, 0)).toBe(800)
  })

  it('can be read back as 1-second buckets from the home Region', async () => {
    const from = plusMs(account.worldNow(), -120_000)
    const start = worldInstant(Math.ceil(from / 1_000_000) * 1_000_000)
    const samples = Array.from({ length: 30 }, (_, index): Sample => ({
      ...sample(0, index >= 10 && index < 20 ? 'bad' : 'good'),
      start: plusMs(start, index * 1000),
      end: plusMs(start, index * 1000 + 30),
    }))
    const second = valueOf(await metrics().publish(account.environment, RUN, samples, signal))
    // What second it was there, by the Date header of the answer.
    expect((second ?? 0) % 1_000_000).toBe(0)
    expect(Math.abs((second ?? 0) / 1000 - Date.now())).toBeLessThan(10_000)
    account.advance(60)
    const published = {
      region: account.environment.homeRegion,
      namespace: PROBE_METRICS.namespace,
      metric: PROBE_METRICS.availability,
      dimensions: { Run: RUN, Probe: 'front', Vantage: 'eu-west' },
      statistic: 'Minimum',
      periodSeconds: 1,
    } as const
    const to = plusMs(start, 30_000)
    const buckets = valueOf(await metrics().buckets(account.environment, published, start, to, signal))
    expect(buckets.map(({ value }) => value)).toEqual(
      samples.map(({ outcome }) => (outcome === 'good' ? 100 : 0)),
    )
    expect(buckets.map(({ start: at }) => at)).toEqual(samples.map(({ start: at }) => at))
  })

  it('says throttled when CloudWatch does', async () => {
    account.sim.world.adversity.add({
      operation: 'cloudwatch.PutMetricData',
      kind: 'throttle',
      probability: 1,
      count: 1,
      delay: 0,
    })
    expect(await metrics().publish(account.environment, RUN, [sample(0, 'good')], signal)).toMatchObject({
      ok: false,
      failure: { kind: 'throttled', operation: 'cloudwatch.PutMetricData' },
    })
  })
})

describe('identity', () => {
  it('is the account and ARN of the very credentials that act', async () => {
    const identity = valueOf(await createIdentity(account.clients).whoAmI(account.environment, signal))
    expect(identity.account).toBe('111122223333')
    expect(identity.arn).toMatch(/^arn:aws:(iam|sts)::111122223333:/)
  })

  it('is the role when the environment names one', async () => {
    const roleArn = 'arn:aws:iam::111122223333:role/firedrill'
    const environment = { ...account.environment, aws: { ...account.environment.aws, roleArn } }
    const identity = valueOf(await createIdentity(account.clients).whoAmI(environment, signal))
    expect(identity.arn).toBe('arn:aws:sts::111122223333:assumed-role/firedrill/firedrill-lab')
  })

  it('is a denied failure with credentials that nobody knows', async () => {
    const { aws } = account.environment
    const credentials = { source: 'static', accessKeyId: 'NOBODY', secretAccessKey: 'nothing' } as const
    const environment = { ...account.environment, aws: { ...aws, credentials } }
    expect(await createIdentity(account.clients).whoAmI(environment, signal)).toMatchObject({
      ok: false,
      failure: { kind: 'denied', operation: 'sts.GetCallerIdentity' },
    })
  })
})
