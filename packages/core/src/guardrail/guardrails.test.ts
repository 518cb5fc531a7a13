import { describe, expect, it } from 'vitest'
import type { CompiledEnvironment } from '../environment/environment.ts'
import type { Failure } from '../failure/failure.ts'
import type { StepPlan } from '../ports/fault-driver.ts'
import type { CompiledScenario } from '../scenario/scenario.ts'
import { platformInstant } from '../time/instant.ts'
import { GUARDRAILS, type GuardrailCode } from './answer.ts'
import { checkGuardrails } from './check.ts'
import type { GuardrailFacts, StepFacts } from './facts.ts'
import { ORDERED_GUARDRAILS } from './list.ts'
import {
  approvalBy,
  GIVEN,
  passingFacts,
  PLAN,
  PRODUCTION,
  SANDBOX,
  SCENARIO,
  stepFacts,
  TARGET,
} from './testing/passing-facts.ts'

const failure: Failure = { kind: 'denied', operation: 'x.Y', code: 'AccessDenied', message: 'not you' }
const unknown = { ok: false, failure } as const
const environment = (overrides: Partial<CompiledEnvironment>) =>
  passingFacts({ environment: { ...PRODUCTION, ...overrides } })
const touch = (overrides: Partial<CompiledEnvironment['touch']>) =>
  environment({ touch: { ...PRODUCTION.touch, ...overrides } })
const scenario = (overrides: Partial<CompiledScenario>) =>
  passingFacts({ scenario: { ...SCENARIO, ...overrides } })
const step = (overrides: Partial<StepFacts>) => passingFacts({ steps: [stepFacts(overrides)] })
const SCHEDULER_AWS = { ...PRODUCTION.aws, schedulerRoleArn: 'arn:aws:iam::111122223333:role/dead-man' }
/** A drill in production whose fault does not end by itself, with a scheduler of the cloud for it. */
const scheduled = (booking: StepFacts['deadMan'], aws: CompiledEnvironment['aws'] = SCHEDULER_AWS) =>
  passingFacts({
    environment: { ...PRODUCTION, deadMan: 'aws-scheduler', aws },
    steps: [stepFacts({ expiry: 'dead-man', ...(booking === undefined ? {} : { deadMan: booking }) })],
  })
const found = (overrides: Partial<StepPlan>) => {
  const plan = { ok: true, value: { ...PLAN, ...overrides } } as const
  return step({ approved: plan, again: plan })
}
const unfit = (guardrail: StepPlan['unfit'][number]['guardrail']) =>
  found({ unfit: [{ target: TARGET, guardrail, reason: 'not this one' }] })
const removing = (record: string) =>
  step({ step: { ...stepFacts().step, targets: { ...stepFacts().step.targets, zone: 'public', record } } })
const left = (survivors: StepPlan['survivors']) => {
  const { survivors: _, ...rest } = PLAN
  const value = survivors === undefined ? rest : { ...rest, survivors }
  return step({ approved: { ok: true, value }, again: { ok: true, value } })
}
const silent = () => {
  const { demands: _, ...value } = PLAN
  return step({ approved: { ok: true, value }, again: { ok: true, value } })
}
const MARKER = { periodMs: 1000, timeoutMs: 500, order: 'ordered', writesMax: 600 } as const
const INTO_DATABASE = { ...MARKER, name: 'orders', kind: 'postgresql', database: 'orders' } as const
const STAYING = {
  ...MARKER,
  name: 'notes',
  kind: 'http',
  write: { method: 'PUT', url: 'http://app.example.test/{{run}}/{{sequence}}', headers: {}, status: [201] },
  read: {
    method: 'GET',
    url: 'http://app.example.test/{{run}}',
    headers: {},
    status: [200],
    path: '',
    holds: 'numbers',
  },
} satisfies NonNullable<CompiledScenario['markers']>[number]
const BY_HTTP = {
  ...STAYING,
  cleanUp: { method: 'DELETE', url: 'http://app.example.test/{{run}}', headers: {}, status: [204] },
} satisfies NonNullable<CompiledScenario['markers']>[number]
const approved = (...given: typeof GIVEN.given) => passingFacts({ approvals: { ...GIVEN, given } })
const twoTargets = [...PLAN.targets, { id: 'i-2', label: 'web-2', region: 'eu-west-1', zone: 'eu-west-1b' }]
const [longObjective] = SCENARIO.objectives
const identity = (account: string, arn: string) =>
  passingFacts({ identity: { ok: true, value: { account, arn } } })

