import { measure, type DurationInterval } from '@firedrill/core'
import { loadWorld, type WorldFile } from '@firedrill/sim'
import { chanceOf } from '../accuracy/chance.ts'
import type { Drill } from '../accuracy/draw-drill.ts'
import { openLab } from '../accuracy/lab-site.ts'
import { injectionAt, runDrill } from '../accuracy/run-drill.ts'

/** What became of the world since the baseline. */
export const CHANGES = ['none', 'a-fifth-slower', 'one-check-more'] as const
export type Change = (typeof CHANGES)[number]

const WORLD = 'warm-standby'

/**
 * Plays one drill in the lab and answers its recovery time as core measures it. Odd seeds lose every instance, even ones the
 * Region. `a-fifth-slower`: from the fault on everything in the world takes 1.2 times as long, and whoever watches keeps time. `one-check-more`: a health
 * check has to fail four times instead of three, which moves a recovery by nothing or by the life of a cached answer.
 */
export async function playRecovery(seed: number, change: Change): Promise<DurationInterval | undefined> {
  const drill = drillOf(
    seed,
    change === 'one-check-more' ? withOneCheckMore(loadWorld(WORLD)) : loadWorld(WORLD),
  )
  const slow = { from: injectionAt(chanceOf(seed, 'run')), times: change === 'a-fifth-slower' ? 1.2 : 1 }
  const { input } = await runDrill(drill, (wanted) => openLab(wanted, slow))
  return measure(input).objectives.find(({ objective }) => objective === 'probe')?.observed
}

function drillOf(seed: number, file: WorldFile): Drill {
  return {
    seed,
    strategy: WORLD,
    file,
    fault: seed % 2 === 0 ? 'region' : 'instances',
    ending: { how: 'seen', afterSeconds: 600 },
    periodMs: 1000,
    timeoutMs: 2000,
    goodInARow: 10,
    holdMs: 30_000,
    vantages: 1,
    nativePeriodSeconds: 60,
    actAfterSeconds: 60,
    pausedSeconds: 0,
    spoiling: {
      clockErrorMicros: 0,
      lostShare: 0,
      deadForSeconds: 0,
      stallShare: 0,
      throttledShare: 0,
      isReadEarly: true,
    },
  }
}

function withOneCheckMore(file: WorldFile): WorldFile {
  for (const check of file.spec.healthChecks) check.failureThreshold += 1
  return file
}
