import {
  CreateExperimentTemplateCommand,
  StartExperimentCommand,
  type ExperimentTemplate,
} from '@aws-sdk/client-fis'
import type { Applied, CompiledEnvironment, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { failed, mutate, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import type { ExperimentStartOptions } from '../../fis/dropped-members.ts'
import { findExperimentId } from '../../fis/experiments.ts'
import { keyToken } from '../key-token.ts'
import { readCapture } from './capture.ts'
import { actTags, templateOf } from './template.ts'

/**
 * Makes the template and starts the experiment, each under a token derived from the key: however often this is called for one
 * key, there is one experiment. An experiment of the key that exists already, running or over, is the answer.
 */
export async function applyStep(
  aws: Aws,
  step: InjectStep,
  plan: StepPlan,
  key: string,
  environment: CompiledEnvironment,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const capture = readCapture(plan.capture)
  if (!capture.ok) return capture
  const template = templateOf(step, capture.value, key, environment)
  if (!template.ok) return template
  const earlier = await findExperimentId(aws, keyToken(key), signal)
  if (!earlier.ok) return earlier
  if (earlier.value !== null) return success({ handle: earlier.value, requestIds: [] })
  const made = await mutate('fis.CreateExperimentTemplate', signal, (options) =>
    aws.fis.send(new CreateExperimentTemplateCommand(template.value.request), options),
  )
  if (!made.ok) return made
  const approved = plan.targets.map(({ id }) => id)
  const differs = differenceFrom(approved, arnsOf(made.value.experimentTemplate))
  if (differs !== undefined) {
    return failed('conflict', 'fis.CreateExperimentTemplate', 'TemplateDiffers', `the template ${differs}`)
  }
  // A repeat answers with the template of the first call, which the owner of the account may have edited since.
  const start = {
    clientToken: keyToken(key, 'experiment'),
    experimentTemplateId: made.value.experimentTemplate?.id,
    tags: actTags(key),
    experimentOptions: { actionsMode: 'run-all' },
  } satisfies ExperimentStartOptions & Record<string, unknown>
  const started = await mutate('fis.StartExperiment', signal, (options) =>
    aws.fis.send(new StartExperimentCommand(start), options),
  )
  if (!started.ok) return started
  const handle = started.value.experiment?.id
  if (handle === undefined) {
    return failed('ambiguous', 'fis.StartExperiment', 'NoExperiment', 'FIS answered without an experiment')
  }
  const requestIds = [made.value.$metadata.requestId, started.value.$metadata.requestId]
  return success({ handle, requestIds: requestIds.flatMap((id) => (id === undefined ? [] : [id])) })
}

/** How a list of ARNs differs from the approved one, in words, or undefined when it is the same set. */
export function differenceFrom(approved: readonly string[], found: readonly string[]): string | undefined {
  const missing = approved.filter((arn) => !found.includes(arn))
  const extra = found.filter((arn) => !approved.includes(arn))
  if (missing.length === 0 && extra.length === 0) return undefined
  return [
    ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
    ...(extra.length > 0 ? [`has ${extra.join(', ')}, which nobody approved`] : []),
  ].join(' and ')
}

function arnsOf(template: ExperimentTemplate | undefined): readonly string[] {
  return Object.values(template?.targets ?? {}).flatMap(({ resourceArns, resourceTags, filters }) =>
    Object.keys(resourceTags ?? {}).length > 0 || (filters ?? []).length > 0
      ? ['resources chosen by tag or filter']
      : (resourceArns ?? []),
  )
}
