import { describe, expect, it } from 'vitest'
import type { CompiledObjective, CompiledScenario } from '../scenario/scenario.ts'
import { compiledScenarioSchema } from '../scenario/scenario.ts'
import { worldInstant } from '../time/instant.ts'
import { measurementSchema } from '../verdict/verdict.ts'
import type { MetricBucket, ProbeOutcome, Sample } from './interval.ts'
import { measure } from './measure.ts'
import type { MeasureInput } from './measure-input.ts'
import { responseSeen } from './response-seen.ts'

const T0 = 1_767_225_600_000_000
/** Seconds of world time after the start of the baseline. */
const at = (seconds: number) => worldInstant(T0 + Math.round(seconds * 1_000_000))
const micros = (seconds: number) => Math.round(seconds * 1_000_000)

const recovery = (more: object = {}): CompiledObjective => ({
  kind: 'recovery-time',
  name: 'rto',
  maxMs: 60_000,
  source: { from: 'probe', probe: 'front' },
  sustained: { goodInARow: 3, holdMs: 20_000 },
  ...more,
})

const detection: CompiledObjective = {
  kind: 'detection-time',
  name: 'noticed',
  maxMs: 60_000,
  probe: 'front',
  alarm: { region: 'standby', name: 'availability' },
}

function scenarioOf(objectives: CompiledObjective[], response: CompiledScenario['response'] = 'automatic') {
  return compiledScenarioSchema.parse({
    apiVersion: 'firedrill.dev/v1',
    kind: 'Scenario',
    name: 's',
    title: 's',
    description: '',
    hypothesis: 'h',
    labels: {},
    response,
    acceptIrreversible: false,
    blastRadius: { targetsMax: 1, percentMax: 100 },
    probes: [{ kind: 'tcp', name: 'front', periodMs: 1000, timeoutMs: 500, host: 'a.test', port: 80 }],
    steadyState: { forMs: 10_000, probes: ['front'], successRatioMin: 1 },
    steps: [{ kind: 'wait', name: 'w', after: [], durationMs: 1 }],
    objectives,
    stopConditions: [],
    timing: { observeMaxMs: 1, recoverWithinMs: 1, settleMs: 1 },
  })
}

/**
 * One probe a second from `from` up to `to`; each takes 0.1 s, a failed one 0.5 s. A healthy service answers within 0.3 s: twice the
 * usual 0.1 s, and a tenth of the period. So a failed probe met the failure within 0.3 s.
 */
function probes(
  from: number,
  to: number,
  outcome: ProbeOutcome | ((second: number) => ProbeOutcome),
  vantage = 'here',
  failure = 'timeout connect',
): Sample[] {
  return Array.from({ length: to - from }, (_, index) => {
    const second = from + index
    const is = typeof outcome === 'string' ? outcome : outcome(second)
    const end = at(second + (is === 'bad' ? 0.5 : 0.1))
    const detail = is === 'bad' ? { detail: failure } : {}
    return { probe: 'front', vantage, start: at(second), end, outcome: is, ...detail }
  })
}

/** Down from second 100 to `recovers`; the fault went in between 98 and 99. */
function input(more: Partial<MeasureInput> = {}, recovers = 140): MeasureInput {
  const down = (second: number): ProbeOutcome => (second >= 100 && second < recovers ? 'bad' : 'good')
  return {
    scenario: scenarioOf([recovery()]),
    vantages: ['here'],
    samples: probes(0, 300, down),
    injected: { lo: at(98), hi: at(99) },
    faultsConfirmed: true,
    undoIssuedAt: at(200),
    restored: { lo: at(200), hi: at(220) },
    provisional: false,
    observedTo: at(300),
    evidence: ['abc'],
    ...more,
  }
}

const first = (given: MeasureInput) => {
  const measurement = measurementSchema.parse(measure(given))
  const [objective] = measurement.objectives
  if (objective === undefined) throw new Error('no objective')
  return { measurement, objective }
}