/** Per guardrail: facts that it, and nobody else, refuses; then what not knowing looks like. */
const REFUSED: Readonly<Record<GuardrailCode, Readonly<Record<string, GuardrailFacts>>>> = {
  halt: {
    'it is set': passingFacts({ halt: { set: true, reason: 'storm' } }),
    'it cannot be read': passingFacts({ halt: undefined }),
  },
  'environment-enabled': { 'it is disabled': environment({ enabled: false }) },
  credentials: {
    'keys of a real account are written down': environment({
      aws: {
        ...PRODUCTION.aws,
        credentials: { source: 'static', accessKeyId: 'AKIA', secretAccessKey: 'x' },
      },
    }),
    'no profile is named': environment({
      aws: { ...PRODUCTION.aws, credentials: { source: 'profile', profile: '' } },
    }),
    'a sandbox would use a profile': passingFacts({
      environment: { ...SANDBOX, aws: { ...SANDBOX.aws, credentials: PRODUCTION.aws.credentials } },
    }),
    'a sandbox would use AWS_* variables': passingFacts({
      environment: {
        ...SANDBOX,
        aws: { ...SANDBOX.aws, credentials: { source: 'environment-variables' } },
      },
    }),
    'a sandbox would leave this machine': passingFacts({
      environment: { ...SANDBOX, aws: { ...SANDBOX.aws, endpoint: 'http://simulator.example.test:4601' } },
    }),
  },
  'caller-identity': {
    'nobody says who we are': passingFacts({ identity: unknown }),
    'it is another account': identity('999988887777', 'arn:aws:sts::999988887777:assumed-role/drills/x'),
    'it is another role': identity('111122223333', 'arn:aws:sts::111122223333:assumed-role/admin/drills'),
    'the role that faults run under is of another account': environment({
      aws: { ...PRODUCTION.aws, fisRoleArn: 'arn:aws:iam::999988887777:role/fis' },
    }),
  },
  region: { 'the environment lacks one': environment({ regions: { standby: 'eu-central-1' } }) },
  rate: { 'time runs fast in a real account': passingFacts({ rate: 10 }) },
  'safety-lever': {
    'it is engaged': passingFacts({
      levers: new Map([['primary', { ok: true, value: { state: 'engaged', reason: 'no drills' } }]]),
    }),
    'it is engaging': passingFacts({
      levers: new Map([['primary', { ok: true, value: { state: 'engaging', reason: 'no drills' } }]]),
    }),
    'it cannot be read and the fault obeys it': passingFacts({ levers: new Map([['primary', unknown]]) }),
    'it was not asked and the fault obeys it': passingFacts({ levers: new Map() }),
  },
  window: {
    'it is past its end': passingFacts({ now: platformInstant(1_767_225_600_000_000 + 3_600_000_000) }),
    'it is another day': passingFacts({ now: platformInstant(1_767_225_600_000_000 - 1) }),
  },
  freeze: {
    'the environment is frozen': environment({
      freezes: [{ from: 1_767_225_600_000_000, to: 1_767_225_600_000_001, reason: 'year end' }],
    }),
    'a calendar freezes it': passingFacts({
      calendarFreezes: [
        {
          from: platformInstant(1_767_225_600_000_000),
          to: platformInstant(1_767_225_600_000_001),
          reason: 'year end',
          source: 'company',
        },
      ],
    }),
    'the calendars cannot be read': passingFacts({ calendarFreezes: undefined }),
  },
  'known-faults': { 'one is not installed': passingFacts({ unknownFaults: ['meteor'] }) },
  response: { 'the platform would have to evacuate': scenario({ response: 'evacuation' }) },
  selector: { 'it matches nothing': found({ targets: [] }) },
  approval: {
    'one is missing': approved(),
    'it is of another plan': approved(approvalBy('bo', { plan: 'c'.repeat(64) })),
    'it is of other targets': approved(approvalBy('bo', { targets: 'c'.repeat(64) })),
    'it has expired': approved(approvalBy('bo', { expiresAt: 1_767_225_600_000_000 })),
    'whoever started the run gave it': approved(approvalBy('ana')),
    'a pipeline gave it': approved(approvalBy('bo', { by: { kind: 'ci', id: 'bo', name: 'bo' } })),
    'nobody knows who started the run': passingFacts({ approvals: { ...GIVEN, author: undefined } }),
    'the targets cannot be resolved': passingFacts({ approvals: { ...GIVEN, targets: undefined } }),
  },
  drift: {
    'a target was replaced': step({
      again: { ok: true, value: { ...PLAN, targets: twoTargets.slice(1) } },
    }),
    'a target is no longer as it was captured, and undo has to bring it back as it was': step({
      restoration: 'exact',
      again: { ok: true, value: { ...PLAN, capture: { now: 'something else' } } },
    }),
    'more stands beside the targets than when it was planned': step({
      approved: { ok: true, value: { ...PLAN, standing: { web: 2 } } },
      again: { ok: true, value: { ...PLAN, standing: { web: 3 } } },
    }),
  },
  tags: {
    'a target is not opted in': unfit('tags'),
    'a target became exempt since': step({
      again: {
        ok: true,
        value: { ...PLAN, unfit: [{ target: TARGET, guardrail: 'tags', reason: 'is exempt' }] },
      },
    }),
  },
  'protected-tags': { 'a target carries one': unfit('protected-tags') },
  'protected-zones': {
    'a target lies in a protected Availability Zone': touch({ protectedZones: ['eu-west-1a'] }),
    'the record lies in a protected hosted zone': passingFacts({
      ...touch({ protectedZones: ['public'] }),
      steps: removing('www.example.test').steps,
    }),
    'the record lies in a protected hosted zone under another name': passingFacts({
      ...touch({ protectedZones: ['public'] }),
      steps: found({
        targets: [{ id: 'route53:Z0PUBLIC/www.example.test./A', label: 'www', region: 'us-east-1' }],
      }).steps,
    }),
  },
  'protected-records': { 'a target is one': unfit('protected-records') },
  'blast-radius': {
    'there are more targets than the scenario allows': passingFacts({
      ...scenario({ blastRadius: { targetsMax: 1, percentMax: 40 } }),
      steps: found({ targets: twoTargets, population: 10 }).steps,
    }),
    'there are more targets than the environment allows': passingFacts({
      ...touch({ blastRadius: { targetsMax: 1, percentMax: 50 } }),
      steps: found({ targets: twoTargets, population: 10 }).steps,
    }),
    'there are more targets than the organisation allows': passingFacts({
      installation: { ceiling: { targetsMax: 1 }, hosts: [], paging: 'command' },
      steps: found({ targets: twoTargets, population: 10 }).steps,
    }),
    'it is more in percent than the scenario allows': scenario({
      blastRadius: { targetsMax: 2, percentMax: 33 },
    }),
    'it is more in percent than the environment allows': touch({
      blastRadius: { targetsMax: 4, percentMax: 33 },
    }),
    'it is more in percent than the organisation allows': passingFacts({
      installation: { ceiling: { percentMax: 33 }, hosts: [], paging: 'command' },
    }),
    'the population shrank since planning': step({ again: { ok: true, value: { ...PLAN, population: 2 } } }),
    'a step matches more than its cap': step({
      step: { ...stepFacts().step, targets: { ...stepFacts().step.targets, max: 1 } },
      approved: { ok: true, value: { ...PLAN, targets: twoTargets, population: 10 } },
      again: { ok: true, value: { ...PLAN, targets: twoTargets, population: 10 } },
    }),
  },
  lock: {
    'another run holds a target': passingFacts({ holders: new Map([[TARGET, 'run_other']]) }),
    'another run holds what undo is judged by': passingFacts({
      holders: new Map([['i-9', 'run_other']]),
      steps: found({ surroundings: ['i-9'] }).steps,
    }),
    'nobody knows': passingFacts({ holders: undefined }),
  },
  markers: {
    'a database is not one of the environment': scenario({ markers: [INTO_DATABASE] }),
    'a vantage is not one of the environment': scenario({ markers: [{ ...BY_HTTP, vantage: 'moon' }] }),
    'writes stay in production, which nobody permitted': scenario({ markers: [STAYING] }),
  },
  irreversible: {
    'the scenario does not accept it': passingFacts({
      ...touch({ irreversible: true }),
      steps: step({ restoration: 'irreversible' }).steps,
    }),
    'the environment does not allow it': passingFacts({
      ...scenario({ acceptIrreversible: true }),
      steps: step({ restoration: 'irreversible' }).steps,
    }),
  },
  'dead-man': {
    'production would rely on the host': step({ expiry: 'dead-man' }),
    'the scheduler has no role': scheduled({ ok: true, schedules: ['r/s'] }, PRODUCTION.aws),
    'the scheduler cannot undo the fault': scheduled({ ok: false, why: 'it has to compare first' }),
    'nobody asked whether the scheduler can': scheduled(undefined),
    'nothing fences the fault and nothing ends it': passingFacts({
      ...step({ expiry: 'dead-man', fencing: 'none' }),
      environment: { ...SANDBOX, production: false },
    }),
  },
  'stop-conditions': {
    'production has none': scenario({ stopConditions: [] }),
    'an alarm is already in alarm': passingFacts({
      stopConditions: new Map([['too-bad', { ok: true, value: 'ALARM' }]]),
    }),
    'an alarm has no data': passingFacts({
      stopConditions: new Map([['too-bad', { ok: true, value: 'INSUFFICIENT_DATA' }]]),
    }),
    'an alarm cannot be read': passingFacts({ stopConditions: new Map([['too-bad', unknown]]) }),
    'an alarm was not asked': passingFacts({ stopConditions: new Map() }),
  },
  quotas: {
    'others use what is needed': passingFacts({
      allowances: new Map([['primary', { ok: true, value: [{ quota: 'places', used: 5 }] }]]),
    }),
    'nobody can tell what others use': passingFacts({ allowances: new Map([['primary', unknown]]) }),
    'what others use was not asked': passingFacts({ allowances: new Map() }),
    'undo does not fit into one request': found({
      demands: [{ quota: 'starts', per: 'request', fault: 0, undo: 11, limit: 10, isShared: false }],
    }),
    'fault and undo together are too much for the account': found({
      demands: [{ quota: 'changes', per: 'account', fault: 6, undo: 6, limit: 10, isShared: false }],
    }),
    'the fault does not say what it needs': silent(),
  },
  'fault-duration': {
    'a fault ends before objective and hold': scenario({
      steps: [{ ...stepFacts().step, durationMs: 419_000 }],
    }),
    'the run stops watching before objective and hold': scenario({
      timing: { ...SCENARIO.timing, observeMaxMs: 419_000 },
    }),
  },
  'platform-apart': {
    'the home Region would go down': passingFacts({
      ...environment({ homeRegion: 'primary' }),
      steps: step({ reach: 'region' }).steps,
    }),
    'the record is that of the database': removing('DB.example.test.'),
    'the wildcard answers for the database': removing('*.example.test'),
    'the record is that of the cloud endpoint': passingFacts({
      ...environment({ aws: { ...PRODUCTION.aws, endpoint: 'https://user@aws.example.test:8443/x' } }),
      steps: removing('aws.example.test').steps,
    }),
  },
  survivors: {
    'too few are left': left({ healthy: 1, needed: 2, where: 'primary' }),
    'production does not know how many are needed': left(undefined),
  },
  'steady-state': {
    'it does not hold': passingFacts({
      steadyState: { holds: false, isKnown: true, seen: '3 of 60 good' },
    }),
    'too little was seen': passingFacts({
      steadyState: { holds: true, isKnown: false, seen: '1 usable sample' },
    }),
  },
}

