import { expect } from 'vitest'
import { subnetsOf } from '../services/ec2/subnets.ts'
import type { ContractAct, Scene } from './drill-contract.ts'

const ROLE = 'arn:aws:iam::111122223333:role/drill'
const idsOf = ({ world }: Scene): string[] => world.compute.inRegion('eu-west-1').map(({ id }) => id)
const groupOf = ({ world }: Scene): string =>
  [...world.balancers.targetGroups.values()].find(({ region }) => region === 'eu-west-1')?.arn ?? ''
const zoneOf = ({ world }: Scene): string => [...world.dns.zones.values()][0]?.id ?? ''
const checkOf = ({ world }: Scene): string => [...world.healthChecks.checks.values()][0]?.id ?? ''
const madeCheck = (scene: Scene): unknown =>
  scene.answerOf('route53.CreateHealthCheck')['HealthCheck']?.['Id']
const madeZone = (scene: Scene): unknown => scene.answerOf('route53.CreateHostedZone')['HostedZone']?.['Id']
const template = (scene: Scene): { id?: string; arn?: string } =>
  scene.answerOf('fis.CreateExperimentTemplate')['experimentTemplate'] ?? {}
const protection = (scene: Scene, comment: { Comment?: string }): object => ({
  HostedZoneId: zoneOf(scene),
  Protections: [{ RecordName: 'www.larkspur.example.', RecordType: 'CNAME', ...comment }],
})
const schedule = (scene: Scene, seconds: number): object => ({
  Name: 'contract',
  GroupName: 'contract',
  // Without zone or fraction, as Scheduler writes it.
  ScheduleExpression: `at(${scene.at(-seconds).toISOString().slice(0, 19)})`,
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: 'arn:aws:scheduler:::aws-sdk:ec2:startInstances',
    RoleArn: ROLE,
    Input: JSON.stringify({ InstanceIds: idsOf(scene).slice(3, 4) }),
  },
})
const inGroup = { Name: 'contract', GroupName: 'contract' }
const scheduleGroupArn = 'arn:aws:scheduler:eu-west-1:111122223333:schedule-group/contract'
const tag = { Key: 'Owner', Value: 'contract' }

