import { expect } from 'vitest'
import type { World } from '../world/world.ts'
import type { ServiceName } from '../wire/service.ts'

/** One call of the contract, and what it must come to whichever client makes it. */
export type ContractCall = {
  readonly call: `${ServiceName}.${string}`
  readonly region?: string
  readonly input?: object
  /** Compared with `toMatchObject`. */
  readonly answers?: object
  /** Code of the error that is expected instead. */
  readonly fails?: string
}

/** Calls that are made at one instant, in no particular order; the world moves on before the next act. */
export type ContractAct = {
  readonly title: string
  readonly secondsBefore: number
  /** Made from what the world is like by then and from earlier answers. */
  readonly calls: (scene: Scene) => readonly ContractCall[]
}

/** What a call may refer to. */
export type Scene = {
  readonly world: World
  /** World time. */
  at(secondsAgo: number): Date
  /** The answer of an earlier call. */
  answerOf(call: string): Record<string, Record<string, unknown>>
}

const ACCOUNT = '111122223333'
const NAME = 'checkout.larkspur.example.'
const primaryIds = ({ world }: Scene): string[] => world.compute.inRegion('eu-west-1').map(({ id }) => id)
const zoneId = ({ world }: Scene): string => [...world.dns.zones.values()][0]?.id ?? ''
const targetGroupOf = ({ world }: Scene, region: string): string =>
  [...world.balancers.targetGroups.values()].find((group) => group.region === region)?.arn ?? ''
const byTag = { Filters: [{ Name: 'tag:ChaosReady', Values: ['true'] }] }
const anyDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

const statesOf = (states: readonly string[]): object => ({
  Reservations: states.map((Name) => ({ Instances: [{ State: { Name } }] })),
})

const primaryRecord = (scene: Scene, ttl: number): object => {
  const record = scene.world.dns
    .recordsOf(zoneId(scene))
    .find(({ name, routing }) => name === NAME && routing.policy === 'failover' && routing.role === 'PRIMARY')
  return {
    Name: NAME,
    Type: 'A',
    SetIdentifier: record?.setIdentifier,
    Failover: 'PRIMARY',
    TTL: ttl,
    ResourceRecords: record?.values.map((Value) => ({ Value })),
    HealthCheckId: record?.healthCheckId,
  }
}

const changeOf = (scene: Scene, Action: string, ttl: number): object => ({
  HostedZoneId: zoneId(scene),
  ChangeBatch: {
    Comment: 'drill',
    Changes: [{ Action, ResourceRecordSet: primaryRecord(scene, ttl) }],
  },
})

const goodness = {
  Namespace: 'Contract',
  MetricName: 'Good',
  Dimensions: [{ Name: 'Vantage', Value: 'eu-west' }],
}

