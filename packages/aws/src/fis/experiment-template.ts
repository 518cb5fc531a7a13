import type { CreateExperimentTemplateCommandInput } from '@aws-sdk/client-fis'
import type { CompiledEnvironment, Outcome } from '@firedrill/core'
import { failed, success } from '../call.ts'
import { KEY_TAG, keyTagValue, keyToken, TOKEN_TAG } from '../faults/key-token.ts'
import { ACTIONS_PER_TEMPLATE, ARNS_PER_TARGET, PARALLEL_ACTIONS } from './quotas.ts'

/** One kind of thing that an experiment does to resources of one type. With more than five of them it is several actions. */
export type ExperimentAction = Readonly<{
  /** Beginning of the action's name in the template, e.g. `stop`. */
  name: string
  /** Beginning of the name of its targets, e.g. `instances`. */
  targets: string
  actionId: string
  resourceType: string
  /** The action's own word for its targets, e.g. `Instances`. */
  slot: string
  arns: readonly string[]
  parameters: Readonly<Record<string, string>>
}>

/** What an experiment is made of. */
export type ExperimentPlan = Readonly<{
  /** One sentence for whoever finds it in the account. */
  description: string
  actions: readonly ExperimentAction[]
  /** Names of alarms in the Region on which FIS ends it by itself. */
  stopAlarms: readonly string[]
  /** AWS Region code. */
  region: string
}>

const STOP_CONDITIONS_MAX = 5

/** The alarm names of a list that is parted by commas, in the order given. */
export function alarmNames(list: string): readonly string[] {
  return list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
}

/** Why FIS would not watch these alarms, or undefined. */
export function alarmProblem(alarms: readonly string[]): string | undefined {
  return alarms.length > STOP_CONDITIONS_MAX
    ? `FIS watches ${STOP_CONDITIONS_MAX} alarms at most, not ${alarms.length}`
    : undefined
}

/**
 * The whole CreateExperimentTemplate request. It names ARNs only, at most five a target, so FIS has nothing left to choose;
 * and it is the same for the same plan and key, so that its client token makes a repeat harmless. Everything in it begins
 * at once. Pure.
 */
export function experimentTemplate(
  plan: ExperimentPlan,
  key: string,
  environment: CompiledEnvironment,
): Outcome<CreateExperimentTemplateCommandInput> {
  const parts = plan.actions.flatMap((action) =>
    batchesOf(action.arns).map((arns, index) => ({ ...action, arns, number: index + 1 })),
  )
  const limit = Math.min(PARALLEL_ACTIONS, ACTIONS_PER_TEMPLATE)
  if (parts.length > limit) {
    const message = `one experiment holds ${limit} actions beside each other with ${ARNS_PER_TARGET} targets each; this takes ${parts.length} actions`
    return failed('invalid', 'fis.template', 'FisQuota', message)
  }
  const alarms = plan.stopAlarms.map((name) => ({
    source: 'aws:cloudwatch:alarm',
    value: `arn:aws:cloudwatch:${plan.region}:${environment.account}:alarm:${name}`,
  }))
  return success({
    clientToken: keyToken(key, 'template'),
    description: plan.description.slice(0, 512),
    roleArn: environment.aws.fisRoleArn,
    stopConditions: alarms.length > 0 ? alarms : [{ source: 'none' }],
    targets: Object.fromEntries(
      parts.map(({ targets, number, resourceType, arns }) => [
        `${targets}-${number}`,
        { resourceType, resourceArns: [...arns], selectionMode: 'ALL' },
      ]),
    ),
    actions: Object.fromEntries(
      parts.map(({ name, targets, number, actionId, parameters, slot }) => [
        `${name}-${number}`,
        { actionId, parameters: { ...parameters }, targets: { [slot]: `${targets}-${number}` } },
      ]),
    ),
    experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
    tags: actTags(key),
  })
}

/** Tags on template and experiment by which they are found again, and told from anybody else's. */
export function actTags(key: string): Record<string, string> {
  return { [TOKEN_TAG]: keyToken(key), [KEY_TAG]: keyTagValue(key) }
}

function batchesOf(arns: readonly string[]): readonly (readonly string[])[] {
  const batches: (readonly string[])[] = []
  for (let from = 0; from < arns.length; from += ARNS_PER_TARGET)
    batches.push(arns.slice(from, from + ARNS_PER_TARGET))
  return batches
}
