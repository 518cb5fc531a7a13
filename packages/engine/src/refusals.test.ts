import {
  GUARDRAILS,
  REAL_CLOCK,
  type CompiledEnvironment,
  type CompiledScenario,
  type FaultDriver,
  type GuardrailCode,
  type UnfitReason,
} from '@firedrill/core'
import { buildEnvironment } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { harshLab, mortalWorker, playToEnd } from './testing/mortal-worker.ts'
import type { EnginePorts } from './ports.ts'

type Lab = ReturnType<typeof harshLab>

/** What makes one guardrail say no; `before` happens between the start of the run and its first step. `expected` is how the run ends up; `refused` unless said otherwise. */
type Arrangement = Readonly<{
  scenario?: Partial<CompiledScenario>
  environment?: Partial<CompiledEnvironment>
  sandboxOnly?: boolean
  wrap?: (driver: FaultDriver) => FaultDriver
  ports?: (lab: Lab) => Partial<EnginePorts>
  before?: (lab: Lab) => Promise<unknown>
  expected?: 'awaiting-approval'
}>

const denied = { kind: 'denied', operation: 'x', code: 'AccessDenied', message: 'no' } as const
const alarm = {
  kind: 'alarm',
  name: 'orders',
  region: 'standby',
  alarm: 'orders-failing',
  whenDead: 'breached',
} as const

/** A driver whose plans are changed; `asked` counts how often it was asked before. */
const planning =
  (change: (plan: Planned, asked: number) => Planned) =>
  (driver: FaultDriver): FaultDriver => {
    let asked = 0
    return {
      ...driver,
      plan: async (...question) => {
        const outcome = await driver.plan(...question)
        return outcome.ok ? { ok: true, value: change(outcome.value, asked++) } : outcome
      },
    }
  }
type Planned = Extract<Awaited<ReturnType<FaultDriver['plan']>>, { ok: true }>['value']

const unfit = (guardrail: UnfitReason) =>
  planning((plan) => ({
    ...plan,
    unfit: plan.targets.map(({ id }) => ({ target: id, guardrail, reason: 'not this one' })),
  }))