describe('recovery time from probes', () => {
  it('lies between the bad probes, and between the good ones around them', () => {
    const { measurement, objective } = first(input())
    // a = 99, b = 100 met it by 100.3, m = 139, r = 140 ends 140.1; nobody answered, so the change was sudden at either end
    expect(objective.observed).toEqual({ lo: micros(139 - 100.3), hi: micros(140.1 - 99) })
    expect(measurement.verdict).toBe('held')
    expect(objective.reason).toBe(
      'the service recovered in: 38.7 s to 41.1 s, within the objective of 1 min by at least 18.9 s',
    )
    expect(measurement.points.onset).toMatchObject({ lo: at(99), hi: at(100.3) })
    expect(measurement.points.recovered).toMatchObject({ lo: at(139), hi: at(140.1) })
    expect(measurement.parts.ramp).toEqual({ lo: 0, hi: micros(1.1) })
    expect(measurement.samples).toEqual([
      { probe: 'front', vantage: 'here', good: 260, bad: 40, unusable: 0 },
    ])
  })

  it('is wider where one server of several may have failed: servers come and go one by one', () => {
    const samples = (failure: string) =>
      probes(0, 300, (second) => (second >= 110 && second < 140 ? 'bad' : 'good'), 'here', failure)
    const bounds = (failure: string) => first(input({ samples: samples(failure) })).objective.observed
    expect(bounds('status 503 by awselb')).toEqual({ lo: micros(139 - 110.3), hi: micros(140.1 - 109) })
    expect(bounds('status 503')).toEqual({ lo: micros(139 - 110.3), hi: micros(140.1 + 4 - (109 - 4)) })
    expect(bounds('timeout http')).toEqual(bounds('status 503'))
  })

  it('never begins before the first call of a fault may have gone out', () => {
    const samples = probes(0, 300, (second) => (second === 100 ? 'bad' : 'good'))
    const injectionIssuedAt = at(97)
    expect(first(input({ samples })).measurement.points.onset?.lo).toBe(at(98))
    expect(first(input({ samples, injectionIssuedAt })).measurement.points.onset?.lo).toBe(at(97))
  })

  it('may have begun before our undo when it was first seen within a period after it', () => {
    const samples = probes(0, 300, (second) => (second >= 200 && second < 260 ? 'bad' : 'good'))
    const undone = (undoIssuedAt: number) =>
      first(input({ samples, undoIssuedAt: at(undoIssuedAt) })).objective.observed
    expect(undone(199.5)).toEqual({ lo: 0, hi: null })
    expect(undone(198)).toEqual({ lo: 0, hi: micros(1.1) })
  })

  it('takes each failed probe at its end when too few answers before the fault tell how long one takes', () => {
    const samples = input().samples.filter(({ start }) => start >= at(85))
    expect(first(input({ samples })).objective.observed?.lo).toBe(micros(139 - 100.5))
  })

  it('is as long by a clock that is off, but placed less surely; with several clocks it is wider', () => {
    const clockErrorMicros = 400_000
    const { objective, measurement } = first(input({ clockErrorMicros }))
    expect(objective.observed).toEqual(first(input()).objective.observed)
    expect(measurement.points.onset).toMatchObject({ lo: at(98.6), hi: at(100.7) })
    const vantages = ['a', 'b']
    const samples = vantages.flatMap((vantage) => input().samples.map((sample) => ({ ...sample, vantage })))
    expect(first(input({ vantages, samples, clockErrorMicros })).objective.observed).toEqual({
      lo: micros(139 - 100.3 - 0.8),
      hi: micros(140.1 - 99 + 0.8),
    })
    const undone = { undoIssuedAt: at(140.3), restored: { lo: at(140.3), hi: at(160) } }
    expect(first(input(undone)).objective.observed?.hi).not.toBeNull()
    expect(first(input({ ...undone, clockErrorMicros })).objective.observed?.hi).toBeNull()
  })

  it('is wider for an unusable probe at either end, which is never a failure', () => {
    const samples = probes(0, 300, (second) => {
      if (second === 99 || second === 140) return 'unusable'
      return second >= 100 && second < 140 ? 'bad' : 'good'
    })
    expect(first(input({ samples })).objective.observed).toEqual({
      lo: micros(139 - 100.3),
      hi: micros(141.1 - 98),
    })
    const late = probes(0, 300, (second) => (second % 7 === 0 ? 'unusable' : 'good'))
    expect(first(input({ samples: late })).objective).toMatchObject({
      verdict: 'held',
      observed: { lo: 0, hi: micros(2.1) },
    })
  })

  it('runs on over a recovery that did not last', () => {
    const samples = probes(0, 300, (second) =>
      (second >= 100 && second < 110) || (second >= 125 && second < 130) ? 'bad' : 'good',
    )
    const { objective, measurement } = first(input({ samples }))
    expect(objective.observed).toEqual({ lo: micros(129 - 100.3), hi: micros(130.1 - 99) })
    expect(objective.reason).toContain('after 1 recoveries that did not last')
    expect(measurement.points['first-good']).toMatchObject({ lo: at(109), hi: at(110.1) })
    expect(measurement.parts.propagate).toEqual({
      lo: micros(109 - 100.3),
      hi: micros(110.1 - 99),
    })
  })

  it('takes the longest of separate outages', () => {
    const samples = probes(0, 300, (second) =>
      (second >= 100 && second < 105) || (second >= 150 && second < 170) ? 'bad' : 'good',
    )
    const { objective } = first(input({ samples }))
    expect(objective.observed).toEqual({ lo: micros(169 - 150.3), hi: micros(170.1 - 149) })
    expect(objective.reason).toContain('the longest of 2 outages')
  })

  it('is zero with the resolution as bound when no outage was seen', () => {
    const { objective, measurement } = first(input({}, 100))
    expect(objective).toMatchObject({ verdict: 'held', observed: { lo: 0, hi: micros(1.1) } })
    expect(measurement.points.onset).toBeUndefined()
    expect(measurement.parts).toEqual({})
  })

  it('does not know what happened while nobody looked', () => {
    const blind = probes(0, 300, 'good').filter(({ start }) => start < at(120) || start > at(190))
    expect(first(input({ samples: blind })).objective).toMatchObject({
      verdict: 'inconclusive',
      observed: { lo: 0, hi: micros(192.1 - 118) },
    })
    const died = probes(0, 150, 'good')
    expect(first(input({ samples: died })).objective).toMatchObject({
      verdict: 'inconclusive',
      observed: { lo: 0, hi: null },
    })
    expect(first(input({ samples: [] })).objective).toMatchObject({
      verdict: 'inconclusive',
      reason: 'no usable sample of it was taken after the fault was in',
    })
  })

  it('counts a sample that was stored twice once', () => {
    const once = input({}, 103)
    const twice = { ...once, samples: [...once.samples, ...once.samples] }
    expect(measure(twice).objectives).toEqual(measure(once).objectives)
  })
})

