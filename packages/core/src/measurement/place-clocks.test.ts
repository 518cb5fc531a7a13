import { describe, expect, it } from 'vitest'
import { compiledScenarioSchema } from '../scenario/scenario.ts'
import { worldInstant } from '../time/instant.ts'
import { clockAgreements, type ClockReading } from './clock-reading.ts'
import { measure } from './measure.ts'
import type { MeasureInput } from './measure-input.ts'
import type { Sample } from './interval.ts'

const START = 1_767_225_600_000_000
const SECOND = 1_000_000
const at = (seconds: number) => worldInstant(Math.round(START + seconds * SECOND))

/** Readings of a clock whose offset at a second is known, each as wide as its way was long. */
function readingsOf(
  aheadAt: (seconds: number) => number,
  clock = 'prober',
  width = 3000,
): readonly ClockReading[] {
  return Array.from({ length: 61 }, (_, index) => {
    const second = index * 5
    const ahead = aheadAt(second)
    const lo = Math.floor(ahead - width * ((index * 0.618) % 1))
    return { clock, at: at(second), lo, hi: lo + width }
  })
}

const drifting = (seconds: number) => 3_400_000 + seconds * 90

describe('what readings of a clock come to', () => {
  it.each([
    ['drifts', drifting, false],
    ['is behind', () => -4_999_000, false],
    ['stood still for two seconds', (seconds: number) => (seconds < 123 ? 500 : -1_999_500), true],
  ])('holds at every instant of a clock that %s', (_, aheadAt, hasStepped) => {
    const [agreement] = clockAgreements(readingsOf(aheadAt))
    if (agreement === undefined) throw new Error('there are no readings')
    expect(agreement.hasStepped).toBe(hasStepped)
    for (let second = 0; second <= 300; second++)
      expect(Math.abs(aheadAt(second) - agreement.offsetMicros)).toBeLessThanOrEqual(agreement.errorMicros)
    const lengths = [10, 100, 290].map((second) => Math.abs(aheadAt(second) - aheadAt(second + 10)))
    expect(Math.max(...lengths)).toBeLessThanOrEqual(agreement.lengthErrorMicros)
  })

  it('is far finer than a second where seconds are all that is told, since they turn at different instants', () => {
    const [agreement] = clockAgreements(readingsOf(() => 1_234_567, 'cloudwatch', SECOND))
    expect(Math.abs((agreement?.offsetMicros ?? 0) - 1_234_567)).toBeLessThanOrEqual(
      agreement?.errorMicros ?? 0,
    )
    expect(agreement?.errorMicros).toBeLessThan(50_000)
  })
})

/** One probe a second from 0 to 300 s, of a service that is away from 100 to 140 s, by a clock that is ahead. */
function seenBy(aheadAt: (seconds: number) => number, clocks?: readonly ClockReading[]): MeasureInput {
  const samples = Array.from({ length: 300 }, (_, second): Sample => {
    const isBad = second >= 100 && second < 140
    const start = worldInstant(Math.round(at(second) + aheadAt(second)))
    const outcome = isBad ? ('bad' as const) : ('good' as const)
    return {
      probe: 'front',
      vantage: 'here',
      start,
      end: worldInstant(start + 50_000),
      outcome,
      ...(isBad ? { detail: 'refused' } : { detail: '192.0.2.1' }),
    }
  })
  return {
    scenario: compiledScenarioSchema.parse({
      apiVersion: 'firedrill.dev/v1',
      kind: 'Scenario',
      name: 's',
      title: 's',
      description: '',
      hypothesis: 'h',
      labels: {},
      response: 'automatic',
      acceptIrreversible: false,
      blastRadius: { targetsMax: 1, percentMax: 100 },
      probes: [{ kind: 'tcp', name: 'front', periodMs: 1000, timeoutMs: 500, host: 'a.test', port: 80 }],
      steadyState: { forMs: 10_000, probes: ['front'], successRatioMin: 1 },
      steps: [{ kind: 'wait', name: 'w', after: [], durationMs: 1 }],
      objectives: [
        {
          kind: 'recovery-time',
          name: 'rto',
          maxMs: 60_000,
          source: { from: 'probe', probe: 'front' },
          sustained: { goodInARow: 3, holdMs: 30_000 },
        },
      ],
      stopConditions: [],
      timing: { observeMaxMs: 1, recoverWithinMs: 1, settleMs: 1 },
    }),
    vantages: ['here'],
    samples,
    clocks,
    faultsConfirmed: true,
    injected: { lo: at(99.9), hi: at(100) },
    undoIssuedAt: at(200),
    restored: { lo: at(200), hi: at(210) },
    provisional: false,
    observedTo: at(299),
    evidence: [],
  }
}

const figureOf = (input: MeasureInput) => {
  const { objectives, points, clocks } = measure(input)
  return { observed: objectives[0]?.observed, onset: points.onset, recovered: points.recovered, clocks }
}

describe('a prober whose clock is off', () => {
  const behind = (seconds: number) => -4_400_000 + seconds * 90

  it('gives the same figures as one whose clock is right, wider by what is not known of it', () => {
    const right = figureOf(seenBy(() => 0))
    for (const aheadAt of [drifting, behind]) {
      const { observed, onset, recovered, clocks } = figureOf(seenBy(aheadAt, readingsOf(aheadAt)))
      expect(clocks).toHaveLength(1)
      expect(observed?.lo).toBeLessThanOrEqual(40 * SECOND)
      expect(observed?.hi).toBeGreaterThanOrEqual(40 * SECOND)
      const width = (observed?.hi ?? Infinity) - (observed?.lo ?? 0)
      expect(width - ((right.observed?.hi ?? 0) - (right.observed?.lo ?? 0))).toBeLessThan(200_000)
      expect(onset?.lo).toBeLessThanOrEqual(at(100))
      expect(onset?.hi).toBeGreaterThanOrEqual(at(100))
      expect(recovered?.lo).toBeLessThanOrEqual(at(140))
      expect(recovered?.hi).toBeGreaterThanOrEqual(at(140))
    }
  })

  it('misses the truth where nobody compared it', () => {
    const { observed, recovered } = figureOf(seenBy(behind))
    // What it saw before the fault by its own clock is cut off, and is missing at the end.
    expect(observed?.hi).toBeLessThan(40 * SECOND)
    expect(recovered?.hi).toBeLessThan(at(140))
  })
})
