import type { WorldFile } from './world-file.ts'

/** A name in a world file that names nothing. */
export interface BrokenReference {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly remedy: string
}

/** Names that point at nothing, and records that say too much or too little. */
export const findBrokenReferences = ({ spec }: WorldFile): BrokenReference[] => {
  const found: BrokenReference[] = []
  const known = {
    region: spec.regions.map((region) => region.name),
    'load balancer': spec.loadBalancers.map((balancer) => balancer.name),
    'health check': spec.healthChecks.map((check) => check.name),
    vantage: spec.vantages.map((vantage) => vantage.name),
    service: spec.services.map((service) => service.name),
  }
  const refer = (kind: keyof typeof known, name: string | undefined, path: BrokenReference['path']): void => {
    if (name === undefined || known[kind].includes(name)) return
    const choices = known[kind].length > 0 ? known[kind].join(', ') : 'none is defined'
    found.push({ path, message: `There is no ${kind} "${name}"`, remedy: `Use one of: ${choices}.` })
  }
  spec.groups.forEach((group, i) => refer('region', group.region, ['spec', 'groups', i, 'region']))
  spec.loadBalancers.forEach((balancer, i) => {
    const path = ['spec', 'loadBalancers', i] as const
    refer('region', balancer.region, [...path, 'region'])
    const groups = spec.groups.filter((group) => group.region === balancer.region)
    if (!groups.some((group) => group.name === balancer.group))
      found.push({
        path: [...path, 'group'],
        message: `There is no group "${balancer.group}" in ${balancer.region}`,
        remedy: `Use one of: ${groups.map((group) => group.name).join(', ') || 'none is defined there'}.`,
      })
  })
  spec.loadBalancers.forEach((balancer, i) => {
    if (balancer.https?.port === balancer.port)
      found.push({
        path: ['spec', 'loadBalancers', i, 'https'],
        message: `Port ${balancer.port} is taken by plain HTTP`,
        remedy: 'Give one of them another port.',
      })
  })
  spec.healthChecks.forEach((check, i) =>
    refer('load balancer', check.loadBalancer, ['spec', 'healthChecks', i, 'loadBalancer']),
  )
  spec.zones.forEach((zone, i) =>
    zone.records.forEach((record, j) => {
      const path = ['spec', 'zones', i, 'records', j] as const
      refer('load balancer', record.loadBalancer, [...path, 'loadBalancer'])
      refer('load balancer', record.alias, [...path, 'alias'])
      refer('health check', record.healthCheck, [...path, 'healthCheck'])
      if (
        [record.values, record.loadBalancer, record.alias].filter((value) => value !== undefined).length !== 1
      )
        found.push({
          path,
          message: 'A record has exactly one of values, loadBalancer and alias',
          remedy: 'Keep the one that is meant.',
        })
      if ((record.failover ?? record.weight) !== undefined && record.setIdentifier === undefined)
        found.push({
          path,
          message: 'A failover or weighted record needs a setIdentifier',
          remedy: 'Add setIdentifier, unique among the records of this name and type.',
        })
    }),
  )
  spec.populations.forEach((population, i) => {
    refer('vantage', population.vantage, ['spec', 'populations', i, 'vantage'])
    refer('service', population.service, ['spec', 'populations', i, 'service'])
  })
  spec.availability.forEach((metric, i) =>
    refer('service', metric.service, ['spec', 'availability', i, 'service']),
  )
  spec.alarms.forEach((alarm, i) =>
    refer('load balancer', alarm.metric.loadBalancer, ['spec', 'alarms', i, 'metric', 'loadBalancer']),
  )
  spec.stores.forEach((store, i) => {
    const path = ['spec', 'stores', i] as const
    refer('service', store.service, [...path, 'service'])
    refer('region', store.writer, [...path, 'writer'])
    store.replicas.forEach((replica, j) => {
      refer('region', replica.region, [...path, 'replicas', j, 'region'])
      if ((replica.lagSeconds === undefined) === (replica.backupEverySeconds === undefined))
        found.push({
          path: [...path, 'replicas', j],
          message: 'A replica has exactly one of lagSeconds and backupEverySeconds',
          remedy: 'Keep the one that is meant.',
        })
    })
  })
  return found
}
