import type { DrillWindow } from '../../environment/environment.ts'
import type { PlatformInstant } from '../../time/instant.ts'
import { allow, refuse, type CalendarFacts, type Guardrail } from '../guardrail.ts'

/** It is a time of the week at which the environment's owner allows drills. */
export const window = {
  code: 'window',
  ask({ environment: { windows }, now }: CalendarFacts) {
    if (windows.length === 0) return allow('the environment allows drills at any time of the week')
    return insideWindow(windows, now)
      ? allow('inside an allowed window of the environment')
      : refuse(`outside every allowed window of the environment: ${windows.map(inWords).join('; ')}`)
  },
} as const satisfies Guardrail

function inWords({ days, fromMinute, toMinute, timeZone }: DrillWindow): string {
  return `${days.join(', ')} ${timeOfDay(fromMinute)} to ${timeOfDay(toMinute)} ${timeZone}`
}

function timeOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** True when there are no windows or `now` lies in one, by the wall clock of the window's zone. */
export function insideWindow(windows: readonly DrillWindow[], now: PlatformInstant): boolean {
  if (windows.length === 0) return true
  return windows.some((one) => {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: one.timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).formatToParts(now / 1000)
    const read = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
    const minute = Number(read('hour')) * 60 + Number(read('minute'))
    const today = read('weekday').toLowerCase()
    return one.days.some((day) => day === today) && minute >= one.fromMinute && minute < one.toMinute
  })
}
