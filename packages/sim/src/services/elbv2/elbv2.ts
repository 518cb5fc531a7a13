import type { LoadBalancer, Target, TargetGroup } from '../../world/model.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { AwsService, Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import { ELBV2_FAULTS, targetGroupNotFound } from './elbv2-faults.ts'
import { deregisterTargets, registerTargets } from './target-registration.ts'

/** Elastic Load Balancing v2, as far as it tells what stands behind a load balancer and how it is, and changes that. */
export function createElbv2(): AwsService {
  return {
    name: 'elbv2',
    signingName: 'elasticloadbalancing',
    protocols: ['awsQuery'],
    apiVersion: '2015-12-01',
    xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    operations: {
      DescribeLoadBalancers: { mutates: false, handle: describeLoadBalancers },
      DescribeTargetGroups: { mutates: false, handle: describeTargetGroups },
      DescribeTargetHealth: { mutates: false, handle: describeTargetHealth },
      DescribeListeners: { mutates: false, handle: describeListeners },
      RegisterTargets: { mutates: true, handle: registerTargets },
      DeregisterTargets: { mutates: true, handle: deregisterTargets },
    },
    throttlingFault: { code: 'Throttling', message: 'Rate exceeded' },
    buckets: (operation) => [
      {
        bucket: operation.startsWith('Describe') ? 'describe' : 'registration',
        limit: { burst: 40, refillPerSecond: 10 },
        tokens: 1,
      },
    ],
  }
}

function describeLoadBalancers(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ELBV2_FAULTS)
  const arns = reader.texts('LoadBalancerArns')
  const names = reader.texts('Names')
  const found = loadBalancersOf(call).filter(({ arn, name }) => isNamed(arn, arns) && isNamed(name, names))
  if (found.length < Math.max(arns.length, names.length)) throw loadBalancerNotFound(arns, names)
  const { items, nextMarker } = pageOf(found, reader)
  return {
    LoadBalancers: items.map((loadBalancer) => loadBalancerView(loadBalancer)),
    NextMarker: nextMarker,
  }
}

function describeTargetGroups(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ELBV2_FAULTS)
  const arns = reader.texts('TargetGroupArns')
  const names = reader.texts('Names')
  const loadBalancerArn = reader.text('LoadBalancerArn')
  if (loadBalancerArn !== undefined) findLoadBalancer(call, loadBalancerArn)
  const found = targetGroupsOf(call)
    .filter(({ arn, name }) => isNamed(arn, arns) && isNamed(name, names))
    .filter(
      ({ loadBalancerArns }) => loadBalancerArn === undefined || loadBalancerArns.includes(loadBalancerArn),
    )
  if (found.length < Math.max(arns.length, names.length)) throw targetGroupNotFound()
  const { items, nextMarker } = pageOf(found, reader)
  return { TargetGroups: items.map((group) => targetGroupView(group)), NextMarker: nextMarker }
}

/** `DescribeTargetHealth`: registered targets, or those asked for; one that is not registered is `unused`. */
function describeTargetHealth(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ELBV2_FAULTS)
  const arn = reader.requiredText('TargetGroupArn')
  const group = targetGroupsOf(call).find((candidate) => candidate.arn === arn)
  if (group === undefined) throw targetGroupNotFound()
  const wanted = reader.structures('Targets').map((target) => target.requiredText('Id'))
  const registered = [...call.world.balancers.targetsOf(arn)].sort((left, right) =>
    left.instanceId < right.instanceId ? -1 : 1,
  )
  const chosen = registered.filter(({ instanceId }) => wanted.length === 0 || wanted.includes(instanceId))
  const strangers = wanted.filter((id) => !registered.some(({ instanceId }) => instanceId === id))
  return {
    TargetHealthDescriptions: [
      ...chosen.map((target) => targetHealthView(target)),
      ...strangers.map((id) => ({
        Target: { Id: id, Port: group.port },
        HealthCheckPort: String(group.port),
        TargetHealth: {
          State: 'unused',
          Reason: 'Target.NotRegistered',
          Description: 'Target is not registered to the target group',
        },
      })),
    ],
  }
}

