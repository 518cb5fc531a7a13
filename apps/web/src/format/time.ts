/** Which clock face times are written in. */
export const ZONES = ['UTC', 'local'] as const
export type Zone = (typeof ZONES)[number]

const two = (value: number) => String(value).padStart(2, '0')

function fieldsOf(micros: number, zone: Zone) {
  const date = new Date(Math.floor(micros / 1000))
  return zone === 'UTC'
    ? {
        date,
        hours: date.getUTCHours(),
        minutes: date.getUTCMinutes(),
        seconds: date.getUTCSeconds(),
        timeZone: 'UTC',
      }
    : {
        date,
        hours: date.getHours(),
        minutes: date.getMinutes(),
        seconds: date.getSeconds(),
        timeZone: undefined,
      }
}

/** Time of day of an instant in microseconds, cut (never rounded) to `digits` decimals of a second. */
export function clockTime(micros: number, zone: Zone, digits: 0 | 1 | 3 = 1): string {
  const { hours, minutes, seconds } = fieldsOf(micros, zone)
  const inSecond = ((micros % 1_000_000) + 1_000_000) % 1_000_000
  const fraction = digits === 0 ? '' : `.${String(inSecond).padStart(6, '0').slice(0, digits)}`
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}`
}

/** Day of an instant in words. */
export function dayOf(micros: number, zone: Zone): string {
  const { date, timeZone } = fieldsOf(micros, zone)
  const format = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
  return date.toLocaleDateString('en-GB', timeZone === undefined ? format : { ...format, timeZone })
}

/** Day and minute of an instant, short, for lists. */
export function shortMoment(micros: number, zone: Zone): string {
  const { date, timeZone, hours, minutes } = fieldsOf(micros, zone)
  const format = { day: 'numeric', month: 'short' } as const
  const day = date.toLocaleDateString('en-GB', timeZone === undefined ? format : { ...format, timeZone })
  return `${day} ${two(hours)}:${two(minutes)}`
}

/** How long ago, in words; always shown with the moment itself. */
export function ago(micros: number, nowMicros: number): string {
  const seconds = Math.max(0, Math.floor((nowMicros - micros) / 1_000_000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} days ago`
}

/** Name of the zone as it stands beside a time. */
export function zoneName(zone: Zone): string {
  return zone === 'UTC' ? 'UTC' : 'local time'
}