/** One arrangement a guardrail: a guardrail that is added without one does not compile. */
const ARRANGEMENTS: Readonly<Record<GuardrailCode, Arrangement>> = {
  halt: { before: (lab) => lab.ports.halt.set({ kind: 'person', id: 'eve', name: 'Eve' }, 'stop') },
  'environment-enabled': { environment: { enabled: false } },
  'caller-identity': {
    ports: () => ({ identity: { whoAmI: async () => ({ ok: false, failure: denied }) } }),
  },
  region: {
    scenario: { stopConditions: [{ ...alarm, region: 'elsewhere' }] },
  },
  rate: {
    sandboxOnly: false,
    environment: { aws: { ...buildEnvironment().aws, endpoint: 'http://10.1.2.3:4566' } },
    ports: () => ({ clockOf: async () => ({ ...REAL_CLOCK, rate: 2 }) }),
  },
  window: {
    environment: {
      windows: [{ timeZone: 'UTC', days: ['mon'], fromMinute: 0, toMinute: 1 }],
    },
  },
  credentials: {
    sandboxOnly: false,
    environment: {
      aws: { ...buildEnvironment().aws, credentials: { source: 'profile', profile: 'production' } },
    },
  },
  'safety-lever': {
    ports: (lab) => ({
      readiness: {
        ...lab.ports.readiness,
        safetyLever: async () => ({ ok: true, value: { state: 'engaged', reason: 'an incident' } }),
      },
    }),
  },
  freeze: {
    environment: { freezes: [{ from: 0, to: Number.MAX_SAFE_INTEGER, reason: 'end of the year' }] },
  },
  'known-faults': {
    ports: (lab) => {
      let asked = 0
      const get: EnginePorts['faults']['get'] = (name) =>
        asked++ === 0 ? lab.ports.faults.get(name) : undefined
      return { faults: { ...lab.ports.faults, get } }
    },
  },
  'protected-tags': { wrap: unfit('protected-tags') },
  'protected-zones': {
    environment: { touch: { ...buildEnvironment().touch, requiredTags: {}, protectedZones: ['b'] } },
  },
  'dead-man': { wrap: (driver) => ({ ...driver, fencing: 'none' }) },
  quotas: {
    wrap: planning((plan) => ({
      ...plan,
      demands: [{ quota: 'Changes', per: 'request', fault: 3, undo: 3, limit: 2, isShared: false }],
    })),
  },
  'fault-duration': { scenario: { response: 'automatic' }, environment: { production: true } },
  'platform-apart': {
    environment: { homeRegion: 'primary' },
    wrap: (driver) => ({ ...driver, reach: 'region' }),
  },
  survivors: {
    wrap: planning((plan) => ({ ...plan, survivors: { healthy: 0, needed: 1, where: 'eu-west-1' } })),
  },
  response: { scenario: { response: 'evacuation' } },
  selector: { wrap: planning((plan) => ({ ...plan, targets: [] })) },
  'blast-radius': { scenario: { blastRadius: { targetsMax: 200, percentMax: 1 } } },
  tags: { wrap: unfit('tags') },
  'protected-records': { wrap: unfit('protected-records') },
  approval: { environment: { approvalsNeeded: 1 }, expected: 'awaiting-approval' },
  lock: {
    before: async (lab) => {
      const other = await lab.start()
      const worker = mortalWorker(lab.ports, 'other')
      await playToEnd(lab, other, [worker], { until: ({ status }) => status === 'observing' })
    },
  },
  drift: {
    wrap: planning((plan, asked) =>
      asked === 0 ? plan : { ...plan, targets: plan.targets.map((target) => ({ ...target, id: 'i-9' })) },
    ),
  },
  markers: {
    scenario: {
      markers: [
        {
          name: 'orders',
          kind: 'postgresql',
          database: 'nowhere',
          periodMs: 1000,
          timeoutMs: 500,
          order: 'ordered',
          writesMax: 10,
        },
      ],
    },
  },
  irreversible: { wrap: (driver) => ({ ...driver, restoration: 'irreversible' }) },
  'stop-conditions': {
    scenario: { stopConditions: [alarm] },
    before: async (lab) => void (lab.alarm.state = 'ALARM'),
  },
  'steady-state': {
    scenario: { steadyState: { forMs: 5000, probes: ['front'], successRatioMin: 1 } },
    ports: (lab) => ({
      samples: {
        ...lab.ports.samples,
        read: async (...asked) =>
          (await lab.ports.samples.read(...asked)).map((sample) => ({ ...sample, outcome: 'bad' })),
      },
    }),
  },
}

describe('a guardrail that says no', () => {
  it.each(GUARDRAILS)('%s: nothing is ever done to a target', async (guardrail) => {
    const arrangement = ARRANGEMENTS[guardrail]
    const lab = harshLab(arrangement)
    const run = await lab.start()
    await arrangement.before?.(lab)
    const acts = () =>
      lab.world.calls.filter(({ operation }) => operation === 'apply' || operation === 'recover')
    const before = acts().length
    const ports = { ...lab.ports, ...arrangement.ports?.(lab) }
    const state = await playToEnd(lab, run, [mortalWorker(ports, 'w1')], { roundsMax: 100 })
    expect(state.status).toBe(arrangement.expected ?? 'refused')
    if (arrangement.expected === undefined) expect(state.refusal).toContain(`${guardrail}: `)
    expect(acts().slice(before)).toEqual([])
  })

  it('control: with every guardrail content the fault goes in and out', async () => {
    const lab = harshLab()
    const run = await lab.start()
    const { status } = await playToEnd(lab, run, [mortalWorker(lab.ports, 'w1')])
    expect(status).toBe('closed')
    expect(lab.world.mutations.map(({ to }) => to)).toEqual(['broken', 'running'])
  })
})
