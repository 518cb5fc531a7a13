import type { CompiledEnvironment, CompiledScenario, CompiledStep } from '@firedrill/core'
import { buildEnvironment, buildScenario } from '@firedrill/testkit'
import { domainOf, type ProofWorld } from './world.ts'

/** Shapes of drills whose every call gets a worker killed. */
export const DRILL_KINDS = ['linear', 'parallel', 'waiting', 'approval', 'recovering'] as const
export type DrillKind = (typeof DRILL_KINDS)[number]

/** Kinds whose environment has a dead man in the account: it is told before the fault and called off after its undo. */
const WITH_DEAD_MAN: readonly DrillKind[] = ['linear', 'recovering']

/** What the environment of a kind of drill asks for besides. */
export function askedOf(kind: DrillKind): Partial<CompiledEnvironment> {
  return {
    ...(kind === 'approval' ? { approvalsNeeded: 1 } : {}),
    ...(WITH_DEAD_MAN.includes(kind) ? { deadMan: 'aws-scheduler' as const } : {}),
  }
}

/** What is booked. */
export type DrillDefinition = Readonly<{ scenario: CompiledScenario; environment: CompiledEnvironment }>

/** World time. No fault ends by itself before any drill here does. */
const NEVER_MS = 12 * 3_600_000

/** A step that stops every instance of one zone. */
export function stopZone(name: string, zone: string, after: readonly string[] = []): CompiledStep {
  return {
    kind: 'inject',
    name,
    after: [...after],
    fault: 'ec2-stop-instances',
    targets: {
      region: 'primary',
      tags: { service: 'checkout' },
      zones: [`eu-west-1${zone}`],
      choose: { mode: 'all' },
      max: 50,
    },
    durationMs: NEVER_MS,
    parameters: {},
  }
}

/** A step that stops every instance of one set. */
export function stopSet(name: string, set: number): CompiledStep {
  const step = stopZone(name, 'a')
  if (step.kind !== 'inject') throw new Error('stopping a zone is an injection')
  return { ...step, targets: { ...step.targets, zones: [], tags: { set: String(set) } } }
}

/** A step that removes one address record; nothing but undo brings it back. */
export function removeRecord(
  world: ProofWorld,
  name: string,
  record: number,
  { after = [], zone = 1 }: Readonly<{ after?: readonly string[]; zone?: number }> = {},
): Extract<CompiledStep, { kind: 'inject' }> {
  return {
    kind: 'inject',
    name,
    after: [...after],
    fault: 'route53-remove-record',
    targets: {
      region: 'primary',
      tags: {},
      zones: [],
      choose: { mode: 'all' },
      max: 5,
      zone: `zone-${zone}`,
      record: `r${record}.${domainOf(world, zone)}`,
      recordTypes: ['A'],
    },
    durationMs: NEVER_MS,
    parameters: {},
  }
}

const wait = (name: string, durationMs: number, after: readonly string[]): CompiledStep => ({
  kind: 'wait',
  name,
  after: [...after],
  durationMs,
})

/** World time: longer than the objective and its hold, or the drill is refused. */
const SOON_MS = 12 * 60_000
/** World time. Long enough for every drill of a bench to get as far as its first fault. */
const BETWEEN_MS = 8 * 60_000

/** A record whose fault ends by itself, and another one that is to follow long before that. */
export function expiringSteps(world: ProofWorld): readonly CompiledStep[] {
  const first = removeRecord(world, 'remove', 1)
  const second = removeRecord(world, 'remove-too', 2, { after: ['then'] })
  return [
    { ...first, durationMs: SOON_MS },
    wait('then', BETWEEN_MS, ['remove']),
    { ...second, durationMs: SOON_MS },
  ]
}

/** The steps of each kind. */
export function stepsOf(kind: DrillKind, world: ProofWorld): readonly CompiledStep[] {
  switch (kind) {
    case 'linear':
      return [stopZone('stop', 'a'), removeRecord(world, 'remove', 1, { after: ['stop'] })]
    case 'parallel':
      return [stopZone('stop', 'a'), removeRecord(world, 'remove', 1), removeRecord(world, 'remove-too', 2)]
    case 'waiting':
      return [
        wait('first', 15_000, []),
        removeRecord(world, 'remove', 1, { after: ['first'] }),
        wait('then', 15_000, ['remove']),
      ]
    case 'approval':
      return [removeRecord(world, 'remove', 1)]
    case 'recovering':
      return [stopZone('stop', 'a'), removeRecord(world, 'remove', 1)]
  }
}

/** Experiments that these steps may start. */
export function experimentsOf(steps: readonly CompiledStep[]): number {
  return steps.filter((step) => step.kind === 'inject' && step.fault === 'ec2-stop-instances').length
}

/** A drill of the given steps in a world. */
export function drillOf(
  name: string,
  world: ProofWorld,
  steps: readonly CompiledStep[],
  overrides: Readonly<{
    scenario?: Partial<CompiledScenario>
    environment?: Partial<CompiledEnvironment>
  }> = {},
): DrillDefinition {
  return {
    scenario: buildScenario({
      name: `proof-${name}-${world.name}`,
      title: `Proof ${name}`,
      blastRadius: { targetsMax: 200, percentMax: 100 },
      probes: [
        {
          kind: 'dns',
          name: 'steady',
          host: `steady.${domainOf(world, 1)}`,
          recordType: 'A',
          periodMs: 10_000,
          timeoutMs: 30_000,
        },
      ],
      steadyState: { forMs: 60_000, probes: ['steady'], successRatioMin: 0.5 },
      objectives: [
        {
          kind: 'recovery-time',
          name: 'recovery',
          maxMs: 600_000,
          source: { from: 'probe', probe: 'steady' },
          sustained: { goodInARow: 3, holdMs: 10_000 },
        },
      ],
      steps: [...steps],
      timing: { observeMaxMs: 15_000, recoverWithinMs: NEVER_MS, settleMs: 5000 },
      ...overrides.scenario,
    }),
    environment: buildEnvironment({
      name: world.name,
      title: world.name,
      account: '111122223333',
      hostedZones: Object.fromEntries(
        world.zoneIds.map((id, n) => [`zone-${n + 1}`, { id, domain: domainOf(world, n + 1) }]),
      ),
      aws: {
        endpoint: world.aws,
        credentials: {
          source: 'static',
          accessKeyId: 'FIREDRILLSIM',
          secretAccessKey: 'firedrill-simulator-secret',
        },
        fisRoleArn: 'arn:aws:iam::111122223333:role/firedrill-fis',
        schedulerRoleArn: 'arn:aws:iam::111122223333:role/firedrill-dead-man',
      },
      clock: { source: 'simulator', url: world.control },
      probes: { vantages: [{ name: 'here', resolver: world.resolver }] },
      touch: {
        requiredTags: { ChaosReady: 'true' },
        exemptTag: 'drill-exempt',
        protectedRecords: [],
        blastRadius: { targetsMax: 200, percentMax: 100 },
      },
      ...overrides.environment,
    }),
  }
}
