import { mintId, type Ids, type Random } from '@firedrill/core'

/** Numbers in [0, 1) that repeat by seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0
      let t = state
      t = Math.imul(t ^ (t >>> 15), t | 1)
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
    },
  }
}

/** Ids that repeat by seed; each is later than the one before it. */
export function seededIds(seed = 1): Ids {
  const random = seededRandom(seed)
  let unixMs = 1_767_225_600_000
  return {
    mint: (kind) => {
      unixMs += 1
      return mintId(
        kind,
        unixMs,
        Uint8Array.from({ length: 10 }, () => Math.floor(random.next() * 256)),
      )
    },
  }
}
