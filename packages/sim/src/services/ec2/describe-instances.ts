import { INSTANCE_STATES, SECOND, type Instance, type Micros } from '../../world/model.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { EC2_INPUT_FAULTS, instanceNotFound, malformedInstanceId, zoneImpaired } from './ec2-faults.ts'
import { checkInstanceFilters, exactTagOf, matcherOf, readFilters, type Filter } from './filters.ts'
import { reservationView, stateView } from './instance-view.ts'
import { pageOf } from './paging.ts'

const MIN_PAGE = 5
/** How far behind a stale read may be. */
const REPLICA_LAG: Micros = 5 * SECOND

/** `DescribeInstances`: by id or by page, through filters; terminated instances are listed until the world forgets them. */
export function describeInstances(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const filters = readFilters(reader)
  checkInstanceFilters(filters)
  const { items, nextToken } = selectInstances(call, reader, filters)
  return { reservationSet: items.map((instance) => reservationView(instance, call.account)), nextToken }
}

/** `DescribeInstanceStatus`: running instances only, unless `IncludeAllInstances` is set. */
export function describeInstanceStatus(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const includeAll = reader.flag('IncludeAllInstances') ?? false
  const filters = readFilters(reader)
  checkInstanceFilters(filters)
  const candidates = includeAll ? filters : [...filters, { name: 'instance-state-name', values: ['running'] }]
  const { items, nextToken } = selectInstances(call, reader, candidates)
  return { instanceStatusSet: items.map((instance) => statusView(instance)), nextToken }
}

function selectInstances(
  call: Call,
  reader: InputReader,
  filters: readonly Filter[],
): ReturnType<typeof pageOf<Instance>> {
  const ids = reader.texts('InstanceId')
  if (ids.length > 0 && reader.has('MaxResults')) {
    throw new AwsFault({
      code: 'InvalidParameterCombination',
      message: 'The parameter instancesSet cannot be used with the parameter maxResults',
    })
  }
  failWithZone(call, ids)
  const current = ids.length === 0 ? candidates(call, filters) : findInstances(call, ids)
  const chosen = call.stale ? current.map((instance) => beforeLatestChange(call, instance)) : current
  const matching = chosen.filter(matcherOf(filters))
  return pageOf(matching, (instance) => instance.id, reader, MIN_PAGE)
}

/** The instances that may pass the filters: those with the tag that one of them asks for, or all of the Region. */
function candidates({ world, region }: Call, filters: readonly Filter[]): readonly Instance[] {
  for (const filter of filters) {
    const key = exactTagOf(filter)
    if (key !== null) return world.compute.withTag(region, key, filter.values)
  }
  return world.compute.inRegion(region)
}

/**
 * While a zone is down, EC2 cannot describe what is in it: a call fails that names an instance there, or names none at
 * all, whatever its filters. One that names instances of healthy zones only goes through.
 */
function failWithZone({ world, region }: Call, ids: readonly string[]): void {
  if (!world.places.hasZoneDown(region)) return
  const instances = world.compute.inRegion(region)
  const named = ids.length === 0 ? instances : instances.filter(({ id }) => ids.includes(id))
  if (named.some(({ az }) => world.places.isZoneDown(az))) throw zoneImpaired()
}

/**
 * Finds instances by id in the Region of the call.
 * @throws AwsFault if any of the ids is malformed or unknown there; one bad id fails the whole call.
 */
export function findInstances(call: Call, ids: readonly string[]): readonly Instance[] {
  for (const id of ids) if (!/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) throw malformedInstanceId(id)
  const unique = [...new Set(ids)]
  const found = unique
    .map((id) => call.world.compute.instances.get(id))
    .filter((instance) => instance?.region === call.region)
  const missing = unique.filter((id) => !found.some((instance) => instance?.id === id))
  if (missing.length > 0) throw instanceNotFound(missing)
  return found.filter((instance) => instance !== undefined)
}

/** The instance as a replica shows it that lags by a few seconds: with the state it had before its latest change. */
function beforeLatestChange({ world }: Call, instance: Instance): Instance {
  if (world.now() - instance.stateChangedAt > REPLICA_LAG) return instance
  const subject = `instance:${instance.id}`
  const latest = world.kernel.transitions.all().findLast((transition) => transition.subject === subject)
  const before = INSTANCE_STATES.find((state) => state === latest?.from)
  return before === undefined ? instance : { ...instance, state: before, stateReason: null }
}

function statusView(instance: Instance): WireStructure {
  const isRunning = instance.state === 'running'
  const systemStatus = { status: isRunning ? 'ok' : 'not-applicable' }
  const instanceStatus = { status: isRunning ? (instance.hostUp ? 'ok' : 'impaired') : 'not-applicable' }
  return {
    instanceId: instance.id,
    availabilityZone: instance.az,
    availabilityZoneId: instance.azId,
    instanceState: stateView(instance.state),
    systemStatus,
    instanceStatus,
  }
}
