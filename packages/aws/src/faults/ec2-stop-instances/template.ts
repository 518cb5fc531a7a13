import type { CreateExperimentTemplateCommandInput } from '@aws-sdk/client-fis'
import { isoDuration, type CompiledEnvironment, type InjectStep, type Outcome } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import { ARNS_PER_TARGET, PARALLEL_ACTIONS } from '../../fis/quotas.ts'
import { KEY_TAG, keyTagValue, keyToken, TOKEN_TAG } from '../key-token.ts'
import type { Capture } from './capture.ts'
import { parameters, stopAlarmNames } from './parameters.ts'

const DURATION_MIN_MS = 60_000
const DURATION_MAX_MS = 12 * 3_600_000
const STOP_CONDITIONS_MAX = 5

/** Why this step can never become an experiment, or undefined. Pure. */
export function checkStep(step: InjectStep): string | undefined {
  const read = parameters.safeParse(step.parameters)
  if (!read.success)
    return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  if (step.durationMs < DURATION_MIN_MS || step.durationMs > DURATION_MAX_MS) {
    return `FIS keeps instances stopped for 1 minute to 12 hours, the step says ${step.durationMs / 1000} s`
  }
  const alarms = stopAlarmNames(read.data)
  if (alarms.length > STOP_CONDITIONS_MAX)
    return `FIS watches ${STOP_CONDITIONS_MAX} alarms at most, not ${alarms.length}`
  return undefined
}

/** The experiment template of a step and how long it keeps the instances stopped. */
export type TemplateRequest = Readonly<{ duration: string; request: CreateExperimentTemplateCommandInput }>

/**
 * The whole CreateExperimentTemplate request. It names ARNs only, so FIS has nothing left to choose, and it is the same for
 * the same step, capture and key, so that its client token makes a repeat harmless. Pure.
 */
export function templateOf(
  step: InjectStep,
  { instances, region }: Pick<Capture, 'instances' | 'region'>,
  key: string,
  environment: CompiledEnvironment,
): Outcome<TemplateRequest> {
  const read = parameters.safeParse(step.parameters)
  if (!read.success) return failed('invalid', 'ec2-stop-instances.template', 'StepUnfit', read.error.message)
  const batches = batchesOf(instances.map(({ arn }) => arn))
  if (batches.length > PARALLEL_ACTIONS) {
    const most = ARNS_PER_TARGET * PARALLEL_ACTIONS
    const message = `one experiment stops ${most} instances at most, the step has ${instances.length}`
    return failed('invalid', 'ec2-stop-instances.template', 'FisQuota', message)
  }
  const duration = isoDuration(step.durationMs)
  const alarms = stopAlarmNames(read.data).map((name) => ({
    source: 'aws:cloudwatch:alarm',
    value: `arn:aws:cloudwatch:${region}:${environment.account}:alarm:${name}`,
  }))
  return success({
    duration,
    request: {
      clientToken: keyToken(key, 'template'),
      description: `Firedrill: stops ${instances.length} instances and starts them again after ${duration}`,
      roleArn: environment.aws.fisRoleArn,
      stopConditions: alarms.length > 0 ? alarms : [{ source: 'none' }],
      targets: Object.fromEntries(
        batches.map((arns, index) => [
          `instances-${index + 1}`,
          { resourceType: 'aws:ec2:instance', resourceArns: [...arns], selectionMode: 'ALL' },
        ]),
      ),
      actions: Object.fromEntries(
        batches.map((_, index) => [
          `stop-${index + 1}`,
          {
            actionId: 'aws:ec2:stop-instances',
            parameters: { startInstancesAfterDuration: duration, completeIfInstancesTerminated: 'true' },
            targets: { Instances: `instances-${index + 1}` },
          },
        ]),
      ),
      experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
      tags: actTags(key),
    },
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
