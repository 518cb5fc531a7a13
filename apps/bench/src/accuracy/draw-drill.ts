import { loadWorld, worldNames, type WorldFile } from '@firedrill/sim'
import { chanceOf, type Chance } from './chance.ts'

/** What is broken. */
export const LAB_FAULTS = [
  'instances',
  'some-instances',
  'zone',
  'region',
  'dns-removal',
  'primary-record',
  'flapping',
  'grey-overload',
  'grey-network',
] as const
export type LabFault = (typeof LAB_FAULTS)[number]

/** How often each is drawn: of ten drills three break a part, so that requests fail by share. */
const FAULTS_DRAWN = [
  'instances',
  'instances',
  'some-instances',
  'zone',
  'region',
  'region',
  'dns-removal',
  'primary-record',
  'flapping',
  'grey',
] as const

/** How the drill ends: once recovery was seen, at an instant of its own, or by the fault's own end. */
export type Ending = Readonly<{ how: 'seen' | 'undo' | 'expiry'; afterSeconds: number }>

/** What spoils the evidence. Seconds and shares. */
export type Spoiling = Readonly<{
  /** What is left of every prober's clock error once its offset is known, at most; 0 when one clock stamps everything. */
  clockErrorMicros: number
  lostShare: number
  deadForSeconds: number
  stallShare: number
  /** Share of the metric's buckets that could not be read, in stretches. */
  throttledShare: number
  /** Metrics are read as soon as everything is back. */
  isReadEarly: boolean
}>

/** Clocks that are set wrongly, and do not run evenly with the platform's. */
export type Skew = Readonly<{
  /** The prober's is ahead by so much when the drill begins, and gains so much. */
  proberMicros: number
  driftPerMillion: number
  /** CloudWatch's is ahead by so much. */
  cloudMicros: number
}>

/** One drill, drawn by seed. */
export type Drill = Readonly<{
  seed: number
  strategy: string
  file: WorldFile
  fault: LabFault
  ending: Ending
  periodMs: number
  timeoutMs: number
  goodInARow: number
  holdMs: number
  vantages: number
  nativePeriodSeconds: number
  /** When people act, where the strategy needs them. */
  actAfterSeconds: number
  /** For so long before the fault nothing is replicated. */
  pausedSeconds: number
  spoiling: Spoiling
  /** Absent: the platform's clock is theirs, but for what `spoiling` says. */
  skew?: Skew | undefined
}>

/** Of drills with one clock, so many have it set wrongly. */
const SKEWED_SHARE = 0.25

/** Draws one drill: one of the worlds that come along, varied, and what is done to it. */
export function drawDrill(seed: number): Drill {
  const chance = chanceOf(seed, 'drill')
  const names = worldNames()
  const strategy = names[seed % names.length] ?? 'warm-standby'
  const nativePeriodSeconds = chance.pick([1, 10, 10, 60])
  const drawn = chance.pick(FAULTS_DRAWN)
  const fault: LabFault = drawn === 'grey' ? chance.pick(['grey-overload', 'grey-network'] as const) : drawn
  const periodMs = chance.pick([500, 1000, 1000, 1000, 2000, 5000])
  const timeoutMs = Math.round(periodMs * chance.pick([1, 2, 2, 2, 2, 3]))
  const file = vary(loadWorld(strategy), chance, {
    nativePeriodSeconds,
    isOverloaded: fault === 'grey-overload',
  })
  const holdMs = chance.whole(30, 120) * 1000
  return {
    seed,
    strategy,
    file,
    fault,
    ending: chance.is(0.7)
      ? { how: 'seen', afterSeconds: 600 }
      : { how: chance.is(0.5) ? 'undo' : 'expiry', afterSeconds: chance.whole(20, 300) },
    periodMs,
    timeoutMs,
    goodInARow: chance.whole(1, Math.max(1, Math.floor(holdMs / periodMs / 3))),
    holdMs: Math.max(holdMs, periodMs * 10 + timeoutMs * 2),
    vantages: Math.min(3, chance.pick([1, 1, 2, 3, 3])),
    nativePeriodSeconds,
    actAfterSeconds: chance.whole(20, 120),
    pausedSeconds: chance.is(0.3) ? chance.whole(2, 40) : 0,
    ...spoilt(seed, {
      clockErrorMicros: chance.is(0.3) ? chance.whole(5_000, 300_000) : 0,
      lostShare: chance.is(0.3) ? chance.between(0, 0.1) : 0,
      deadForSeconds: chance.is(0.15) ? chance.between(1, 25) : 0,
      stallShare: chance.is(0.3) ? chance.between(0, 0.1) : 0,
      throttledShare: chance.is(0.2) ? chance.between(0, 0.3) : 0,
      isReadEarly: chance.is(0.2),
    }),
  }
}

