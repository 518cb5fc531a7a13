import { CHECKER_REGIONS } from '../world/health-checks.ts'
import { groupKey } from '../world/compute.ts'
import {
  type Instance,
  type LaunchTemplate,
  type LoadBalancer,
  type RecordSet,
  type Routing,
  type TargetGroup,
} from '../world/model.ts'
import { zoneLetter } from '../world/networks.ts'
import { hash32 } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { certificateArn, plantCertificate } from './plant-certificate.ts'
import { idOf, uuidOf } from './planted-ids.ts'
import type { WorldFile } from './world-file.ts'

type Spec = WorldFile['spec']
type RecordSpec = Spec['zones'][number]['records'][number]

/** Fills an empty world with what its file describes, as it has long been: everything up, nothing pending. */
export const plantWorld = (world: World, file: WorldFile): void => {
  const { spec } = file
  spec.regions.forEach(({ name, network, zones }, index) =>
    world.networks.regions.put(name, { index, prefix: network.replace(/0\/24$/, ''), zones }),
  )
  for (const group of spec.groups) plantGroup(world, group)
  for (const balancer of spec.loadBalancers) plantBalancer(world, balancer)
  for (const balancer of spec.loadBalancers) plantCertificate(world, spec, balancer)
  for (const check of spec.healthChecks) plantHealthCheck(world, check)
  for (const zone of spec.zones) plantZone(world, zone)
  for (const service of spec.services) {
    const name = `${service.name}.`
    world.populations.services.put(name, { ...service, name })
  }
  for (const { name, region } of spec.vantages)
    world.resolvers.vantages.put(name, { name, region, nameServer: hash32(world.kernel.seed, name) % 4 })
  for (const population of spec.populations) plantPopulation(world, population)
  for (const metric of spec.availability)
    world.populations.availability.put(`${metric.region}|${metric.namespace}|${metric.name}`, {
      ...metric,
      service: `${metric.service}.`,
    })
  for (const alarm of spec.alarms) plantAlarm(world, alarm)
  for (const store of spec.stores) plantStore(world, store)
  world.metrics.begin()
  world.replicationMetrics.begin()
  world.populations.begin()
  world.kernel.settle()
}

const vpcOf = (region: string): string => `vpc-0${idOf('vpc', region, 16)}`

const subnetOf = (az: string): string => `subnet-0${idOf('subnet', az, 16)}`

const networkOf = (world: World, region: string): { prefix: string; zones: readonly string[] } => {
  const found = world.networks.regions.get(region)
  if (found === undefined) throw new Error(`unknown Region ${region}`)
  return found
}

const azIdOf = (region: string, az: string): string =>
  `${region.replace(/^([a-z]{2})-([a-z])[a-z]*-(\d)$/, '$1$2$3')}-az${zoneLetter(az) + 1}`

const plantGroup = (world: World, group: Spec['groups'][number]): void => {
  const { zones } = networkOf(world, group.region)
  const now = world.now()
  const { region, name, instanceType, tags } = group
  const template: LaunchTemplate = {
    instanceType,
    imageId: `ami-0${idOf('image', region, 16)}`,
    vpcId: vpcOf(region),
    tags,
    bootSeconds: group.bootSeconds,
    requestsPerSecondMax: group.requestsPerSecondMax ?? null,
    ...(group.spot ? { isSpot: true } : {}),
    ...(group.needs.length === 0 ? {} : { needs: group.needs }),
    subnets: Object.fromEntries(zones.map((az) => [az, subnetOf(az)])),
    azIds: Object.fromEntries(zones.map((az) => [az, azIdOf(region, az)])),
  }
  world.compute.templates.put(groupKey(group), template)
  // Whoever made the group's subnets tagged them as he tagged the group.
  for (const az of zones) world.kernel.store.table('subnet-tags').put(subnetOf(az), tags)
  const taken = world.compute.inRegion(region).length
  for (let i = 0; i < group.instances; i += 1)
    plantInstance(world, {
      group,
      template,
      az: zones[i % zones.length] ?? region,
      index: i,
      host: taken + i,
    })
  world.compute.groups.put(groupKey(group), {
    name,
    region,
    azs: zones,
    minSize: group.replaces ? group.instances : 0,
    desiredCapacity: group.instances,
    maxSize: group.instancesMax ?? group.instances * 2,
    targetGroupArns: [],
    tags,
    replaces: group.replaces,
    createdAt: now,
  })
}

