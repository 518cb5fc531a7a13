import { distanceBetween, placeOf } from './geography.ts'
import type { RecordSet } from './model.ts'

/** A multivalue answer has at most this many values. */
const MULTIVALUE_MAX = 8

/** What a choice among record sets depends on, besides the sets. */
export interface Asker {
  /** The Region the asking resolver is in; null where that is not known. */
  readonly region: string | null
  /** Number of the routing slot, so that an answer depends on its instant only. */
  readonly slot: number
  readonly isHealthy: (record: RecordSet) => boolean
}

/**
 * Route 53's choice among record sets of one name and type. Only healthy sets are considered; where none is healthy
 * all of them are.
 */
export const chooseRecords = (sets: readonly RecordSet[], asker: Asker): readonly RecordSet[] => {
  const [first] = sets
  if (first === undefined) return []
  const healthy = sets.filter((record) => asker.isHealthy(record))
  const usable = healthy.length > 0 ? healthy : sets
  switch (first.routing.policy) {
    case 'simple':
      return [first]
    case 'failover':
      return [usable.find(isPrimary) ?? usable[0] ?? first]
    case 'weighted':
      return [byWeight(usable, asker.slot) ?? first]
    case 'multivalue':
      return usable.length > MULTIVALUE_MAX ? turned(usable, asker.slot).slice(0, MULTIVALUE_MAX) : usable
    case 'latency':
      return [byLatency(usable, asker.region) ?? first]
    case 'geolocation':
      return byLocation(sets, usable, asker.region)
    default:
      return first.routing satisfies never
  }
}

const isPrimary = ({ routing }: RecordSet): boolean =>
  routing.policy === 'failover' && routing.role === 'PRIMARY'

/** In proportion to the weights; sets of weight 0 are taken only where there is nothing else. */
const byWeight = (sets: readonly RecordSet[], slot: number): RecordSet | undefined => {
  const weight = ({ routing }: RecordSet): number => (routing.policy === 'weighted' ? routing.weight : 0)
  const total = sets.reduce((sum, record) => sum + weight(record), 0)
  if (total === 0) return sets[0]
  // Weights are dealt out over routing slots by the golden ratio, which spreads them evenly.
  let point = ((slot * 0.618_033_988_749_895) % 1) * total
  for (const record of sets) {
    point -= weight(record)
    if (point < 0) return record
  }
  return sets[0]
}

const byLatency = (sets: readonly RecordSet[], region: string | null): RecordSet | undefined => {
  const distance = ({ routing }: RecordSet): number =>
    region === null || routing.policy !== 'latency' ? 0 : distanceBetween(region, routing.region)
  return sets.reduce<RecordSet | undefined>(
    (best, record) => (best === undefined || distance(record) < distance(best) ? record : best),
    undefined,
  )
}

/** Country before continent before the default; a place that nothing fits has no answer, however healthy the others are. */
const byLocation = (
  sets: readonly RecordSet[],
  usable: readonly RecordSet[],
  region: string | null,
): readonly RecordSet[] => {
  const place = region === null ? undefined : placeOf(region)
  const fits = ({ routing }: RecordSet, code: string, value: string | undefined): boolean =>
    routing.policy === 'geolocation' && value !== undefined && routing.location[code] === value
  const ranked = (candidates: readonly RecordSet[]): readonly RecordSet[] => [
    ...candidates.filter((record) => fits(record, 'CountryCode', place?.country)),
    ...candidates.filter((record) => fits(record, 'ContinentCode', place?.continent)),
    ...candidates.filter((record) => fits(record, 'CountryCode', '*')),
  ]
  const [chosen = ranked(sets)[0]] = ranked(usable)
  return chosen === undefined ? [] : [chosen]
}

const turned = <T>(items: readonly T[], by: number): readonly T[] => {
  const at = by % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}