function spoilt(seed: number, spoiling: Spoiling): Pick<Drill, 'spoiling' | 'skew'> {
  return { spoiling, skew: drawSkew(seed, spoiling) }
}

/** Half a second to five, either way, of the prober's clock and of CloudWatch's; of drills whose clocks are not off otherwise. */
function drawSkew(seed: number, spoiling: Spoiling): Skew | undefined {
  const chance = chanceOf(seed, 'skew')
  if (spoiling.clockErrorMicros > 0 || !chance.is(SKEWED_SHARE)) return undefined
  const off = () => Math.round((chance.is(0.5) ? 1 : -1) * chance.between(500_000, 5_000_000))
  return { proberMicros: off(), driftPerMillion: chance.between(-90, 90), cloudMicros: off() }
}

/** The same world with other times, sizes and habits. */
function vary(
  found: WorldFile,
  chance: Chance,
  { nativePeriodSeconds, isOverloaded }: Readonly<{ nativePeriodSeconds: number; isOverloaded: boolean }>,
): WorldFile {
  const file = structuredClone(found)
  const { spec } = file
  const ttl = chance.whole(5, 90)
  const intervalSeconds = chance.pick([10, 10, 30] as const)
  const failureThreshold = chance.whole(1, 4)
  const instances = chance.whole(2, 9)
  for (const zone of spec.zones) {
    zone.soaMinimumSeconds = chance.whole(5, 90)
    zone.soaTtlSeconds = chance.whole(5, 90)
    for (const record of zone.records)
      if (record.loadBalancer !== undefined) record.ttl = record.alias === undefined ? ttl : record.ttl
  }
  for (const check of spec.healthChecks) Object.assign(check, { intervalSeconds, failureThreshold })
  for (const balancer of spec.loadBalancers)
    Object.assign(balancer.healthCheck, {
      intervalSeconds: chance.whole(5, 20),
      unhealthyThreshold: chance.whole(2, 4),
      healthyThreshold: chance.whole(2, 5),
    })
  for (const group of spec.groups) {
    if (group.instances > 0) {
      // Fewer servers each carry more, or the service would be ill before anything is done to it.
      if (group.requestsPerSecondMax !== undefined)
        group.requestsPerSecondMax = Math.ceil((group.requestsPerSecondMax * group.instances) / instances)
      group.instances = instances
    }
    // Out of a backup it takes a quarter of an hour; that is long, not different.
    if (group.bootSeconds[0] > 120) group.bootSeconds = [90, 150]
  }
  for (const group of isOverloaded ? spec.groups : [])
    group.requestsPerSecondMax = Math.ceil((100 / instances) * chance.between(1.02, 1.3))
  for (const population of spec.populations)
    Object.assign(population, {
      overstaying: chance.whole(0, 4),
      overstayFactorMax: chance.between(1, 5),
      retries: isOverloaded ? 0 : chance.pick([0, 0, 1]),
    })
  for (const metric of spec.availability)
    metric.periodSeconds = nativePeriodSeconds === 1 ? 1 : nativePeriodSeconds === 10 ? 10 : 60
  for (const store of spec.stores) {
    for (const replica of store.replicas)
      if (replica.lagSeconds !== undefined) {
        const lag = chance.between(0.1, 15)
        replica.lagSeconds = [lag, lag * chance.between(1, 2)]
      } else replica.backupEverySeconds = chance.whole(30, 200)
    store.promotesAfterSeconds = [10, chance.whole(11, 60)]
    store.onReturn = chance.pick(['merge', 'discard'] as const)
  }
  return file
}