const plantInstance = (
  world: World,
  place: {
    readonly group: Spec['groups'][number]
    readonly template: LaunchTemplate
    readonly az: string
    readonly index: number
    readonly host: number
  },
): void => {
  const { group, template, az, index, host } = place
  const { zones } = networkOf(world, group.region)
  const now = world.now()
  const name = `${group.name}-${zoneLetter(az) + 1}${Math.floor(index / zones.length) + 1}`
  const instance: Instance = {
    id: `i-0${idOf('instance', `${group.region}/${group.name}/${index}`, 16)}`,
    name,
    region: group.region,
    az,
    azId: template.azIds[az] ?? az,
    vpcId: template.vpcId,
    subnetId: subnetOf(az),
    group: group.name,
    instanceType: template.instanceType,
    imageId: template.imageId,
    ...world.networks.addressesOf(group.region, az, host),
    tags: { Name: name, ...group.tags, 'aws:autoscaling:groupName': group.name },
    state: 'running',
    stateChangedAt: now,
    stateReason: null,
    launchedAt: now,
    hostUp: true,
    appUp: true,
    terminationProtected: false,
    ...(group.spot ? { isSpot: true } : {}),
  }
  world.compute.instances.put(instance.id, instance)
}

const plantBalancer = (world: World, balancer: Spec['loadBalancers'][number]): void => {
  const { name, region, port } = balancer
  const { prefix, zones } = networkOf(world, region)
  const id = idOf('load-balancer', `${region}/${name}`, 16)
  const targetGroupId = idOf('target-group', `${region}/${name}`, 16)
  const scope = `arn:aws:elasticloadbalancing:${region}:${world.account}`
  const arn = `${scope}:loadbalancer/app/${name}/${id}`
  const targetGroupArn = `${scope}:targetgroup/${name}/${targetGroupId}`
  const before = [...world.balancers.loadBalancers.values()].filter((one) => one.region === region).length
  const row: LoadBalancer = {
    arn,
    name,
    region,
    dnsName: `${name}-${hash32(0, arn)}.${region}.elb.amazonaws.com`,
    canonicalHostedZoneId: `Z${idOf('elb-zone', region, 13).toUpperCase()}`,
    vpcId: vpcOf(region),
    securityGroups: [`sg-0${idOf('security-group', region, 16)}`],
    nodes: zones.map((az, index) => ({
      az,
      subnetId: subnetOf(az),
      address: `${prefix}${10 + before * 10 + index}`,
    })),
    listeners: [
      {
        arn: `${scope}:listener/app/${name}/${id}/${idOf('listener', `${region}/${name}`, 16)}`,
        port,
        targetGroupArn,
      },
      ...(balancer.https === undefined
        ? []
        : [
            {
              arn: `${scope}:listener/app/${name}/${id}/${idOf('listener-tls', `${region}/${name}`, 16)}`,
              port: balancer.https.port,
              targetGroupArn,
              certificateArn: certificateArn(world, balancer),
            },
          ]),
    ],
    createdAt: world.now(),
    ...(balancer.zonalShift ? { zonalShift: true } : {}),
  }
  const targetGroup: TargetGroup = {
    arn: targetGroupArn,
    name,
    region,
    vpcId: row.vpcId,
    port,
    loadBalancerArns: [arn],
    healthCheck: { ...balancer.healthCheck, matcher: '200' },
  }
  world.balancers.loadBalancers.put(arn, row)
  world.balancers.targetGroups.put(targetGroupArn, targetGroup)
  const key = groupKey({ region, name: balancer.group })
  const group = world.compute.groups.get(key)
  if (group)
    world.compute.groups.put(key, {
      ...group,
      targetGroupArns: [...group.targetGroupArns, targetGroupArn],
    })
  for (const instance of world.compute.inRegion(region))
    if (instance.group === balancer.group) world.balancers.plantTarget(targetGroupArn, instance.id)
}

const balancerNamed = (world: World, name: string): LoadBalancer => {
  for (const balancer of world.balancers.loadBalancers.values()) if (balancer.name === name) return balancer
  throw new Error(`unknown load balancer ${name}`)
}

const healthCheckId = (name: string): string => uuidOf('health-check', name)

const plantHealthCheck = (world: World, check: Spec['healthChecks'][number]): void => {
  const balancer = balancerNamed(world, check.loadBalancer)
  world.healthChecks.create(
    healthCheckId(check.name),
    {
      callerReference: check.name,
      type: 'HTTP',
      ipAddress: null,
      fullyQualifiedDomainName: balancer.dnsName,
      port: balancer.listeners[0]?.port ?? 80,
      resourcePath: check.path,
      searchString: null,
      requestIntervalSeconds: check.intervalSeconds,
      failureThreshold: check.failureThreshold,
      regions: CHECKER_REGIONS,
      inverted: false,
      disabled: false,
    },
    { Name: check.name },
  )
}

