import { inWords } from '../verdict/judge.ts'
import type { ClockAgreement } from './clock-reading.ts'

/**
 * How far clocks were apart, for people: `clocks known to ± 12 ms: prober 3.4 s ahead of the platform, ± 12 ms in 31 comparisons`.
 * Undefined where one clock stamped everything.
 */
export function clocksInWords(agreements: readonly ClockAgreement[] | undefined): string | undefined {
  if (agreements === undefined || agreements.length === 0) return undefined
  const worst = Math.max(...agreements.map(({ errorMicros }) => errorMicros))
  return `clocks known to ± ${inWords(worst, 'up')}: ${agreements.map(oneInWords).join('; ')}`
}

function oneInWords({ clock, offsetMicros, errorMicros, readings, hasStepped }: ClockAgreement): string {
  const off = Math.abs(offsetMicros)
  const where = off < 1000 ? 'with' : `${inWords(off)} ${offsetMicros > 0 ? 'ahead of' : 'behind'}`
  const count = `${readings} ${readings === 1 ? 'comparison' : 'comparisons'}`
  const step = hasStepped ? ', and was set or stood still meanwhile' : ''
  return `${clock} ${where} the platform, ± ${inWords(errorMicros, 'up')} in ${count}${step}`
}
