import type { World } from '@firedrill/sim'

/**
 * What of a world has to be as before once a drill is over, read from the world itself and put into lines: records field
 * by field, and how much of everything serves where. Ids of instances are not in it, since groups replace them.
 */
export function likenessOf(world: World): readonly string[] {
  const { compute, balancers, dns, impairments, healthChecks, zonalShifts } = world
  const running = [...compute.instances.values()].filter(({ state, appUp }) => state === 'running' && appUp)
  const targets = [...balancers.targets.values()].filter(({ state }) => state === 'healthy')
  const zoneOf = (id: string) => compute.instances.get(id)?.az ?? '?'
  return [
    ...[...dns.recordSets.values()].map((row) => `record ${JSON.stringify(row)}`),
    ...counted(running.map(({ region, group, az }) => `runs in ${region} ${group ?? 'alone'} ${az}`)),
    ...counted(
      targets.map(({ targetGroupArn, instanceId }) => `healthy in ${targetGroupArn} ${zoneOf(instanceId)}`),
    ),
    ...[...compute.groups.values()].map(
      ({ region, name, desiredCapacity, minSize, maxSize, replaces }) =>
        `group ${region} ${name}: ${minSize} ≤ ${desiredCapacity} ≤ ${maxSize}, ${replaces ? 'replaces' : 'suspended'}`,
    ),
    ...[...zonalShifts.rows.values()]
      .filter(({ state }) => state === 'ACTIVE')
      .map(({ balancerArn, az }) => `shifted: ${balancerArn} away from ${az}`),
    ...impairments.all().map(({ effect }) => `impaired: ${JSON.stringify(effect)}`),
    ...[...healthChecks.checks.values()].map(
      (row) => `health check ${JSON.stringify({ ...row, changedAt: undefined })}`,
    ),
    ...[...world.kernel.store.table('fis-templates').keys()].map((id) => `left over: template ${id}`),
    ...[...world.kernel.store.table('scheduler-schedules').keys()].map((id) => `left over: schedule ${id}`),
  ].toSorted()
}

function counted(lines: readonly string[]): readonly string[] {
  return [...Map.groupBy(lines, (line) => line)].map(([line, all]) => `${line}: ${all.length}`)
}