describe('our own undo', () => {
  it('is not a recovery: over the objective it deviates, below it nothing is known', () => {
    const long = first(input({ undoIssuedAt: at(200) }, 205))
    expect(long.objective).toMatchObject({ verdict: 'deviated', observed: { lo: micros(99.7), hi: null } })
    expect(long.objective.reason).toContain('before our own undo, which is not a recovery')
    const short = first(input({ undoIssuedAt: at(130) }, 135))
    expect(short.objective).toMatchObject({
      verdict: 'inconclusive',
      observed: { lo: micros(29.7), hi: null },
    })
    expect(short.objective.wouldDecide).toContain('longer than the objective and the hold')
    expect(short.measurement.points.recovered).toBeUndefined()
  })

  it('nor is the native expiry of the fault', () => {
    const { objective } = first(input({ nativeExpiryAt: at(130), undoIssuedAt: at(200) }, 135))
    expect(objective).toMatchObject({ verdict: 'inconclusive', observed: { lo: micros(29.7), hi: null } })
    expect(objective.reason).toContain('before the fault ended by itself')
    const past = first(input({ nativeExpiryAt: at(900) }))
    expect(past.objective.verdict).toBe('held')
  })

  it('is the response when restoring is: the clock runs through it', () => {
    const scenario = scenarioOf([recovery({ maxMs: 120_000 })], 'restore')
    const { objective } = first(input({ scenario, undoIssuedAt: at(150) }, 180))
    expect(objective).toMatchObject({
      verdict: 'held',
      observed: { lo: micros(179 - 100.3), hi: micros(180.1 - 99) },
    })
  })

  it('causes no outage that counts', () => {
    const samples = probes(0, 300, (second) =>
      (second >= 100 && second < 110) || (second >= 203 && second < 290) ? 'bad' : 'good',
    )
    expect(first(input({ samples })).objective.observed).toEqual({
      lo: micros(8.7),
      hi: micros(11.1),
    })
  })
})

describe('several vantages', () => {
  const vantages = ['a', 'b', 'c']
  const until = (second: number) => (s: number) => (s >= 100 && s < second ? 'bad' : 'good')

  it('make a quorum for the service, and each speaks for itself', () => {
    const samples = [
      ...probes(0, 300, until(110), 'a'),
      ...probes(0, 300, until(130), 'b'),
      ...probes(0, 300, until(190), 'c'),
    ]
    const { objective } = first(input({ vantages, samples }))
    // Two of three are down until b recovers.
    expect(objective.observed).toEqual({ lo: micros(129 - 100.3), hi: micros(130.1 - 99) })
    expect(objective.vantages?.map(({ vantage, observed }) => [vantage, observed?.lo])).toEqual([
      ['a', micros(8.7)],
      ['b', micros(28.7)],
      ['c', micros(88.7)],
    ])
  })

  it('one that sees nothing at all counts as not knowing', () => {
    const samples = [...probes(0, 300, 'good', 'a'), ...probes(0, 300, until(150), 'b')]
    const scenario = scenarioOf([recovery({ maxMs: 40_000 })])
    expect(first(input({ vantages, samples, scenario })).objective).toMatchObject({
      verdict: 'inconclusive',
      observed: { lo: 0, hi: micros(150.1 - 99) },
    })
  })
})