const refusals = (facts: GuardrailFacts, list = ORDERED_GUARDRAILS) =>
  checkGuardrails(facts, list).flatMap(({ guardrail, allow }) => (allow ? [] : [guardrail]))

describe('guardrails', () => {
  it('are asked in the published order, each once', () => {
    expect(ORDERED_GUARDRAILS.map(({ code }) => code)).toEqual(GUARDRAILS)
    expect(new Set(GUARDRAILS).size).toBe(GUARDRAILS.length)
  })

  it('all allow a drill that is in order, each with a reason that people can read', () => {
    const answers = checkGuardrails(passingFacts())
    expect(answers.filter(({ allow }) => !allow)).toEqual([])
    expect(answers.filter(({ reason }) => reason.length < 10)).toEqual([])
  })

  describe.each(GUARDRAILS.map((code) => [code, REFUSED[code]] as const))('%s', (code, cases) => {
    it.each(Object.entries(cases))('refuses when %s', (_, facts) => {
      expect(refusals(facts)).toContain(code)
    })

    it('is the only thing in the way: without it, the first of these drills would start', () => {
      const [facts] = Object.values(cases)
      if (facts === undefined) throw new Error(`${code} has no case`)
      expect(refusals(facts)).toEqual([code])
      expect(
        refusals(
          facts,
          ORDERED_GUARDRAILS.filter((one) => one.code !== code),
        ),
      ).toEqual([])
    })
  })

  it.each([
    ['at planning', stepFacts({ approved: unknown })],
    ['at preflight', stepFacts({ again: unknown })],
  ])('that look at targets all refuse when these could not be resolved %s', (_, one) => {
    expect(refusals(passingFacts({ steps: [one] }))).toEqual(
      expect.arrayContaining([
        'tags',
        'protected-tags',
        'protected-zones',
        'protected-records',
        'blast-radius',
        'lock',
        'quotas',
        'survivors',
      ]),
    )
  })
})

