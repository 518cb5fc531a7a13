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

/** Day of an instant, short, for an axis. */
export function shortDay(micros: number, zone: Zone): string {
  const { date, timeZone } = fieldsOf(micros, zone)
  const format = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
  return date.toLocaleDateString('en-GB', timeZone === undefined ? format : { ...format, timeZone })
}

/** Day and minute of an instant, short, for lists. */
export function shortMoment(micros: number, zone: Zone): string {
  const { date, timeZone, hours, minutes } = fieldsOf(micros, zone)
  const format = { day: 'numeric', month: 'short' } as const
  const day = date.toLocaleDateString('en-GB', timeZone === undefined ? format : { ...format, timeZone })
  return `${day} ${two(hours)}:${two(minutes)}`
}

/** Name of the zone as it stands beside a time. */
export function zoneName(zone: Zone): string {
  return zone === 'UTC' ? 'UTC' : 'local time'
}
