import type { Measurement, Verdict } from '@firedrill/contracts'
import { fakeHash, world } from './clock.ts'

/** Objectives of a told run in seconds. */
export type Limits = Readonly<{ recovery: number; customers: number; detection: number }>

/** All three objectives are held under these. */
export const EASY: Limits = { recovery: 300, customers: 300, detection: 180 }
/** One held, one undecided, one deviated. */
export const MIXED: Limits = { recovery: 300, customers: 100, detection: 60 }

/** The objectives of the told run with what was observed, in seconds. */
export const OBJECTIVES = [
  { name: 'recovery', kind: 'recovery-time', lo: 94.6, hi: 97.1, max: (limits: Limits) => limits.recovery },
  {
    name: 'recovery-all-customers',
    kind: 'recovery-time',
    lo: 80,
    hi: 120,
    max: (limits: Limits) => limits.customers,
  },
  {
    name: 'detection',
    kind: 'detection-time',
    lo: 97.3,
    hi: 100.8,
    max: (limits: Limits) => limits.detection,
  },
] as const

/** What the platform would have measured. */
export function measurementOf(
  limits: Limits,
  { isFinal, isAborted }: Readonly<{ isFinal: boolean; isAborted: boolean }>,
): Measurement {
  const objectives = OBJECTIVES.map(({ name, kind, lo, hi, max }) => {
    const limit = max(limits)
    const verdict: Verdict = isAborted
      ? 'inconclusive'
      : hi <= limit
        ? 'held'
        : lo > limit
          ? 'deviated'
          : 'inconclusive'
    return {
      objective: name,
      kind,
      maxMicros: limit * 1_000_000,
      verdict,
      ...(isAborted ? {} : { observed: { lo: lo * 1_000_000, hi: hi * 1_000_000 } }),
      method:
        kind === 'detection-time'
          ? 'first change of alarm checkout-availability to ALARM (stamp ±1 s) after the onset that probe checkout saw'
          : 'probe checkout every 1 s, out when at least half of 3 vantages are; recovered means 30 good in a row and no new failure for 2 min',
      reason: isAborted ? 'the run was aborted' : reasonOf(verdict),
      ...(verdict === 'inconclusive' && !isAborted ? { wouldDecide: 'periods of 5 s instead of 10 s' } : {}),
      ...(name === 'recovery' && !isAborted ? { vantages: vantages() } : {}),
    }
  })
  const worst = (['deviated', 'inconclusive'] as const).find((word) =>
    objectives.some(({ verdict }) => verdict === word),
  )
  return {
    provisional: !isFinal,
    verdict: worst ?? 'held',
    reason: isAborted
      ? 'the run was aborted: it was enough'
      : worst === undefined
        ? 'all 3 objectives held: recovery, recovery-all-customers, detection'
        : 'detection: the alarm went off in 97.3 s to 100.8 s, over the objective of 60 s by at least 37.3 s',
    objectives,
    points: isAborted
      ? {}
      : {
          injected: {
            lo: world(66),
            hi: world(73.4),
            source: 'describe calls on the targets',
            clock: 'platform',
          },
          onset: { lo: world(70.4), hi: world(72.6), source: 'probe checkout', clock: 'prober' },
          switched: {
            lo: world(164.9),
            hi: world(167.3),
            source: 'answers of probe checkout',
            clock: 'prober',
          },
          'first-good': { lo: world(148.2), hi: world(149.9), source: 'probe checkout', clock: 'prober' },
          recovered: { lo: world(166.1), hi: world(168.3), source: 'probe checkout', clock: 'prober' },
          detected: {
            lo: world(169.9),
            hi: world(171.2),
            source: 'alarm checkout-availability',
            clock: 'CloudWatch, ±1 s',
          },
          restored: {
            lo: world(331),
            hi: world(352.1),
            source: 'describe calls on the targets',
            clock: 'platform',
          },
        },
    parts: isAborted
      ? {}
      : {
          detect: { lo: 97_300_000, hi: 100_800_000 },
          propagate: { lo: 75_600_000, hi: 79_500_000 },
          ramp: { lo: 16_200_000, hi: 20_100_000 },
        },
    crossChecks: [
      {
        source: 'recovery: probe checkout as published to CloudWatch',
        observed: { lo: 94_000_000, hi: 98_000_000 },
        agrees: true,
        note: 'from 1-second metrics, which overlaps the samples',
      },
    ],
    samples: ['checkout', 'checkout-name'].flatMap((probe) =>
      ['eu-west', 'eu-central', 'us-east'].map((vantage) => ({
        probe,
        vantage,
        good: 318,
        bad: 94,
        unusable: 2,
      })),
    ),
    evidence: [fakeHash('samples')],
  }
}

function reasonOf(verdict: Verdict): string {
  switch (verdict) {
    case 'held':
      return 'the service recovered in 94.6 s to 97.1 s, within the objective by at least 3 min 22.9 s'
    case 'deviated':
      return 'the alarm went off in 97.3 s to 100.8 s, over the objective of 60 s by at least 37.3 s'
    case 'inconclusive':
      return '80 s to 120 s: the objective of 100 s lies inside, 20 s above the least and 20 s below the most it can have been'
    case 'not-run':
      return 'nothing was injected'
  }
}

function vantages() {
  return [
    {
      vantage: 'eu-west',
      observed: { lo: 94_600_000, hi: 97_100_000 },
      note: '1 min 34.6 s to 1 min 37.1 s',
    },
    {
      vantage: 'eu-central',
      observed: { lo: 81_000_000, hi: 83_200_000 },
      note: '1 min 21.0 s to 1 min 23.2 s',
    },
    {
      vantage: 'us-east',
      observed: { lo: 92_000_000, hi: 94_400_000 },
      note: '1 min 32.0 s to 1 min 34.4 s',
    },
  ]
}
