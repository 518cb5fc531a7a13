import { platformInstant, type PlatformInstant } from '../time/instant.ts'
import { firstInstantOf, wallAt } from '../time/time-zone.ts'
import { comesOn, HORIZON_DAYS, type Cron } from './cron.ts'

const DAY_S = 86_400

/**
 * The instants after `after` at which a cron expression comes on the wall clock of a zone, ascending, without end. A time
 * that the clock skips comes at the first instant after the gap; one that the clock shows twice comes once, the first
 * time. Two times of one gap are one occurrence.
 */
export function* occurrencesAfter(
  cron: Cron,
  zone: string,
  after: PlatformInstant,
): Generator<PlatformInstant> {
  const afterSeconds = Math.floor(after / 1_000_000)
  const afterWall = wallAt(zone, afterSeconds)
  const firstDay = Math.floor(afterWall / DAY_S)
  let last = afterSeconds
  let quietSince = firstDay
  for (let day = firstDay; day - quietSince <= HORIZON_DAYS; day++) {
    if (!comesOn(cron, day)) continue
    quietSince = day
    for (const minute of cron.minutesOfDay) {
      const wall = day * DAY_S + minute * 60
      // A wall time that has been shown already cannot come first after `after`.
      if (wall <= afterWall) continue
      const instant = firstInstantOf(zone, wall)
      if (instant <= last) continue
      last = instant
      yield platformInstant(instant * 1_000_000)
    }
  }
}