describe('recovery time from CloudWatch', () => {
  const metric = recovery({
    source: {
      from: 'metric',
      region: 'standby',
      namespace: 'App',
      metric: 'Availability',
      dimensions: {},
      statistic: 'Average',
      periodSeconds: 10,
      goodAtLeast: 99,
    },
    sustained: { goodInARow: 2, holdMs: 20_000 },
  })
  const bucket = (start: number, value: number): MetricBucket => ({
    start: at(start),
    periodSeconds: 10,
    value,
  })
  const series = (bad: readonly number[], absent: readonly number[] = []) =>
    Array.from({ length: 30 }, (_, index) => index * 10)
      .filter((start) => !absent.includes(start))
      .map((start) => bucket(start, bad.includes(start) ? 40 : 100))
  const of = (buckets: readonly MetricBucket[]) =>
    first(input({ scenario: scenarioOf([metric]), metrics: { rto: buckets } })).objective

  it('is uncertain by one period: from the first to the last bad bucket, plus or minus one', () => {
    expect(of(series([100, 110, 120])).observed).toEqual({ lo: micros(10), hi: micros(30) })
  })

  it('takes a good bucket that is worse than the best for one that may hold the end of the outage', () => {
    const found = series([100, 110, 120]).map((one) => (one.start === at(130) ? bucket(130, 99.7) : one))
    expect(of(found).observed).toEqual({ lo: micros(10), hi: micros(40) })
  })

  it('takes an absent bucket for unknown, never for zero and never for good', () => {
    expect(of(series([100, 110, 120], [130])).observed).toEqual({ lo: micros(10), hi: micros(40) })
    expect(of(series([110, 120], [100])).observed).toEqual({ lo: 0, hi: micros(30) })
    expect(of(series([], [140])).observed).toEqual({ lo: 0, hi: micros(10) })
  })
})

describe('detection', () => {
  const scenario = scenarioOf([recovery(), detection])
  const of = (transitions: readonly Readonly<{ at: number; from: string; to: string }>[], more = {}) => {
    const history = transitions.map((change) => ({ ...change, at: at(change.at) }))
    const alarms = { noticed: { transitions: history, readTo: at(300) } }
    const measurement = measurementSchema.parse(measure(input({ scenario, alarms, ...more })))
    return { measurement, objective: measurement.objectives[1] }
  }

  it('is the distance from the onset to the alarm, whose stamp may be off by a second', () => {
    const { measurement, objective } = of([
      { at: 20, from: 'INSUFFICIENT_DATA', to: 'OK' },
      { at: 130, from: 'OK', to: 'ALARM' },
    ])
    expect(objective).toMatchObject({
      verdict: 'held',
      observed: { lo: micros(129 - 100.3), hi: micros(131 - 99) },
    })
    expect(measurement.parts.detect).toEqual({ lo: micros(28.7), hi: micros(32) })
    expect(measurement.verdict).toBe('held')
  })

  it('is not decided by an alarm of one outage where another may be the one that counts', () => {
    const alarm = [
      { at: 105, from: 'OK', to: 'ALARM' },
      { at: 115, from: 'ALARM', to: 'OK' },
    ]
    const bad = (isBad: (second: number) => boolean) => ({
      samples: probes(0, 300, (second) => (isBad(second) ? 'bad' : 'good'), 'here', 'status 503'),
    })
    const one = of(
      alarm,
      bad((second) => second >= 100 && second < 140),
    )
    expect(one.objective).toMatchObject({ verdict: 'held' })
    // Twenty-two seconds of good probes may have been a recovery that held for twenty, or two edges that probes missed.
    const two = of(
      alarm,
      bad((second) => second >= 100 && second < 140 && !(second >= 110 && second < 131)),
    )
    expect(two.objective?.verdict).toBe('inconclusive')
  })

  it('is "more than" when the alarm stays silent, and unknown when it was on before', () => {
    expect(of([]).objective).toMatchObject({ verdict: 'deviated', observed: { lo: micros(99.7), hi: null } })
    expect(of([{ at: 50, from: 'OK', to: 'ALARM' }]).objective).toMatchObject({ verdict: 'inconclusive' })
    expect(of([], { alarms: {} }).objective).toMatchObject({ verdict: 'inconclusive' })
  })
})