/** A whole drill as its calls: look, ask for what is not there, prepare, inject, watch, stop, measure. */
export const DRILL_CONTRACT: readonly ContractAct[] = [
  {
    title: 'looks around',
    secondsBefore: 0,
    calls: (scene) => [
      { call: 'sts.GetCallerIdentity', answers: { Account: ACCOUNT, Arn: expect.stringContaining(ACCOUNT) } },
      { call: 'ec2.DescribeInstances', input: byTag, answers: statesOf(Array<string>(6).fill('running')) },
      {
        call: 'ec2.DescribeAvailabilityZones',
        answers: { AvailabilityZones: ['a', 'b', 'c'].map((zone) => ({ ZoneName: `eu-west-1${zone}` })) },
      },
      {
        call: 'elbv2.DescribeLoadBalancers',
        answers: {
          LoadBalancers: [{ Type: 'application', State: { Code: 'active' }, CreatedTime: anyDate }],
        },
      },
      {
        call: 'elbv2.DescribeTargetHealth',
        input: { TargetGroupArn: targetGroupOf(scene, 'eu-west-1') },
        answers: {
          TargetHealthDescriptions: primaryIds(scene).map((Id) => ({
            Target: { Id, Port: 80 },
            TargetHealth: { State: 'healthy' },
          })),
        },
      },
      {
        call: 'autoscaling.DescribeAutoScalingGroups',
        answers: { AutoScalingGroups: [{ DesiredCapacity: 6, CreatedTime: anyDate }] },
      },
      {
        call: 'route53.ListHostedZonesByName',
        input: { DNSName: 'larkspur.example' },
        answers: { HostedZones: [{ Id: `/hostedzone/${zoneId(scene)}`, Config: { PrivateZone: false } }] },
      },
      {
        call: 'route53.ListResourceRecordSets',
        input: {
          HostedZoneId: zoneId(scene),
          StartRecordName: NAME,
          StartRecordType: 'A',
          MaxItems: '1',
        },
        answers: { ResourceRecordSets: [{ Name: NAME, TTL: 30 }] },
      },
      {
        call: 'cloudwatch.DescribeAlarms',
        region: 'eu-central-1',
        input: { AlarmNames: ['checkout-availability'] },
        answers: {
          MetricAlarms: [{ StateValue: 'OK', Period: 10, Threshold: 99, StateUpdatedTimestamp: anyDate }],
        },
      },
    ],
  },
  {
    title: 'is refused in AWS words',
    secondsBefore: 0,
    calls: (scene) => [
      {
        call: 'ec2.DescribeInstances',
        input: { InstanceIds: ['i-0123456789abcdef0'] },
        fails: 'InvalidInstanceID.NotFound',
      },
      {
        call: 'ec2.StopInstances',
        input: { InstanceIds: primaryIds(scene).slice(0, 1), DryRun: true },
        fails: 'DryRunOperation',
      },
      {
        call: 'route53.ChangeResourceRecordSets',
        input: changeOf(scene, 'DELETE', 31),
        fails: 'InvalidChangeBatch',
      },
      { call: 'route53.GetChange', input: { Id: 'C0123456789' }, fails: 'NoSuchChange' },
      { call: 'fis.GetExperiment', input: { id: 'EXPnothing' }, fails: 'ResourceNotFoundException' },
      {
        call: 'cloudwatch.SetAlarmState',
        input: { AlarmName: 'none', StateValue: 'OK', StateReason: 'contract' },
        fails: 'ResourceNotFound',
      },
      {
        call: 'cloudwatch.GetMetricStatistics',
        input: {
          ...goodness,
          StartTime: scene.at(60),
          EndTime: scene.at(0),
          Period: 7,
          Statistics: ['Sum'],
        },
        fails: 'InvalidParameterValue',
      },
    ],
  },
  {
    title: 'prepares',
    secondsBefore: 1,
    calls: (scene) => [
      {
        call: 'cloudwatch.PutMetricData',
        input: {
          Namespace: 'Contract',
          MetricData: [0, 20, 40].map((second) => ({
            MetricName: 'Good',
            Dimensions: goodness.Dimensions,
            Timestamp: scene.at(60 - second),
            StorageResolution: 1,
            Value: second,
          })),
        },
        answers: {},
      },
      {
        call: 'cloudwatch.PutMetricAlarm',
        input: {
          AlarmName: 'contract-good',
          ...goodness,
          Statistic: 'Average',
          Period: 10,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'LessThanThreshold',
          TreatMissingData: 'notBreaching',
        },
        answers: {},
      },
      {
        call: 'ec2.CreateTags',
        input: { Resources: primaryIds(scene).slice(0, 1), Tags: [{ Key: 'drill:id', Value: 'contract' }] },
        answers: {},
      },
      {
        call: 'fis.CreateExperimentTemplate',
        input: {
          clientToken: 'contract-template',
          description: 'stop two',
          roleArn: `arn:aws:iam::${ACCOUNT}:role/FisDrill`,
          stopConditions: [{ source: 'none' }],
          targets: {
            web: {
              resourceType: 'aws:ec2:instance',
              selectionMode: 'COUNT(2)',
              resourceTags: { ChaosReady: 'true' },
              filters: [{ path: 'State.Name', values: ['running'] }],
            },
          },
          actions: {
            stop: {
              actionId: 'aws:ec2:stop-instances',
              parameters: { startInstancesAfterDuration: 'PT10M' },
              targets: { Instances: 'web' },
            },
          },
          tags: { 'drill:id': 'contract' },
        },
        answers: {
          experimentTemplate: { id: expect.stringMatching(/^EXT/), creationTime: anyDate, tags: {} },
        },
      },
    ],
  },
  {
    title: 'injects',
    secondsBefore: 30,
    calls: (scene) => [
      {
        call: 'fis.StartExperiment',
        input: {
          clientToken: 'contract-start',
          experimentTemplateId: scene.answerOf('fis.CreateExperimentTemplate')['experimentTemplate']?.['id'],
        },
        answers: {
          experiment: { id: expect.stringMatching(/^EXP/), state: { status: 'pending' } },
        },
      },
      {
        call: 'route53.ChangeResourceRecordSets',
        input: changeOf(scene, 'DELETE', 30),
        answers: { ChangeInfo: { Status: 'PENDING', SubmittedAt: anyDate, Comment: 'drill' } },
      },
    ],
  },
  {
    title: 'watches',
    secondsBefore: 90,
    calls: (scene) => [
      {
        call: 'fis.GetExperiment',
        input: { id: scene.answerOf('fis.StartExperiment')['experiment']?.['id'] },
        answers: {
          experiment: {
            state: { status: 'running' },
            startTime: anyDate,
            actions: { stop: { state: { status: 'running' }, startTime: anyDate } },
          },
        },
      },
      {
        call: 'fis.ListExperimentResolvedTargets',
        input: { experimentId: scene.answerOf('fis.StartExperiment')['experiment']?.['id'] },
        answers: { resolvedTargets: [{ targetName: 'web' }, { targetName: 'web' }] },
      },
      {
        call: 'ec2.DescribeInstances',
        input: { Filters: [...byTag.Filters, { Name: 'instance-state-name', Values: ['stopped'] }] },
        answers: statesOf(['stopped', 'stopped']),
      },
      {
        call: 'route53.GetChange',
        input: { Id: scene.answerOf('route53.ChangeResourceRecordSets')['ChangeInfo']?.['Id'] },
        answers: { ChangeInfo: { Status: 'INSYNC' } },
      },
      {
        call: 'cloudwatch.DescribeAlarmHistory',
        input: { AlarmName: 'contract-good', HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' },
        answers: {
          AlarmHistoryItems: [{ AlarmName: 'contract-good', Timestamp: anyDate, AlarmType: 'MetricAlarm' }],
        },
      },
    ],
  },
  {
    title: 'stops and restores',
    secondsBefore: 0,
    calls: (scene) => [
      {
        call: 'fis.StopExperiment',
        input: { id: scene.answerOf('fis.StartExperiment')['experiment']?.['id'] },
        answers: { experiment: { state: { status: 'stopping' } } },
      },
      {
        call: 'route53.ChangeResourceRecordSets',
        input: {
          HostedZoneId: zoneId(scene),
          ChangeBatch: {
            Changes: [{ Action: 'CREATE', ResourceRecordSet: { ...removedRecord(scene) } }],
          },
        },
        answers: { ChangeInfo: { Status: 'PENDING' } },
      },
    ],
  },
  {
    title: 'measures',
    secondsBefore: 120,
    calls: (scene) => [
      {
        call: 'fis.GetExperiment',
        input: { id: scene.answerOf('fis.StartExperiment')['experiment']?.['id'] },
        answers: { experiment: { state: { status: 'stopped' }, endTime: anyDate } },
      },
      { call: 'ec2.DescribeInstances', input: byTag, answers: statesOf(Array<string>(6).fill('running')) },
      {
        call: 'cloudwatch.GetMetricData',
        input: {
          MetricDataQueries: [
            { Id: 'good', MetricStat: { Metric: goodness, Period: 20, Stat: 'Average' } },
            { Id: 'double', Expression: 'good * 2' },
          ],
          StartTime: scene.at(600),
          EndTime: scene.at(0),
          ScanBy: 'TimestampAscending',
        },
        answers: {
          MetricDataResults: [
            {
              Id: 'good',
              StatusCode: 'Complete',
              Values: [0, 20, 40],
              Timestamps: [anyDate, anyDate, anyDate],
            },
            { Id: 'double', Values: [0, 40, 80] },
          ],
        },
      },
      {
        call: 'cloudwatch.GetMetricStatistics',
        input: {
          ...goodness,
          StartTime: scene.at(900),
          EndTime: scene.at(0),
          Period: 900,
          Statistics: ['SampleCount', 'Maximum'],
        },
        answers: { Datapoints: [{ SampleCount: 3, Maximum: 40, Timestamp: anyDate }] },
      },
      {
        call: 'cloudwatch.GetMetricStatistics',
        input: {
          ...goodness,
          StartTime: scene.at(900),
          EndTime: scene.at(0),
          Period: 900,
          ExtendedStatistics: ['p50'],
        },
        answers: { Datapoints: [{ ExtendedStatistics: { p50: 20 } }] },
      },
      {
        call: 'cloudwatch.ListMetrics',
        input: { Namespace: 'Contract' },
        answers: { Metrics: [goodness] },
      },
      { call: 'cloudwatch.DeleteAlarms', input: { AlarmNames: ['contract-good'] }, answers: {} },
    ],
  },
]

/** The record as it was listed at first, which is how a drill keeps it in order to put it back. */
function removedRecord(scene: Scene): object {
  const [before] = (scene.answerOf('route53.ListResourceRecordSets')['ResourceRecordSets'] ??
    []) as unknown as readonly object[]
  return before ?? {}
}
