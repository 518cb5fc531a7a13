import type { CompiledEnvironment, DrillWindow } from '../environment/environment.ts'
import type { Outcome, StepPlan } from '../ports/fault-driver.ts'
import type { CallerIdentity } from '../ports/watch.ts'
import { injectSteps, type CompiledScenario } from '../scenario/scenario.ts'
import type { PlatformInstant } from '../time/instant.ts'
import type { GuardrailAnswer, GuardrailCode } from './answer.ts'

/** One inject step as planned: the approved plan and, at preflight, the same question asked again. */
export type StepFacts = Readonly<{
  step: string
  irreversible: boolean
  approved: Outcome<StepPlan>
  again?: Outcome<StepPlan>
}>

/** Everything the guardrails look at; gathered by the engine, judged here. */
export type GuardrailFacts = Readonly<{
  scenario: CompiledScenario
  environment: CompiledEnvironment
  halt: Readonly<{ set: boolean; reason: string }> | undefined
  identity: Outcome<CallerIdentity>
  rate: number
  now: PlatformInstant
  steps: readonly StepFacts[]
  /** State of every stop-condition alarm by condition name. */
  stopConditions: ReadonlyMap<string, Outcome<string>>
  approvals: number
  unknownFaults: readonly string[]
}>

type Check = (facts: GuardrailFacts) => true | string

/** The ordered list. Each check answers true or the reason of its refusal; not knowing is a refusal. */
const CHECKS: readonly (readonly [GuardrailCode, Check])[] = [
  [
    'halt',
    ({ halt }) =>
      halt === undefined
        ? 'the halt could not be read'
        : halt.set
          ? `the global halt is set: ${halt.reason}`
          : true,
  ],
  [
    'environment-enabled',
    ({ environment }) => environment.enabled || `environment ${environment.name} is disabled`,
  ],
  ['caller-identity', callerIdentity],
  ['region', region],
  ['rate', rate],
  [
    'window',
    ({ environment, now }) =>
      insideWindow(environment.windows, now) || 'outside every allowed window of the environment',
  ],
  ['response', response],
  ['selector', selector],
  ['blast-radius', blastRadius],
  ['tags', (facts) => unfit(facts, 'tags')],
  ['protected-records', (facts) => unfit(facts, 'protected-records')],
  [
    'approval',
    ({ environment, approvals }) =>
      approvals >= environment.approvalsNeeded ||
      `${environment.approvalsNeeded} approvals are needed, ${approvals} were given`,
  ],
  ['drift', drift],
  ['irreversible', irreversible],
  ['stop-conditions', stopConditions],
]

/** Asks every guardrail, in order, and gives all answers. The run may go on only when all allow. */
export function checkGuardrails(facts: GuardrailFacts): readonly GuardrailAnswer[] {
  return CHECKS.map(([guardrail, check]) => {
    const answer = check(facts)
    return { guardrail, allow: answer === true, reason: answer === true ? 'in order' : answer }
  })
}

function callerIdentity({ identity, environment }: GuardrailFacts): true | string {
  if (!identity.ok)
    return `the cloud did not say who we are: ${identity.failure.code} ${identity.failure.message}`
  const { account, arn } = identity.value
  if (account !== environment.account)
    return `the credentials belong to account ${account}, the environment names ${environment.account}`
  const role = environment.aws.roleArn?.split('/').at(-1)
  if (role !== undefined && !arn.includes(`/${role}/`) && !arn.endsWith(`/${role}`)) {
    return `the credentials are ${arn}, the environment names role ${environment.aws.roleArn ?? ''}`
  }
  return true
}

function region({ scenario, environment }: GuardrailFacts): true | string {
  const named = new Set(injectSteps(scenario).map((step) => step.targets.region))
  for (const objective of scenario.objectives) {
    if (objective.kind === 'detection-time') named.add(objective.alarm.region)
    if (objective.kind === 'recovery-time' && objective.source.from === 'metric')
      named.add(objective.source.region)
  }
  for (const condition of scenario.stopConditions) named.add(condition.region)
  const missing = [...named].filter((name) => environment.regions[name] === undefined)
  if (missing.length === 0) return true
  return `the environment has no Region named ${missing.join(', ')}; it has ${Object.keys(environment.regions).join(', ')}`
}

function rate({ environment, rate: worldRate }: GuardrailFacts): true | string {
  if (worldRate === 1) return true
  if (environment.aws.endpoint !== 'aws' && isLoopback(environment.aws.endpoint)) return true
  return `world time runs at ${worldRate}x, which only a simulator on loopback may do`
}