const plantZone = (world: World, zone: Spec['zones'][number]): void => {
  const apex = `${zone.name}.`
  const zoneId = `Z${idOf('zone', zone.name, 20).toUpperCase()}`
  const nameServers = ['com', 'net', 'org', 'co.uk'].map(
    (suffix, index) => `ns-${hash32(index, zone.name) % 2048}.awsdns-${10 + index}.${suffix}.`,
  )
  const base = {
    zoneId,
    setIdentifier: null,
    routing: { policy: 'simple' },
    alias: null,
    healthCheckId: null,
  } as const
  const soa = `${nameServers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 ${zone.soaMinimumSeconds}`
  world.dns.plant(
    {
      id: zoneId,
      name: apex,
      callerReference: zone.name,
      comment: '',
      nameServers,
    },
    [
      { ...base, name: apex, type: 'SOA', ttl: zone.soaTtlSeconds, values: [soa] },
      { ...base, name: apex, type: 'NS', ttl: 172_800, values: nameServers },
      ...zone.records.map((record) => recordOf(world, zoneId, apex, record)),
    ],
  )
}

const recordOf = (world: World, zoneId: string, apex: string, record: RecordSpec): RecordSet => {
  const alias = record.alias === undefined ? null : balancerNamed(world, record.alias)
  return {
    zoneId,
    name: record.name === '@' ? apex : `${record.name}.${apex}`,
    type: record.type,
    setIdentifier: record.setIdentifier ?? null,
    routing: routingOf(record),
    ttl: alias ? null : record.ttl,
    values:
      record.loadBalancer === undefined
        ? (record.values ?? [])
        : balancerNamed(world, record.loadBalancer).nodes.map((node) => node.address),
    alias: alias && {
      hostedZoneId: alias.canonicalHostedZoneId,
      dnsName: `${alias.dnsName}.`,
      evaluateTargetHealth: true,
    },
    healthCheckId: record.healthCheck === undefined ? null : healthCheckId(record.healthCheck),
  }
}

const routingOf = (record: RecordSpec): Routing => {
  if (record.failover !== undefined) return { policy: 'failover', role: record.failover }
  if (record.weight !== undefined) return { policy: 'weighted', weight: record.weight }
  return { policy: 'simple' }
}

const plantPopulation = (world: World, population: Spec['populations'][number]): void => {
  const { name, vantage, requestsPerSecond, resolvers, overstaying, overstayFactorMax } = population
  const { retries, keptConnections } = population
  world.populations.populations.put(name, {
    name,
    vantage,
    requestsPerSecond,
    service: `${population.service}.`,
    cohortStretch: Array.from({ length: resolvers }, (_, index) =>
      index < resolvers - overstaying
        ? 1
        : 1 + (overstayFactorMax - 1) * world.kernel.draw(`overstay:${name}`),
    ),
    ...(retries === 0 ? {} : { retries }),
    ...(keptConnections === undefined ? {} : { keptConnections }),
  })
}

const plantAlarm = (world: World, alarm: Spec['alarms'][number]): void => {
  const { metric, ...config } = alarm
  const dimensions: Record<string, string> = { ...metric.dimensions }
  if (metric.loadBalancer !== undefined) {
    const balancer = balancerNamed(world, metric.loadBalancer)
    const targetGroupArn = balancer.listeners[0]?.targetGroupArn ?? ''
    dimensions['LoadBalancer'] = balancer.arn.slice(balancer.arn.indexOf('loadbalancer/') + 13)
    dimensions['TargetGroup'] = targetGroupArn.slice(targetGroupArn.indexOf('targetgroup/'))
  }
  world.alarms.put({
    ...config,
    metric: { region: alarm.region, namespace: metric.namespace, name: metric.name, dimensions },
    unit: null,
    actionsEnabled: true,
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
    tags: {},
  })
}

const plantStore = (world: World, store: Spec['stores'][number]): void => {
  const { name, writer, runsOnHosts, onReturn, writesPerSecond, promotesAfterSeconds = null } = store
  world.stores.plant(
    {
      name,
      service: `${store.service}.`,
      writer,
      runsOnHosts,
      ...(runsOnHosts ? {} : { keeper: store.keeper }),
      promotesAfterSeconds,
      onReturn,
      writesPerSecond,
      writerLostAt: null,
    },
    store.replicas.map(({ region, lagSeconds = null, backupEverySeconds = null, writesPerSecondMax }) => ({
      store: name,
      region,
      lagSeconds,
      backupEverySeconds,
      writesPerSecondMax,
      applied: -1,
      isPaused: false,
      isApplying: false,
    })),
  )
}
