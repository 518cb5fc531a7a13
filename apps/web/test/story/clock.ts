/** World time at which every told run begins: 19 November 2026, 13:56:00 UTC, in microseconds. */
export const STORY_START = Date.UTC(2026, 10, 19, 13, 56, 0) * 1000
/** World seconds per platform second. */
export const STORY_RATE = 10

/** World microseconds of a moment given in world seconds since the start. */
export const world = (seconds: number): number => STORY_START + Math.round(seconds * 1_000_000)

/** Platform microseconds of the same moment. */
export const platform = (seconds: number): number =>
  STORY_START + Math.round((seconds * 1_000_000) / STORY_RATE)

/** A hash that looks like one and is the same in every test run. */
export function fakeHash(seed: string): string {
  let value = 2_166_136_261
  let text = ''
  for (let round = 0; text.length < 64; round++) {
    for (const char of `${seed}${round}`) value = Math.imul(value ^ char.charCodeAt(0), 16_777_619) >>> 0
    text += value.toString(16).padStart(8, '0')
  }
  return text.slice(0, 64)
}
