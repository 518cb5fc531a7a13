import { compiledEnvironmentSchema, type CompiledEnvironment } from '../../environment/environment.ts'
import type { StepPlan } from '../../ports/fault-driver.ts'
import { compiledScenarioSchema, injectSteps, type CompiledScenario } from '../../scenario/scenario.ts'
import { platformInstant } from '../../time/instant.ts'
import type { GuardrailFacts, StepFacts } from '../facts.ts'
import type { Approval, Subject } from '../../run/approval.ts'

/** The target of every plan here. */
export const TARGET = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1'

/** A production environment in which a drill may start now. */
export const PRODUCTION: CompiledEnvironment = compiledEnvironmentSchema.parse({
  apiVersion: 'firedrill.dev/v1',
  kind: 'Environment',
  name: 'production',
  title: 'Production',
  environmentKind: 'cloud',
  production: true,
  enabled: true,
  account: '111122223333',
  regions: { primary: 'eu-west-1', standby: 'eu-central-1' },
  homeRegion: 'standby',
  hostedZones: { public: { id: 'Z0PUBLIC', domain: 'example.test' } },
  aws: {
    endpoint: 'aws',
    credentials: { source: 'profile', profile: 'drills' },
    roleArn: 'arn:aws:iam::111122223333:role/teams/drills',
    fisRoleArn: 'arn:aws:iam::111122223333:role/fis',
  },
  clock: { source: 'real' },
  probes: { vantages: [{ name: 'here' }] },
  touch: {
    requiredTags: { ChaosReady: 'true' },
    exemptTag: 'ChaosExempt',
    protectedRecords: [],
    protectedZones: ['eu-west-1c'],
    blastRadius: { targetsMax: 4, percentMax: 50 },
  },
  windows: [{ days: ['thu'], fromMinute: 0, toMinute: 60, timeZone: 'UTC' }],
  freezes: [{ from: 0, to: 1000, reason: 'long ago' }],
  approvalsNeeded: 1,
} satisfies CompiledEnvironment)

/** A simulated environment on loopback that says it is production all the same. */
export const SANDBOX: CompiledEnvironment = {
  ...PRODUCTION,
  environmentKind: 'sandbox',
  aws: {
    endpoint: 'http://127.0.0.1:4601',
    credentials: { source: 'static', accessKeyId: 'SIM', secretAccessKey: 'sim' },
    fisRoleArn: PRODUCTION.aws.fisRoleArn,
  },
}

/** A scenario that loses one instance out of three. */
export const SCENARIO: CompiledScenario = compiledScenarioSchema.parse({
  apiVersion: 'firedrill.dev/v1',
  kind: 'Scenario',
  name: 'lose-one',
  title: 'Lose one',
  description: '',
  hypothesis: 'Nobody notices.',
  labels: {},
  response: 'automatic',
  acceptIrreversible: false,
  blastRadius: { targetsMax: 2, percentMax: 40 },
  probes: [
    {
      kind: 'http',
      name: 'front',
      periodMs: 1000,
      timeoutMs: 500,
      url: 'http://app.example.test/',
      method: 'GET',
      status: [200],
    },
  ],
  steadyState: { forMs: 60_000, probes: ['front'], successRatioMin: 1 },
  steps: [
    {
      kind: 'inject',
      name: 'break',
      after: [],
      fault: 'stop',
      targets: { region: 'primary', tags: {}, zones: [], choose: { mode: 'all' }, max: 2 },
      durationMs: 600_000,
      parameters: {},
    },
  ],
  objectives: [
    {
      kind: 'recovery-time',
      name: 'rto',
      maxMs: 300_000,
      source: { from: 'probe', probe: 'front' },
      sustained: { goodInARow: 3, holdMs: 120_000 },
    },
  ],
  stopConditions: [
    { kind: 'alarm', name: 'too-bad', region: 'standby', alarm: 'errors', whenDead: 'breached' },
  ],
  timing: { observeMaxMs: 480_000, recoverWithinMs: 300_000, settleMs: 1000 },
} satisfies CompiledScenario)

const PLAN_HASH = 'a'.repeat(64)
const TARGETS_HASH = 'b'.repeat(64)
const NOW = 1_767_225_600_000_000
const subject = (id: string): Subject => ({ kind: 'person', id, name: id })

/** An approval of the plan below that counts. */
export function approvalBy(id: string, overrides: Partial<Approval> = {}): Approval {
  return {
    by: subject(id),
    plan: PLAN_HASH,
    targets: TARGETS_HASH,
    reason: 'looked at',
    at: NOW - 1,
    expiresAt: NOW + 86_400_000_000,
    own: false,
    ...overrides,
  }
}

/** The one approval that is needed, on a run that somebody else started. */
export const GIVEN: Exclude<GuardrailFacts['approvals'], 'later'> = {
  given: [approvalBy('bo')],
  author: subject('ana'),
  plan: PLAN_HASH,
  targets: TARGETS_HASH,
}

/** A plan of one target. */
export const PLAN: StepPlan = {
  targets: [{ id: TARGET, label: 'web-1', region: 'eu-west-1', zone: 'eu-west-1a' }],
  population: 3,
  unfit: [],
  demands: [
    { quota: 'places', per: 'region', fault: 1, undo: 0, limit: 5, isShared: true },
    { quota: 'starts', per: 'request', fault: 0, undo: 1, limit: 10, isShared: false },
  ],
  survivors: { healthy: 2, needed: 2, where: 'primary' },
  capture: null,
  calls: [],
  permissions: [],
}

/** The step of that scenario, and its fault. */
export function stepFacts(overrides: Partial<StepFacts> = {}): StepFacts {
  const [step] = injectSteps(SCENARIO)
  if (step === undefined) throw new Error('the scenario has a step')
  return {
    step,
    restoration: 'equivalent',
    expiry: 'native',
    fencing: 'idempotent-key',
    reach: 'targets',
    obeysLever: true,
    approved: { ok: true, value: PLAN },
    again: { ok: true, value: PLAN },
    ...overrides,
  }
}

/** Facts about a drill in production on which every guardrail allows. */
export function passingFacts(overrides: Partial<GuardrailFacts> = {}): GuardrailFacts {
  return {
    scenario: SCENARIO,
    environment: PRODUCTION,
    installation: {
      ceiling: { targetsMax: 3, percentMax: 34 },
      hosts: ['db.example.test'],
      paging: 'command',
    },
    halt: { set: false, reason: '' },
    identity: {
      ok: true,
      value: { account: '111122223333', arn: 'arn:aws:sts::111122223333:assumed-role/drills/firedrill' },
    },
    rate: 1,
    // A Thursday at midnight UTC.
    now: platformInstant(NOW),
    calendarFreezes: [],
    steps: [stepFacts()],
    unknownFaults: [],
    stopConditions: new Map([['too-bad', { ok: true, value: 'OK' }]]),
    approvals: GIVEN,
    levers: new Map([['primary', { ok: true, value: { state: 'disengaged', reason: '' } }]]),
    allowances: new Map([['primary', { ok: true, value: [{ quota: 'places', used: 4 }] }]]),
    holders: new Map(),
    steadyState: { holds: true, isKnown: true, seen: 'over 1 min: all good' },
    ...overrides,
  }
}