describe('a fault that does not end by itself', () => {
  it('needs nobody to say what has to survive where it takes no capacity away', () => {
    expect(refusals(left('all'))).toEqual([])
    expect(refusals(left(undefined))).toEqual(['survivors'])
  })

  it('may go into production with a step that leaves nothing broken behind, and says what that is', () => {
    const harmless = step({ expiry: 'dead-man', leftBehind: 'instances that cost and serve' })
    expect(refusals(harmless)).toEqual([])
    const answer = checkGuardrails(harmless).find(({ guardrail }) => guardrail === 'dead-man')
    expect(answer?.reason).toContain('instances that cost and serve')
  })

  it('may go into production where a scheduler of the cloud takes it out, whose role is of the account', () => {
    const booked = { ok: true, schedules: ['eu-central-1/fd-1'] } as const
    expect(refusals(scheduled(booked))).toEqual([])
    const aws = { ...SCHEDULER_AWS, schedulerRoleArn: 'arn:aws:iam::999988887777:role/dead-man' }
    expect(refusals(scheduled(booked, aws))).toEqual(['caller-identity'])
  })
})

describe('in a sandbox', () => {
  const sandbox = { ...SANDBOX, production: false }

  it('a short fault, unknown survivors and unknown quotas are warnings, not refusals', () => {
    const facts = passingFacts({
      environment: sandbox,
      scenario: { ...SCENARIO, steps: [{ ...stepFacts().step, durationMs: 1000 }] },
      steps: silent().steps,
    })
    expect(refusals(facts)).toEqual([])
    const reasonOf = (code: GuardrailCode) =>
      checkGuardrails(facts).find(({ guardrail }) => guardrail === code)?.reason
    expect(reasonOf('fault-duration')).toContain('warning: the fault of step break ends after 1 s')
    expect(reasonOf('quotas')).toContain('which a sandbox may')
    expect(refusals(passingFacts({ environment: sandbox, steps: left(undefined).steps }))).toEqual([])
  })

  it('a word in a file is not enough: what says production or leaves loopback is no sandbox', () => {
    const short = { ...SCENARIO, steps: [{ ...stepFacts().step, durationMs: 1000 }] }
    for (const one of [
      { ...SANDBOX, production: true },
      { ...sandbox, aws: PRODUCTION.aws },
    ])
      expect(refusals(passingFacts({ environment: one, scenario: short }))).toContain('fault-duration')
  })
})