describe('the verdict', () => {
  it('is inconclusive with the objective inside the interval, and names the period that would have decided', () => {
    const { objective } = first(input({ scenario: scenarioOf([recovery({ maxMs: 40_500 })]) }))
    expect(objective.verdict).toBe('inconclusive')
    expect(objective.wouldDecide).toMatch(/^a probe period of 300 ms or less/)
    const nearer = first(input({ scenario: scenarioOf([recovery({ maxMs: 40_000 })]) })).objective
    expect(nearer.wouldDecide).toContain('no shorter probe period')
  })

  it('is deviated when any objective is, else inconclusive when any is, else held', () => {
    const verdict = (...maxMs: number[]) =>
      measure(
        input({
          scenario: scenarioOf(maxMs.map((max, index) => recovery({ name: `o${index}`, maxMs: max }))),
        }),
      ).verdict
    expect(verdict(60_000, 70_000)).toBe('held')
    expect(verdict(60_000, 40_000)).toBe('inconclusive')
    expect(verdict(40_000, 10_000)).toBe('deviated')
  })

  it('is never held when the fault was not confirmed, the run was aborted or refused', () => {
    expect(first(input({ faultsConfirmed: false })).measurement.verdict).toBe('inconclusive')
    expect(first(input({ injected: undefined })).measurement.verdict).toBe('inconclusive')
    const aborted = first(input({ aborted: 'wrong Region' }))
    expect(aborted.measurement).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the run was aborted: wrong Region',
    })
    expect(aborted.objective).toMatchObject({ verdict: 'inconclusive', observed: { lo: micros(38.7) } })
    expect(first(input({ refused: 'halted', injected: undefined })).measurement.verdict).toBe('not-run')
    const unwritten: CompiledObjective = { kind: 'data-loss', name: 'rpo', maxMs: 5000, marker: 'orders' }
    const scenario = scenarioOf([recovery(), unwritten])
    expect(first(input({ scenario })).measurement.verdict).toBe('inconclusive')
  })
})

describe('the cross-check from CloudWatch', () => {
  const published = (recovers: number) =>
    Array.from({ length: 300 }, (_, second) => ({
      start: at(second),
      periodSeconds: 1,
      value: second >= 100 && second < recovers ? 0 : 100,
    }))
  const check = (recovers: number) =>
    first(input({ probeMetrics: [{ probe: 'front', vantage: 'here', buckets: published(recovers) }] }))
      .measurement.crossChecks[0]

  it('agrees with the samples it was made from, contradicts others, and says when nothing was read', () => {
    expect(check(140)?.agrees).toBe(true)
    expect(check(160)).toMatchObject({ agrees: false })
    expect(first(input()).measurement.crossChecks[0]).toMatchObject({ agrees: null })
  })
})

describe('the response is seen', () => {
  const seenAt = (second: number, recovers = 140) => {
    const whole = input({ undoIssuedAt: undefined, restored: undefined }, recovers)
    const samples = whole.samples.filter(({ end }) => end <= at(second))
    return responseSeen({ ...whole, samples, provisional: true, observedTo: at(second) }).isSeen
  }

  it('once a recovery has held for as long as the objective asks, and not before', () => {
    expect(seenAt(99)).toBe(false)
    expect(seenAt(141)).toBe(false)
    expect(seenAt(160)).toBe(false)
    expect(seenAt(163)).toBe(true)
  })

  it('never without an outage: one may still come', () => {
    expect(seenAt(290, 100)).toBe(false)
  })
})

describe('switched', () => {
  it('is when the last vantage got its first good answer from new addresses', () => {
    const answers = (vantage: string, moves: number) =>
      probes(0, 300, (second) => (second >= 100 && second < moves ? 'bad' : 'good'), vantage).map((sample) =>
        sample.outcome === 'good'
          ? { ...sample, detail: sample.start < at(100) ? '198.51.100.1,198.51.100.2' : '203.0.113.1' }
          : sample,
      )
    const samples = [...answers('a', 120), ...answers('b', 135)]
    const { points } = measure(input({ vantages: ['a', 'b'], samples }))
    expect(points.switched).toMatchObject({ lo: at(134), hi: at(135.1) })
    expect(measure(input()).points.switched).toBeUndefined()
  })
})
