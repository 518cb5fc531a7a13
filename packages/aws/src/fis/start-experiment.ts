import {
  CreateExperimentTemplateCommand,
  StartExperimentCommand,
  type CreateExperimentTemplateCommandInput,
  type ExperimentTemplate,
} from '@aws-sdk/client-fis'
import type { Applied, FrozenTarget, Outcome } from '@firedrill/core'
import { failed, mutate, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { keyToken } from '../faults/key-token.ts'
import type { ExperimentStartOptions } from './dropped-members.ts'
import { actTags } from './experiment-template.ts'
import { findExperimentId, listResolvedArns, type SeenExperiment } from './experiments.ts'

/**
 * Makes the template and starts the experiment, each under a token derived from the key: however often this is called for one
 * key, there is one experiment. An experiment of the key that exists already, running or over, is the answer.
 */
export async function startExperiment(
  aws: Aws,
  request: CreateExperimentTemplateCommandInput,
  targets: readonly FrozenTarget[],
  key: string,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const earlier = await findExperimentId(aws, keyToken(key), signal)
  if (!earlier.ok) return earlier
  if (earlier.value !== null) return success({ handle: earlier.value, requestIds: [] })
  const made = await mutate('fis.CreateExperimentTemplate', signal, (options) =>
    aws.fis.send(new CreateExperimentTemplateCommand(request), options),
  )
  if (!made.ok) return made
  // A repeat answers with the template of the first call, which the owner of the account may have edited since.
  const differs = differenceFrom(
    targets.map(({ id }) => id),
    arnsOf(made.value.experimentTemplate),
  )
  if (differs !== undefined) {
    return failed('conflict', 'fis.CreateExperimentTemplate', 'TemplateDiffers', `the template ${differs}`)
  }
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

/** An `invalid` failure when FIS resolved anything but what was approved: take the fault out. */
export async function checkResolved(
  aws: Aws,
  targets: readonly FrozenTarget[],
  experiment: SeenExperiment | null,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  if (experiment === null || experiment.state === 'pending') return success(null)
  const arns = await listResolvedArns(aws, experiment.id, signal)
  if (!arns.ok) return arns
  const isNotYet = arns.value.length === 0 && experiment.state !== 'running'
  const differs = isNotYet
    ? undefined
    : differenceFrom(
        targets.map(({ id }) => id),
        arns.value,
      )
  if (differs === undefined) return success(null)
  const message = `what FIS resolved for ${experiment.id} ${differs}`
  return failed('invalid', 'fis.ListExperimentResolvedTargets', 'ResolvedTargetsDiffer', message)
}

/** How a list of ARNs differs from the approved one, in words, or undefined when it is the same set. */
function differenceFrom(approved: readonly string[], found: readonly string[]): string | undefined {
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
