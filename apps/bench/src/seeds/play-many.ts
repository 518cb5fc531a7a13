import type { Weakness } from './cloud.ts'
import { playSeed } from './play-seed.ts'

/** A seed that broke a promise, with the first that it broke. */
export type BrokenSeed = Readonly<{ seed: number; problem: string }>

/** What many seeds came to. */
export type Many = Readonly<{ seeds: number; steps: number; runs: number; broken: readonly BrokenSeed[] }>

/** The line that plays one seed again. */
export function repeatLine(seed: number): string {
  return `npm run bench -- seeds --seed ${seed}`
}

/** Plays `count` seeds from `from` on; ends early once `brokenMax` of them broke a promise. */
export async function playMany(
  from: number,
  count: number,
  options: Readonly<{ weakness?: Weakness; brokenMax?: number }> = {},
): Promise<Many> {
  const broken: BrokenSeed[] = []
  let [seeds, steps, runs] = [0, 0, 0]
  for (let seed = from; seed < from + count && broken.length < (options.brokenMax ?? Infinity); seed++) {
    const played = await playSeed(seed, options.weakness)
    seeds += 1
    steps += played.steps
    runs += played.runs.length
    const [problem] = played.problems
    if (problem !== undefined) broken.push({ seed, problem })
  }
  return { seeds, steps, runs, broken }
}
