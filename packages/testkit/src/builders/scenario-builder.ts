import { compiledScenarioSchema, type CompiledScenario } from '@firedrill/core'

/** The smallest scenario that passes every guardrail in `buildEnvironment`; override what the test is about. */
export function buildScenario(overrides: Partial<CompiledScenario> = {}): CompiledScenario {
  return compiledScenarioSchema.parse({
    apiVersion: 'firedrill.dev/v1',
    kind: 'Scenario',
    name: 'lose-one-instance',
    title: 'Lose one instance',
    description: '',
    hypothesis: 'The service goes on without one of its instances.',
    labels: {},
    response: 'automatic',
    acceptIrreversible: false,
    blastRadius: { targetsMax: 2, percentMax: 50 },
    probes: [
      {
        kind: 'http',
        name: 'front',
        periodMs: 1000,
        timeoutMs: 500,
        url: 'http://app.example.test/health',
        method: 'GET',
        status: [200],
      },
    ],
    steadyState: { forMs: 5000, probes: ['front'], successRatioMin: 1 },
    steps: [
      {
        kind: 'inject',
        name: 'break',
        after: [],
        fault: 'fake-break',
        targets: {
          region: 'primary',
          tags: { drill: 'yes' },
          zones: [],
          choose: { mode: 'count', count: 1 },
          max: 10,
        },
        durationMs: 300_000,
        parameters: {},
      },
    ],
    objectives: [
      {
        kind: 'recovery-time',
        name: 'rto',
        maxMs: 60_000,
        source: { from: 'probe', probe: 'front' },
        sustained: { goodInARow: 3, holdMs: 10_000 },
      },
    ],
    stopConditions: [],
    timing: { observeMaxMs: 120_000, recoverWithinMs: 120_000, settleMs: 1000 },
    ...overrides,
  } satisfies CompiledScenario)
}