/** True for a URL whose host is a literal loopback address. A name is not enough: it may resolve to anything. */
export function isLoopback(url: string): boolean {
  return /^https?:\/\/(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?(\/|$)/.test(url)
}

const DAYS: Readonly<Record<string, DrillWindow['days'][number]>> = {
  Mon: 'mon',
  Tue: 'tue',
  Wed: 'wed',
  Thu: 'thu',
  Fri: 'fri',
  Sat: 'sat',
  Sun: 'sun',
}

/** True when there are no windows or `now` lies in one, by the wall clock of the window's zone. */
export function insideWindow(windows: readonly DrillWindow[], now: PlatformInstant): boolean {
  if (windows.length === 0) return true
  return windows.some((window) => {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: window.timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).formatToParts(now / 1000)
    const read = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
    const minute = Number(read('hour')) * 60 + Number(read('minute'))
    const day = DAYS[read('weekday')]
    return (
      day !== undefined &&
      window.days.includes(day) &&
      minute >= window.fromMinute &&
      minute < window.toMinute
    )
  })
}

function response({ scenario, unknownFaults }: GuardrailFacts): true | string {
  if (unknownFaults.length > 0) return `this installation has no fault named ${unknownFaults.join(', ')}`
  if (scenario.response === 'evacuation')
    return 'this version cannot carry out an evacuation by itself; use response runbook'
  return true
}

function selector({ steps }: GuardrailFacts): true | string {
  for (const { step, approved } of steps) {
    if (!approved.ok)
      return `step ${step}: the targets could not be resolved: ${approved.failure.code} ${approved.failure.message}`
    if (approved.value.targets.length === 0) return `step ${step}: the selector matches nothing`
  }
  return steps.length > 0 || 'the scenario injects nothing'
}

function blastRadius({ scenario, environment, steps }: GuardrailFacts): true | string {
  const ids = new Set(
    steps.flatMap(({ approved }) => (approved.ok ? approved.value.targets.map((target) => target.id) : [])),
  )
  const limits = [
    ['scenario', scenario.blastRadius],
    ['environment', environment.touch.blastRadius],
  ] as const
  for (const [whose, limit] of limits) {
    if (ids.size > limit.targetsMax) return `${ids.size} targets, the ${whose} allows ${limit.targetsMax}`
  }
  for (const { step, approved, again } of steps) {
    if (!approved.ok) return `step ${step}: the targets could not be resolved`
    const targets = approved.value.targets
    // The population as it is now, when it was asked again: it may have shrunk since planning.
    const population =
      again?.ok === true
        ? Math.min(again.value.population, approved.value.population)
        : approved.value.population
    const percent = population === 0 ? 100 : (targets.length / population) * 100
    for (const [whose, limit] of limits) {
      if (percent > limit.percentMax)
        return `step ${step}: ${percent.toFixed(1)} % of ${population}, the ${whose} allows ${limit.percentMax} %`
    }
  }
  for (const step of injectSteps(scenario)) {
    const planned = steps.find((facts) => facts.step === step.name)
    if (planned?.approved.ok === true && planned.approved.value.targets.length > step.targets.max) {
      return `step ${step.name}: ${planned.approved.value.targets.length} targets match, its cap is ${step.targets.max}`
    }
  }
  return true
}

function unfit({ steps }: GuardrailFacts, guardrail: 'tags' | 'protected-records'): true | string {
  // What became exempt or protected since planning counts as much as what was so then.
  const found = steps.flatMap(({ approved, again }) =>
    [approved, again].flatMap((plan) =>
      plan?.ok === true ? plan.value.unfit.filter((entry) => entry.guardrail === guardrail) : [],
    ),
  )
  if (found.length === 0)
    return steps.every(({ approved }) => approved.ok) || 'the targets could not be resolved'
  return [...new Set(found.map(({ target, reason }) => `${target}: ${reason}`))].join('; ')
}

function drift({ steps }: GuardrailFacts): true | string {
  for (const { step, approved, again } of steps) {
    if (again === undefined || !approved.ok) continue
    if (!again.ok) return `step ${step}: the targets could not be resolved again: ${again.failure.code}`
    const before = approved.value.targets.map((target) => target.id).toSorted()
    const after = again.value.targets.map((target) => target.id).toSorted()
    if (before.join('\n') !== after.join('\n')) {
      const gone = before.filter((id) => !after.includes(id))
      const come = after.filter((id) => !before.includes(id))
      return `step ${step}: the targets changed since planning (gone: ${gone.join(', ') || 'none'}; new: ${come.join(', ') || 'none'})`
    }
  }
  return true
}

function irreversible({ scenario, steps }: GuardrailFacts): true | string {
  const names = steps.filter((step) => step.irreversible).map((step) => step.step)
  if (names.length === 0 || scenario.acceptIrreversible) return true
  return `${names.join(', ')} cannot be put back; the scenario must say acceptIrreversible: true`
}

function stopConditions({ scenario, stopConditions: states }: GuardrailFacts): true | string {
  for (const condition of scenario.stopConditions) {
    const state = states.get(condition.name)
    if (state === undefined || !state.ok)
      return `stop condition ${condition.name}: alarm ${condition.alarm} could not be read`
    if (state.value !== 'OK')
      return `stop condition ${condition.name}: alarm ${condition.alarm} is ${state.value}`
  }
  return true
}
