import { formatInstant, type WorldInstant } from '@firedrill/core'

/** `2026-11-19` of an instant in microseconds, UTC. */
export function dateText(micros: number): string {
  return formatInstant(micros as WorldInstant).slice(0, 10)
}

/** `14:02:11.0` of an instant in microseconds, UTC; decimals are cut off, never rounded up into the next second. */
export function clockText(micros: number, digits: 0 | 1 | 3 = 1): string {
  const text = formatInstant(micros as WorldInstant)
  return digits === 0 ? text.slice(11, 19) : text.slice(11, 20 + digits)
}

/** A point that lies in [lo, hi]: one clock time when both read the same, else both. */
export function spanText({ lo, hi }: Readonly<{ lo: number; hi: number }>): string {
  const [from, to] = [clockText(lo), clockText(hi)]
  return from === to ? from : `${from} to ${to}`
}

/** Bytes as people read them. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
