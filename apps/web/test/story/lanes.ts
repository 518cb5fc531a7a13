import type { ProbeLane } from '@firedrill/contracts'
import { world } from './clock.ts'
import { OUTAGE } from './script.ts'

const VANTAGES = [
  { vantage: 'eu-west', shift: 0, latency: 18 },
  { vantage: 'eu-central', shift: -14, latency: 31 },
  { vantage: 'us-east', shift: -3, latency: 94 },
]

/** What the probes saw up to a moment: good, an outage, a prober that was late once, and a gap in which nobody looked. */
export function lanesUntil(seconds: number): readonly ProbeLane[] {
  return ['checkout', 'checkout-name'].flatMap((probe) =>
    VANTAGES.map(({ vantage, shift, latency }) => {
      const points: ProbeLane['points'] = []
      for (let s = 3.4; s < seconds; s += 1) {
        if (vantage === 'us-east' && s > 205 && s < 221) continue
        points.push(
          point(s, {
            isDown: probe === 'checkout' && s > OUTAGE.from && s < OUTAGE.to + shift,
            latency,
            isName: probe !== 'checkout',
          }),
        )
      }
      const sum = (key: 'good' | 'bad' | 'unusable') => points.reduce((total, each) => total + each[key], 0)
      return { probe, vantage, good: sum('good'), bad: sum('bad'), unusable: sum('unusable'), points }
    }),
  )
}

function point(
  s: number,
  { isDown, latency, isName }: Readonly<{ isDown: boolean; latency: number; isName: boolean }>,
): ProbeLane['points'][number] {
  const isLate = !isDown && Math.round(s * 10) % 1270 === 4
  const wobble = Math.abs(Math.sin(s * 12.9898)) * latency * 0.6
  const micros = isDown ? 2_000_000 : Math.round((isName ? 4 : latency + wobble) * 1000)
  return {
    start: world(s),
    end: world(s) + micros,
    good: isDown || isLate ? 0 : 1,
    bad: isDown ? 1 : 0,
    unusable: isLate ? 1 : 0,
    slowestMicros: isLate ? 0 : micros,
    ...(isDown ? { detail: 'timeout' } : isLate ? { detail: 'late' } : {}),
  }
}
