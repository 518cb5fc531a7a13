import { formatWall, parseWall, timesShown, wallAt } from '../time/time-zone.ts'
import type { PlatformInstant } from '../time/instant.ts'
import type { ScheduleTime } from './schedule.ts'

/** An occurrence on the wall clock of its zone, and what a change of clocks does to it; the note is empty when nothing. */
export function onWallClock(
  when: ScheduleTime,
  at: PlatformInstant,
): Readonly<{ local: string; note: string }> {
  const seconds = Math.floor(at / 1_000_000)
  const wall = wallAt(when.timeZone, seconds)
  return { local: formatWall(wall), note: noteOf(when, seconds, wall) }
}

function noteOf(when: ScheduleTime, seconds: number, wall: number): string {
  const time = formatWall(wall).slice(11)
  const skipped = wall - wallAt(when.timeZone, seconds - 1) - 1
  if (skipped > 0) {
    const asked = when.kind === 'once' ? parseWall(when.local) : undefined
    if (asked !== wall && (asked !== undefined || skipped >= 60))
      return `clocks go forward to ${time} in ${when.timeZone}: a time that is skipped runs then`
  }
  return timesShown(when.timeZone, wall) === 'twice'
    ? `clocks go back: ${time} comes twice in ${when.timeZone}, and the first counts`
    : ''
}
