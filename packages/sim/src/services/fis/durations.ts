import { SECOND, type Micros } from '../../world/model.ts'

/** The shortest duration FIS takes for most actions. */
export const MIN_DURATION: Micros = 60 * SECOND
/** The shortest one for actions on volumes. */
export const MIN_VOLUME_DURATION: Micros = SECOND
/** The shortest and the longest time from a Spot interruption's announcement to the interruption. */
export const [MIN_NOTICE, MAX_NOTICE]: readonly [Micros, Micros] = [120 * SECOND, 900 * SECOND]
/** The longest of an action, and of a whole experiment. */
export const MAX_DURATION: Micros = 12 * 3600 * SECOND

/** Reads an ISO 8601 duration of hours, minutes and seconds (`PT1H30M`); `undefined` if it is not one. */
export function parseDuration(text: string): Micros | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text)
  if (match === null || /^P(?:.*T)?$/.test(text)) return undefined
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * SECOND
}
