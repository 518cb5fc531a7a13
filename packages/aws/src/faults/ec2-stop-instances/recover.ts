import type { Failure, Outcome, UndoPlan } from '@firedrill/core'
import { mutate, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { describeInstances } from '../../ec2/describe-instances.ts'
import { ec2Sdk } from '../../ec2/sdk.ts'
import { deleteTemplates, idsOf, stopExperiment, type Ended } from '../../fis/end-experiment.ts'
import type { Capture } from '../../instances/capture.ts'

/**
 * Takes the fault out: stops the experiment (FIS then starts the instances), starts what is stopped and FIS will not start,
 * and deletes the template, so that no late StartExperiment can find it. Idempotent. When FIS does not answer the
 * instances are started all the same; what people decided to leave is not started. A failure is answered only after everything that could be done was done.
 */
export async function recoverStep(
  aws: Aws,
  capture: Pick<Capture, 'instances'>,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Ended>> {
  const stopped = await stopExperiment(aws, undo, signal)
  const willRestart = stopped.ok && stopped.value.experiment?.state === 'stopping'
  const { left = [], untouched = [] } = undo.decided ?? {}
  const alone = new Set([...left, ...untouched])
  const ids = capture.instances.flatMap(({ id, arn }) => (alone.has(arn) ? [] : [id]))
  const started = willRestart ? success({ requestIds: [] }) : await startStopped(aws, ids, signal)
  const deleted = await deleteTemplates(aws, undo, signal)
  const failure = firstFailure(started, stopped, deleted)
  if (failure !== undefined) return { ok: false, failure }
  const parts = [stopped, started, deleted].flatMap((part) => (part.ok ? part.value.requestIds : []))
  return success({ requestIds: parts })
}

function firstFailure(...outcomes: readonly Outcome<unknown>[]): Failure | undefined {
  return outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure]))[0]
}

/** One call for each instance that is stopped: a single bad id would fail a common call for all of them. */
async function startStopped(aws: Aws, ids: readonly string[], signal: AbortSignal): Promise<Outcome<Ended>> {
  const instances = await describeInstances(aws, ids, signal)
  if (!instances.ok) return instances
  const stopped = instances.value.filter(({ state }) => state === 'stopped').map(({ id }) => id)
  if (stopped.length === 0) return success({ requestIds: [] })
  const together = await start(aws, stopped, signal)
  if (together.ok || (together.failure.kind !== 'conflict' && together.failure.kind !== 'not-found'))
    return together
  const alone = await Promise.all(stopped.map((id) => start(aws, [id], signal)))
  const failure = firstFailure(...alone)
  if (failure !== undefined) return { ok: false, failure }
  return success({ requestIds: alone.flatMap((one) => (one.ok ? one.value.requestIds : [])) })
}

async function start(aws: Aws, ids: readonly string[], signal: AbortSignal): Promise<Outcome<Ended>> {
  const answer = await mutate('ec2.StartInstances', signal, (options) =>
    aws.ec2.send(new (ec2Sdk().StartInstancesCommand)({ InstanceIds: [...ids] }), options),
  )
  return answer.ok ? success({ requestIds: idsOf(answer.value) }) : answer
}
