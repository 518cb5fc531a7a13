import type { CompiledEnvironment, CompiledScenario, Random } from '@firedrill/core'
import { buildEnvironment, buildScenario } from '@firedrill/testkit'

type Step = CompiledScenario['steps'][number]

/** What a seed is about, besides who goes on when. */
export type SeedPlan = Readonly<{
  shape: (typeof SHAPES)[number]
  scenario: CompiledScenario
  environment: CompiledEnvironment
  instances: number
  workers: number
  /** How long people, crashes and troubles go on, in milliseconds. */
  unrestMs: number
}>

/** Kinds of drills. `wide` has so many targets that its plan takes several events. */
export const SHAPES = ['linear', 'parallel', 'chain', 'watched', 'asking', 'brief', 'wide'] as const
const WIDE = 130

/** Draws a drill. */
export function planOfSeed(random: Random): SeedPlan {
  const isWide = random.next() < 0.004
  const shape = isWide ? 'wide' : (SHAPES[Math.floor(random.next() * (SHAPES.length - 1))] ?? 'linear')
  const durationMs = 4000 + Math.floor(random.next() * 8) * 1000
  const response = shape === 'linear' || shape === 'parallel' || shape === 'wide' ? 'restore' : 'automatic'
  const scenario = buildScenario({
    response,
    blastRadius: { targetsMax: 200, percentMax: 100 },
    steps: stepsOf(shape, shape === 'brief' ? 7000 : response === 'restore' ? durationMs : 40_000),
    steadyState: { forMs: 2000, probes: ['front'], successRatioMin: 0.5 },
    objectives: [
      {
        kind: 'recovery-time',
        name: 'rto',
        maxMs: 6000,
        source: { from: 'probe', probe: 'front' },
        sustained: { goodInARow: 2, holdMs: 1000 },
      },
    ],
    stopConditions:
      shape === 'watched'
        ? [{ kind: 'alarm', name: 'errors', region: 'primary', alarm: 'errors', whenDead: 'breached' }]
        : [],
    timing: {
      observeMaxMs: shape === 'brief' ? 60_000 : 8000 + durationMs,
      recoverWithinMs: 15_000 + Math.floor(random.next() * 4) * 10_000,
      settleMs: 1000,
    },
  })
  const touch = {
    requiredTags: {},
    exemptTag: 'drill-exempt',
    protectedRecords: [],
    blastRadius: { targetsMax: 200, percentMax: 100 },
    irreversible: random.next() < 0.5,
  }
  return {
    shape,
    scenario,
    environment: buildEnvironment({ touch }),
    instances: isWide ? WIDE : 3,
    workers: 2 + Math.floor(random.next() * 2),
    unrestMs: 15_000 + Math.floor(random.next() * 45_000),
  }
}

function stepsOf(shape: SeedPlan['shape'], durationMs: number): Step[] {
  switch (shape) {
    case 'linear':
    case 'watched':
    case 'brief':
      return [fault('one', ['b'], durationMs)]
    case 'wide':
      return [fault('one', [], durationMs)]
    case 'asking':
      return [{ ...fault('one', ['a'], durationMs), onFailure: 'ask' }, fault('two', ['b'], durationMs)]
    case 'parallel':
      return [
        fault('one', ['a'], durationMs),
        fault('two', ['b'], durationMs),
        fault('three', ['c'], durationMs),
      ]
    case 'chain':
      return [
        fault('one', ['a'], durationMs),
        { kind: 'wait', name: 'breath', after: ['one'], durationMs: 2000 },
        { ...fault('two', ['b'], durationMs), after: ['breath'] },
      ]
  }
}

function fault(
  name: string,
  zones: readonly string[],
  durationMs: number,
): Extract<Step, { kind: 'inject' }> {
  return {
    kind: 'inject',
    name,
    after: [],
    fault: 'fake-break',
    targets: {
      region: 'primary',
      tags: { drill: 'yes' },
      zones: [...zones],
      choose: { mode: 'all' },
      max: 200,
    },
    durationMs,
    parameters: {},
  }
}
