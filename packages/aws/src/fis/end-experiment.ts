import { DeleteExperimentTemplateCommand, StopExperimentCommand } from '@aws-sdk/client-fis'
import type { CompiledEnvironment, Outcome, UndoPlan } from '@firedrill/core'
import { mutate, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { cliPlace } from '../endpoints.ts'
import { keyToken, TOKEN_TAG } from '../faults/key-token.ts'
import { shellLine } from '../faults/shell.ts'
import {
  findExperiment,
  findTemplates,
  isActive,
  readExperiment,
  type SeenExperiment,
} from './experiments.ts'

/** What an undo that was accepted answered. */
export type Ended = Readonly<{ requestIds: readonly string[] }>

/** Stops the experiment of an act, unless it is over. `experiment` is how it was left, null when there is none. Idempotent. */
export async function stopExperiment(
  aws: Aws,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Ended & Readonly<{ experiment: SeenExperiment | null }>>> {
  const found = await findExperiment(aws, { ...undo, token: keyToken(undo.key) }, signal)
  if (!found.ok) return found
  const experiment = found.value
  if (experiment === null || !isActive(experiment)) return success({ requestIds: [], experiment })
  const answer = await mutate('fis.StopExperiment', signal, (options) =>
    aws.fis.send(new StopExperimentCommand({ id: experiment.id }), options),
  )
  if (!answer.ok) {
    // It may have ended by itself in the meantime; asking again tells.
    const again = await readExperiment(aws, experiment.id, signal)
    return again.ok && !isActive(again.value) ? success({ requestIds: [], experiment: again.value }) : answer
  }
  return success({ requestIds: idsOf(answer.value), experiment: { ...experiment, state: 'stopping' } })
}

/** Deletes the templates of an act, so that no late StartExperiment can find one. Idempotent. */
export async function deleteTemplates(
  aws: Aws,
  undo: Pick<UndoPlan, 'key'>,
  signal: AbortSignal,
): Promise<Outcome<Ended>> {
  const [deleted] = await deleteTemplatesOf(aws, [undo], signal)
  return deleted ?? success({ requestIds: [] })
}

/** Deletes the templates of several acts, of which the list is read once; answers for each act in order. Idempotent. */
export async function deleteTemplatesOf(
  aws: Aws,
  undos: readonly Pick<UndoPlan, 'key'>[],
  signal: AbortSignal,
): Promise<readonly Outcome<Ended>[]> {
  const tokens = undos.map(({ key }) => keyToken(key))
  const templates = await findTemplates(aws, tokens, signal)
  if (!templates.ok) return undos.map(() => templates)
  return Promise.all(
    tokens.map(async (token): Promise<Outcome<Ended>> => {
      const ids = templates.value.get(token) ?? []
      const came = await Promise.all(ids.map((id) => deleteTemplate(aws, id, signal)))
      const failed = came.find((one) => !one.ok)
      return failed ?? success({ requestIds: came.flatMap((one) => (one.ok ? one.value.requestIds : [])) })
    }),
  )
}

async function deleteTemplate(aws: Aws, id: string, signal: AbortSignal): Promise<Outcome<Ended>> {
  const answer = await mutate('fis.DeleteExperimentTemplate', signal, (options) =>
    aws.fis.send(new DeleteExperimentTemplateCommand({ id }), options),
  )
  if (answer.ok) return success({ requestIds: idsOf(answer.value) })
  return answer.failure.kind === 'not-found' ? success({ requestIds: [] }) : answer
}

/** The undo of a fault that is out once its experiment is: everything that can be done is tried before a failure is answered. */
export async function endExperiment(aws: Aws, undo: UndoPlan, signal: AbortSignal): Promise<Outcome<Ended>> {
  const stopped = await stopExperiment(aws, undo, signal)
  const deleted = await deleteTemplates(aws, undo, signal)
  if (!stopped.ok) return stopped
  if (!deleted.ok) return deleted
  return success({ requestIds: [...stopped.value.requestIds, ...deleted.value.requestIds] })
}

/** The line that finds the experiment of a key with the AWS CLI alone and stops it. It may be run again. */
export function stopExperimentLine(region: string, key: string, environment: CompiledEnvironment): string {
  const place = cliPlace(environment, region)
  const query =
    `experiments[?tags."${TOKEN_TAG}"==\`"${keyToken(key)}"\` && ` +
    `(state.status==\`"pending"\` || state.status==\`"initiating"\` || state.status==\`"running"\`)].id`
  const list = shellLine(['aws', 'fis', 'list-experiments', ...place, '--query', query, '--output', 'text'])
  const stop = shellLine(['aws', 'fis', 'stop-experiment', ...place, '--id'])
  return `for id in $(${list}); do ${stop} "$id"; done`
}

/** The request id of an answer, if it has one. */
export function idsOf({
  $metadata,
}: Readonly<{ $metadata: Readonly<{ requestId?: string | undefined }> }>): readonly string[] {
  return $metadata.requestId === undefined ? [] : [$metadata.requestId]
}