function describeListeners(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ELBV2_FAULTS)
  const arn = reader.text('LoadBalancerArn')
  const wanted = reader.texts('ListenerArns')
  const loadBalancers = arn === undefined ? loadBalancersOf(call) : [findLoadBalancer(call, arn)]
  const listeners = loadBalancers.flatMap((loadBalancer) =>
    loadBalancer.listeners.map((listener) => ({ ...listener, loadBalancerArn: loadBalancer.arn })),
  )
  const found = listeners.filter((listener) => isNamed(listener.arn, wanted))
  if (found.length < wanted.length)
    throw new AwsFault({ code: 'ListenerNotFound', message: 'One or more listeners not found' })
  return {
    Listeners: found.map((listener) => ({
      ListenerArn: listener.arn,
      LoadBalancerArn: listener.loadBalancerArn,
      Port: listener.port,
      ...(listener.certificateArn === undefined
        ? { Protocol: 'HTTP' }
        : {
            Protocol: 'HTTPS',
            SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
            Certificates: [{ CertificateArn: listener.certificateArn }],
          }),
      DefaultActions: [{ Type: 'forward', TargetGroupArn: listener.targetGroupArn }],
    })),
  }
}

function loadBalancersOf({ world, region }: Call): readonly LoadBalancer[] {
  return [...world.balancers.loadBalancers.values()].filter((loadBalancer) => loadBalancer.region === region)
}

function targetGroupsOf({ world, region }: Call): readonly TargetGroup[] {
  return [...world.balancers.targetGroups.values()].filter((group) => group.region === region)
}

function findLoadBalancer(call: Call, arn: string): LoadBalancer {
  const found = loadBalancersOf(call).find((loadBalancer) => loadBalancer.arn === arn)
  if (found === undefined) throw loadBalancerNotFound([arn], [])
  return found
}

function isNamed(value: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.includes(value)
}

function pageOf<T extends { readonly arn: string }>(
  all: readonly T[],
  reader: InputReader,
): { readonly items: readonly T[]; readonly nextMarker: string | undefined } {
  const marker = reader.text('Marker')
  const start = marker === undefined ? 0 : all.findIndex(({ arn }) => arn === marker)
  const size = reader.integer('PageSize', 1, 400) ?? 400
  return {
    items: all.slice(Math.max(0, start), Math.max(0, start) + size),
    nextMarker: all[Math.max(0, start) + size]?.arn,
  }
}

function loadBalancerNotFound(arns: readonly string[], names: readonly string[]): AwsFault {
  const which = [...arns, ...names].join("', '")
  return new AwsFault({
    code: 'LoadBalancerNotFound',
    message: `One or more load balancers not found: '${which}'`,
  })
}

function loadBalancerView(loadBalancer: LoadBalancer): WireStructure {
  return {
    LoadBalancerArn: loadBalancer.arn,
    DNSName: loadBalancer.dnsName,
    CanonicalHostedZoneId: loadBalancer.canonicalHostedZoneId,
    CreatedTime: new WireTime(loadBalancer.createdAt),
    LoadBalancerName: loadBalancer.name,
    Scheme: 'internet-facing',
    VpcId: loadBalancer.vpcId,
    State: { Code: 'active' },
    Type: 'application',
    AvailabilityZones: loadBalancer.nodes.map(({ az, subnetId, address }) => ({
      ZoneName: az,
      SubnetId: subnetId,
      LoadBalancerAddresses: [{ IpAddress: address }],
    })),
    SecurityGroups: loadBalancer.securityGroups,
    IpAddressType: 'ipv4',
  }
}

function targetGroupView(group: TargetGroup): WireStructure {
  const { healthCheck } = group
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: 'HTTP',
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    HealthCheckPath: healthCheck.path,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: group.loadBalancerArns,
    TargetType: 'instance',
    ProtocolVersion: 'HTTP1',
    IpAddressType: 'ipv4',
  }
}

function targetHealthView(target: Target): WireStructure {
  return {
    Target: { Id: target.instanceId, Port: target.port },
    HealthCheckPort: String(target.port),
    TargetHealth: {
      State: target.state,
      Reason: target.reason ?? undefined,
      Description: target.description ?? undefined,
    },
  }
}
