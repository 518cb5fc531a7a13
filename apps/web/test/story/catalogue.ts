import { readFileSync } from 'node:fs'
import {
  environmentSummarySchema,
  planAnswerSchema,
  scenarioDetailSchema,
  type EnvironmentSummary,
  type PlanAnswer,
  type ScenarioDetail,
} from '@firedrill/contracts'
import { fakeHash, platform } from './clock.ts'
import { STEP, TARGETS } from './script.ts'

const version = {
  version: 3,
  origin: 'file',
  actor: { kind: 'person', id: 'tok_1', name: 'M. Okafor' },
  at: platform(-86_400),
} as const

/** The scenario that the told runs are of, with its real text. */
export function scenario(): ScenarioDetail {
  const source = readFileSync(
    new URL('../../../../scenarios/instance-kill/scenario.yaml', import.meta.url),
    'utf8',
  )
  const hypothesis =
    'With the primary web tier gone, checkout is served from the standby Region within five minutes, and the availability alarm tells us within three.'
  const title = 'All primary web instances stop'
  const labels = { domain: 'compute', service: 'checkout' }
  const sustained = { goodInARow: 30, holdMs: 120_000 }
  return scenarioDetailSchema.parse({
    ...version,
    name: 'instance-kill',
    title,
    hash: fakeHash('scenario'),
    hypothesis,
    response: 'automatic',
    labels,
    faults: ['ec2-stop-instances'],
    objectives: [
      { name: 'recovery', kind: 'recovery-time', maxMicros: 300_000_000 },
      { name: 'detection', kind: 'detection-time', maxMicros: 180_000_000 },
    ],
    source,
    compiled: {
      apiVersion: 'firedrill.dev/v1',
      kind: 'Scenario',
      name: 'instance-kill',
      title,
      hypothesis,
      labels,
      description:
        'An FIS experiment stops every web instance of the primary Region. Health checks fail, the failover record answers with the standby Region, resolver caches expire, and customers move over by themselves.',
      response: 'automatic',
      acceptIrreversible: false,
      blastRadius: { targetsMax: 6, percentMax: 100 },
      probes: [
        {
          name: 'checkout',
          kind: 'http',
          periodMs: 1000,
          timeoutMs: 2000,
          url: 'http://checkout.larkspur.example/health',
          method: 'GET',
          status: [200],
        },
      ],
      steadyState: { forMs: 60_000, probes: ['checkout'], successRatioMin: 0.99 },
      steps: [
        {
          kind: 'inject',
          name: STEP,
          after: [],
          fault: 'ec2-stop-instances',
          targets: {
            region: 'primary',
            tags: { service: 'checkout' },
            zones: [],
            choose: { mode: 'all' },
            max: 6,
          },
          durationMs: 600_000,
          parameters: {},
        },
      ],
      objectives: [
        {
          kind: 'recovery-time',
          name: 'recovery',
          maxMs: 300_000,
          source: { from: 'probe', probe: 'checkout' },
          sustained,
        },
        {
          kind: 'detection-time',
          name: 'detection',
          maxMs: 180_000,
          probe: 'checkout',
          alarm: { region: 'standby', name: 'checkout-availability' },
        },
      ],
      stopConditions: [],
      timing: { observeMaxMs: 480_000, recoverWithinMs: 300_000, settleMs: 60_000 },
    },
  } satisfies ScenarioDetail)
}

/** A second scenario, so that the catalogue has two domains. */
export function otherScenario(): ScenarioDetail {
  const first = scenario()
  return {
    ...first,
    name: 'dns-record-removal',
    title: 'The address records of checkout vanish',
    hypothesis:
      'From the first customer who cannot resolve checkout until all can again takes six minutes at most.',
    labels: { domain: 'dns', service: 'checkout' },
    faults: ['route53-remove-record'],
    response: 'restore',
    hash: fakeHash('other'),
  }
}

/** A place where drills start, and one where they may only be planned. */
export function environments(): readonly EnvironmentSummary[] {
  const sandbox: EnvironmentSummary = {
    ...version,
    name: 'sandbox',
    title: 'Larkspur checkout, simulated',
    hash: fakeHash('environment'),
    environmentKind: 'sandbox',
    production: false,
    enabled: true,
    account: '111122223333',
    regions: { primary: 'eu-west-1', standby: 'eu-central-1' },
    isStartable: true,
  }
  return [
    sandbox,
    {
      ...sandbox,
      name: 'live',
      title: 'Larkspur checkout',
      environmentKind: 'cloud' as const,
      production: true,
      isStartable: false,
    },
  ].map((environment) => environmentSummarySchema.parse(environment))
}

/** A dry run that is allowed, or one that two checks refuse. */
export function plan(isAllowed: boolean): PlanAnswer {
  return planAnswerSchema.parse({
    allowed: isAllowed,
    scenario: { name: 'instance-kill', hash: fakeHash('scenario') },
    environment: { name: 'sandbox', hash: fakeHash('environment') },
    seed: 7,
    guardrails: [
      { guardrail: 'halt', allow: true, reason: 'not set' },
      { guardrail: 'caller-identity', allow: true, reason: 'account 111122223333' },
      { guardrail: 'region', allow: true, reason: 'eu-west-1 is in the environment' },
      { guardrail: 'blast-radius', allow: isAllowed, reason: '6 of 41 is 14.6 %; the scenario allows 5 %' },
      { guardrail: 'tags', allow: isAllowed, reason: 'web-6 lacks the tag ChaosReady' },
    ],
    steps: [
      {
        step: STEP,
        fault: 'ec2-stop-instances',
        faultVersion: 1,
        title: 'Stop instances by an FIS experiment',
        restoration: 'equivalent',
        fencing: 'idempotent-key',
        expiry: 'native',
        targets: TARGETS,
        population: 6,
        unfit: [{ target: 'web-9', guardrail: 'tags', reason: 'exempt, left out' }],
        calls: [
          'fis:CreateExperimentTemplate',
          'fis:StartExperiment',
          'ec2:DescribeInstances',
          'fis:StopExperiment',
        ],
        permissions: [
          'fis:StartExperiment',
          'fis:StopExperiment',
          'ec2:DescribeInstances',
          'ec2:StartInstances',
        ],
        undoCommands: [
          'aws fis stop-experiment --region eu-west-1 --endpoint-url http://127.0.0.1:4601 --id EXP4k2hFJ6pQ',
          'aws ec2 start-instances --region eu-west-1 --endpoint-url http://127.0.0.1:4601 --instance-ids i-0c4a91f02e7b0d50',
        ],
      },
    ],
    permissions: [
      'cloudwatch:DescribeAlarms',
      'ec2:DescribeInstances',
      'ec2:StartInstances',
      'fis:StartExperiment',
      'fis:StopExperiment',
      'sts:GetCallerIdentity',
    ],
    warnings: [],
    reference: {
      scenarioHash: fakeHash('scenario'),
      environmentHash: fakeHash('environment'),
      seed: 7,
      planHash: fakeHash('plan'),
    },
  } satisfies PlanAnswer)
}