/** What a drill does not call but the simulator answers: looked at, changed, and put back. */
export const REST_CONTRACT: readonly ContractAct[] = [
  {
    title: 'looks at the rest',
    secondsBefore: 0,
    calls: (scene) => [
      {
        call: 'sts.AssumeRole',
        input: { RoleArn: ROLE, RoleSessionName: 'contract' },
        answers: { Credentials: { AccessKeyId: expect.stringMatching(/^ASIA/) as unknown } },
      },
      { call: 'ec2.DescribeRegions', answers: { Regions: expect.arrayContaining([]) as unknown } },
      {
        call: 'ec2.DescribeSubnets',
        answers: { Subnets: subnetsOf(scene.world, 'eu-west-1').map(({ id }) => ({ SubnetId: id })) },
      },
      { call: 'ec2.DescribeNetworkAcls', answers: { NetworkAcls: [{ IsDefault: true }] } },
      {
        call: 'ec2.DescribeInstanceStatus',
        input: { InstanceIds: idsOf(scene).slice(0, 1) },
        answers: { InstanceStatuses: [{ InstanceState: { Name: 'running' } }] },
      },
      { call: 'elbv2.DescribeTargetGroups', answers: { TargetGroups: [{ TargetGroupArn: groupOf(scene) }] } },
      {
        call: 'elbv2.DescribeListeners',
        answers: {
          Listeners: [
            { Port: 80, Protocol: 'HTTP' },
            { Port: 443, Protocol: 'HTTPS', Certificates: [{}] },
          ],
        },
      },
      { call: 'route53.ListHostedZones', answers: { HostedZones: [{ Name: 'larkspur.example.' }] } },
      {
        call: 'route53.GetHostedZone',
        input: { Id: zoneOf(scene) },
        answers: { HostedZone: { Name: 'larkspur.example.' } },
      },
      { call: 'route53.ListHealthChecks', answers: { HealthChecks: [{ Id: checkOf(scene) }] } },
      {
        call: 'route53.GetHealthCheck',
        input: { HealthCheckId: checkOf(scene) },
        answers: { HealthCheck: { HealthCheckConfig: { Type: 'HTTP', RequestInterval: 10 } } },
      },
      {
        call: 'route53.GetHealthCheckStatus',
        input: { HealthCheckId: checkOf(scene) },
        answers: { HealthCheckObservations: expect.arrayContaining([]) as unknown },
      },
      {
        call: 'route53.GetHealthCheckLastFailureReason',
        input: { HealthCheckId: checkOf(scene) },
        answers: { HealthCheckObservations: [] },
      },
      {
        call: 'route53.ListResourceRecordSetProtections',
        input: { HostedZoneId: zoneOf(scene) },
        answers: { ResourceRecordSetProtections: [] },
      },
      { call: 'fis.ListActions', input: { maxResults: 1 }, answers: { actions: [{}] } },
      {
        call: 'fis.GetAction',
        input: { id: 'aws:ec2:stop-instances' },
        answers: { action: { targets: { Instances: { resourceType: 'aws:ec2:instance' } } } },
      },
      { call: 'fis.ListTargetResourceTypes', answers: { targetResourceTypes: expect.anything() as unknown } },
      {
        call: 'fis.GetTargetResourceType',
        input: { resourceType: 'aws:ec2:subnet' },
        answers: { targetResourceType: { resourceType: 'aws:ec2:subnet' } },
      },
      { call: 'fis.ListExperiments', answers: { experiments: [] } },
    ],
  },
  {
    title: 'makes',
    secondsBefore: 1,
    calls: (scene) => [
      {
        call: 'ec2.CreateTags',
        input: { Resources: idsOf(scene).slice(0, 1), Tags: [tag] },
      },
      {
        call: 'ec2.ModifyInstanceAttribute',
        input: { InstanceId: idsOf(scene)[1], DisableApiTermination: { Value: true } },
      },
      { call: 'ec2.RebootInstances', input: { InstanceIds: idsOf(scene).slice(2, 3) } },
      { call: 'ec2.StopInstances', input: { InstanceIds: idsOf(scene).slice(3, 4) } },
      {
        call: 'elbv2.DeregisterTargets',
        input: { TargetGroupArn: groupOf(scene), Targets: [{ Id: idsOf(scene)[4] }] },
      },
      {
        call: 'autoscaling.CreateOrUpdateTags',
        input: {
          Tags: [{ ...tag, ResourceId: 'web', ResourceType: 'auto-scaling-group', PropagateAtLaunch: false }],
        },
      },
      {
        call: 'autoscaling.SetDesiredCapacity',
        input: { AutoScalingGroupName: 'web', DesiredCapacity: 6 },
      },
      {
        call: 'route53.CreateHostedZone',
        input: { Name: 'contract.example', CallerReference: 'contract' },
        answers: { HostedZone: { Name: 'contract.example.' }, ChangeInfo: { Status: 'PENDING' } },
      },
      {
        call: 'route53.CreateHealthCheck',
        input: {
          CallerReference: 'contract',
          HealthCheckConfig: { Type: 'TCP', IPAddress: '198.51.100.10', Port: 443, RequestInterval: 10 },
        },
        answers: { HealthCheck: { HealthCheckVersion: 1 } },
      },
      {
        call: 'route53.CreateResourceRecordSetProtections',
        input: protection(scene, { Comment: 'keep' }),
      },
      {
        call: 'scheduler.CreateScheduleGroup',
        input: { Name: 'contract' },
        answers: { ScheduleGroupArn: scheduleGroupArn },
      },
      {
        call: 'cloudwatch.PutCompositeAlarm',
        input: { AlarmName: 'contract-both', AlarmRule: 'FALSE' },
      },
      {
        call: 'fis.CreateExperimentTemplate',
        input: {
          clientToken: 'contract',
          description: 'contract',
          roleArn: ROLE,
          stopConditions: [{ source: 'none' }],
          actions: { wait: { actionId: 'aws:fis:wait', parameters: { duration: 'PT1M' } } },
        },
        answers: { experimentTemplate: { description: 'contract' } },
      },
    ],
  },
  {
    title: 'changes what it made',
    secondsBefore: 45,
    calls: (scene) => [
      {
        call: 'ec2.DescribeTags',
        input: { Filters: [{ Name: 'key', Values: ['Owner'] }] },
        answers: { Tags: [{ ResourceId: idsOf(scene)[0], Value: 'contract' }] },
      },
      {
        call: 'ec2.TerminateInstances',
        input: { InstanceIds: [idsOf(scene)[1]] },
        fails: 'OperationNotPermitted',
      },
      {
        call: 'ec2.StartInstances',
        input: { InstanceIds: idsOf(scene).slice(3, 4) },
        answers: { StartingInstances: [{ PreviousState: { Name: 'stopped' } }] },
      },
      {
        call: 'elbv2.RegisterTargets',
        input: { TargetGroupArn: groupOf(scene), Targets: [{ Id: idsOf(scene)[4] }] },
      },
      {
        call: 'route53.UpdateHealthCheck',
        input: { HealthCheckId: madeCheck(scene), FailureThreshold: 2 },
        answers: { HealthCheck: { HealthCheckVersion: 2, HealthCheckConfig: { FailureThreshold: 2 } } },
      },
      { call: 'scheduler.CreateSchedule', input: schedule(scene, 600) },
      { call: 'scheduler.TagResource', input: { ResourceArn: scheduleGroupArn, Tags: [tag] } },
      {
        call: 'route53.ChangeTagsForResource',
        input: { ResourceType: 'healthcheck', ResourceId: madeCheck(scene), AddTags: [tag] },
      },
      {
        call: 'route53.ChangeResourceRecordSets',
        input: {
          HostedZoneId: zoneOf(scene),
          ChangeBatch: {
            Changes: [
              {
                Action: 'UPSERT',
                ResourceRecordSet: {
                  Name: 'www.larkspur.example.',
                  Type: 'CNAME',
                  TTL: 60,
                  ResourceRecords: [{ Value: 'elsewhere.larkspur.example.' }],
                },
              },
            ],
          },
        },
        fails: 'InvalidChangeBatch',
      },
      {
        call: 'fis.UpdateExperimentTemplate',
        input: { id: template(scene).id, description: 'changed' },
        answers: { experimentTemplate: { description: 'changed' } },
      },
      { call: 'fis.TagResource', input: { resourceArn: templateArn(scene), tags: { Owner: 'contract' } } },
    ],
  },
  {
    title: 'reads it back',
    secondsBefore: 1,
    calls: (scene) => [
      { call: 'scheduler.UpdateSchedule', input: schedule(scene, 900) },
      { call: 'scheduler.ListSchedules', answers: { Schedules: [{ Name: 'contract' }] } },
      {
        call: 'scheduler.ListScheduleGroups',
        answers: { ScheduleGroups: [{ Name: 'default' }, { Name: 'contract' }] },
      },
      {
        call: 'scheduler.GetScheduleGroup',
        input: { Name: 'contract' },
        answers: { Arn: scheduleGroupArn, State: 'ACTIVE' },
      },
      {
        call: 'scheduler.ListTagsForResource',
        input: { ResourceArn: scheduleGroupArn },
        answers: { Tags: [tag] },
      },
      {
        call: 'route53.ListTagsForResource',
        input: { ResourceType: 'healthcheck', ResourceId: madeCheck(scene) },
        answers: { ResourceTagSet: { Tags: [tag] } },
      },
      {
        call: 'fis.ListTagsForResource',
        input: { resourceArn: templateArn(scene) },
        answers: { tags: { Owner: 'contract' } },
      },
      {
        call: 'fis.GetExperimentTemplate',
        input: { id: template(scene).id },
        answers: { experimentTemplate: { description: 'changed' } },
      },
      { call: 'fis.ListExperimentTemplates', answers: { experimentTemplates: [{ id: template(scene).id }] } },
    ],
  },
  {
    title: 'takes it away',
    secondsBefore: 60,
    calls: (scene) => [
      { call: 'scheduler.GetSchedule', input: inGroup, answers: { Name: 'contract', State: 'ENABLED' } },
      { call: 'scheduler.UntagResource', input: { ResourceArn: scheduleGroupArn, TagKeys: ['Owner'] } },
      { call: 'scheduler.DeleteSchedule', input: inGroup },
      { call: 'ec2.DeleteTags', input: { Resources: idsOf(scene).slice(0, 1), Tags: [{ Key: 'Owner' }] } },
      { call: 'route53.DeleteHealthCheck', input: { HealthCheckId: madeCheck(scene) } },
      { call: 'route53.DeleteHostedZone', input: { Id: madeZone(scene) }, answers: { ChangeInfo: {} } },
      { call: 'route53.DeleteResourceRecordSetProtections', input: protection(scene, {}) },
      { call: 'fis.UntagResource', input: { resourceArn: templateArn(scene), tagKeys: ['Owner'] } },
      { call: 'fis.DeleteExperimentTemplate', input: { id: template(scene).id } },
    ],
  },
  {
    title: 'takes away what it was in',
    secondsBefore: 1,
    calls: () => [{ call: 'scheduler.DeleteScheduleGroup', input: { Name: 'contract' } }],
  },
]

/** Made of its id: clients that are older than the member `arn` do not show it. */
function templateArn(scene: Scene): string {
  return `arn:aws:fis:eu-west-1:111122223333:experiment-template/${template(scene).id}`
}
