/** A figure and its unit; units are set lighter than figures. */
export type DurationPart = Readonly<{ figure: string; unit: string }>

/** A length of time in microseconds as figures with units, cut down to tenths (or whole seconds), so that it never seems longer. */
export function durationParts(micros: number, digits: 0 | 1 = 1): readonly DurationPart[] {
  const tenths = Math.floor(Math.max(0, micros) / 100_000)
  const hours = Math.floor(tenths / 36_000)
  const minutes = Math.floor(tenths / 600) % 60
  const seconds = (tenths % 600) / 10
  const parts: DurationPart[] = []
  if (hours > 0) parts.push({ figure: String(hours), unit: 'h' })
  if (minutes > 0 || hours > 0) parts.push({ figure: String(minutes), unit: 'min' })
  if (hours === 0)
    parts.push({
      figure:
        digits === 0
          ? String(Math.floor(seconds)).padStart(minutes > 0 ? 2 : 1, '0')
          : seconds.toFixed(1).padStart(minutes > 0 ? 4 : 1, '0'),
      unit: 's',
    })
  return parts
}

/** The same as text: `7 min 26.6 s`. */
export function duration(micros: number, digits: 0 | 1 = 1): string {
  return durationParts(micros, digits)
    .map(({ figure, unit }) => `${figure} ${unit}`)
    .join(' ')
}

/** An objective as people write it: `5 min`, `90 s`. */
export function limit(micros: number): string {
  const seconds = micros / 1_000_000
  if (seconds < 120) return `${Number(seconds.toFixed(1))} s`
  const minutes = Math.floor(seconds / 60)
  const rest = Math.round(seconds - minutes * 60)
  return rest === 0 ? `${minutes} min` : `${minutes} min ${String(rest).padStart(2, '0')} s`
}

/** A round distance on an axis: `30 s`, `2 min`, `1 min 30 s`. */
export function axisDistance(micros: number): string {
  const seconds = Math.round(micros / 1_000_000)
  if (seconds % 60 === 0) return `${seconds / 60} min`
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** How the world's time goes beside that on the wall. */
export function worldSpeed(rate: number): string {
  if (rate === 1) return 'as on the wall'
  return rate === 0 ? 'in jumps' : `×${rate}`
}