describe('a drill that takes the fault out as its response', () => {
  it('may take it out before objective and hold are over', () => {
    expect(longObjective?.kind).toBe('recovery-time')
    const facts = scenario({ response: 'restore', steps: [{ ...stepFacts().step, durationMs: 1000 }] })
    expect(refusals(facts)).toEqual([])
  })
})

describe('the safety lever', () => {
  it('that cannot be read stops no fault that does not obey it, and one that is engaged stops every fault', () => {
    const steps = [stepFacts({ obeysLever: false })]
    expect(refusals(passingFacts({ steps, levers: new Map([['primary', unknown]]) }))).toEqual([])
    const engaged = { ok: true, value: { state: 'engaged', reason: 'no drills' } } as const
    expect(refusals(passingFacts({ steps, levers: new Map([['primary', engaged]]) }))).toEqual([
      'safety-lever',
    ])
  })
})

describe('shared quotas', () => {
  it('are summed over all steps of a Region', () => {
    const steps = [stepFacts(), stepFacts({ step: { ...stepFacts().step, name: 'second' } })]
    expect(refusals(passingFacts({ steps }))).toEqual(['quotas'])
    const allowances = new Map([['primary', { ok: true, value: [{ quota: 'places', used: 3 }] }]] as const)
    expect(refusals(passingFacts({ steps, allowances }))).toEqual([])
  })
})
