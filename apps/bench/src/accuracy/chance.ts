import { seededRandom } from '@firedrill/testkit'

/** Draws that repeat by seed. */
export type Chance = Readonly<{
  /** In [0, 1). */
  next(): number
  between(lo: number, hi: number): number
  whole(lo: number, hi: number): number
  is(share: number): boolean
  pick<T>(from: readonly [T, ...T[]]): T
}>

/** Draws by a seed and a name: what one purpose draws never depends on how much another one drew. */
export function chanceOf(seed: number, purpose: string): Chance {
  let hash = seed >>> 0
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193) >>> 0
  const { next } = seededRandom(hash)
  const between = (lo: number, hi: number) => lo + next() * (hi - lo)
  const whole = (lo: number, hi: number) => Math.floor(between(lo, hi + 1))
  return {
    next,
    between,
    whole,
    is: (share) => next() < share,
    pick: (from) => from[whole(0, from.length - 1)] ?? from[0],
  }
}
