import {
  worldInstant,
  type AlarmTransition,
  type MetricBucket,
  type Sample,
  type WorldInstant,
} from '@firedrill/core'
import { SECOND, type World } from '@firedrill/sim'
import type { Chance } from './chance.ts'

const MINUTE = 60 * SECOND
const AVAILABILITY = {
  region: 'eu-central-1',
  namespace: 'Larkspur/Checkout',
  name: 'Availability',
  dimensions: { Service: 'checkout' },
}
export const ALARM = 'checkout-availability'

/** Where the worlds keep their availability metric and its alarm; a world of one Region has it there. */
function homeOf(world: World): string {
  return [...world.populations.availability.values()][0]?.region ?? AVAILABILITY.region
}

/** Closed buckets of the users' availability that can be read now; `throttledShare` of them are behind calls that failed. */
export function readMetrics(
  world: World,
  range: Readonly<{ from: number; periodSeconds: number }>,
  throttledShare: number,
  chance: Chance,
): readonly MetricBucket[] {
  const { periodSeconds } = range
  const period = Math.max(MINUTE, periodSeconds * SECOND)
  const from = Math.floor(range.from / period) * period
  const to = Math.floor(world.now() / period) * period
  const found = world.metrics.query({ ...AVAILABILITY, region: homeOf(world) }, { from, to, periodSeconds })
  const missing = Math.round(found.length * throttledShare)
  const first = chance.whole(0, Math.max(0, found.length - missing))
  return found.flatMap(({ at, sum, count }, index) =>
    index >= first && index < first + missing
      ? []
      : [{ start: worldInstant(at), periodSeconds, value: sum / count }],
  )
}

/** When the availability alarm went on and off, exactly. */
export function trueAlarms(world: World): readonly Readonly<{ at: number; isOn: boolean }>[] {
  return world.kernel.transitions
    .all()
    .flatMap(({ subject, to, at }) =>
      subject.startsWith('alarm:') && subject.endsWith(`:${ALARM}`) ? [{ at, isOn: to === 'ALARM' }] : [],
    )
}

/** The alarm's history as CloudWatch tells it: its clock may be off, by up to the second that is assumed and by `offset`. */
export function readAlarm(
  world: World,
  offset: number,
  chance: Chance,
): Readonly<{ transitions: readonly AlarmTransition[]; readTo: WorldInstant }> {
  const transitions = world.kernel.transitions.all().flatMap(({ subject, from, to, at }) => {
    if (!subject.startsWith('alarm:') || !subject.endsWith(`:${ALARM}`)) return []
    const stamp = Math.floor((at + offset + chance.between(-0.9, 0.9) * SECOND) / 1000) * 1000
    return [{ at: worldInstant(stamp), from, to }]
  })
  return { transitions, readTo: worldInstant(world.now()) }
}

/** What the prober publishes, as CloudWatch gives it back: the worst of each second in which a probe started. */
export function publishedMetrics(
  samples: readonly Sample[],
  probe: string,
  vantages: readonly string[],
): readonly Readonly<{ probe: string; vantage: string; buckets: readonly MetricBucket[] }>[] {
  return vantages.map((vantage) => {
    const worst = new Map<number, number>()
    for (const sample of samples) {
      if (sample.vantage !== vantage || sample.outcome === 'unusable') continue
      const second = Math.floor(sample.start / SECOND) * SECOND
      worst.set(second, Math.min(worst.get(second) ?? 100, sample.outcome === 'good' ? 100 : 0))
    }
    const buckets = [...worst].map(([start, value]) => ({
      start: worldInstant(start),
      periodSeconds: 1,
      value,
    }))
    return { probe, vantage, buckets: buckets.toSorted((a, b) => a.start - b.start) }
  })
}
