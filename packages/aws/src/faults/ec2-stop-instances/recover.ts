import type { Outcome, UndoPlan } from '@firedrill/core'
import { mutate, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { describeInstances } from '../../ec2/describe-instances.ts'
import { ec2Sdk } from '../../ec2/sdk.ts'
import { deleteTemplatesOf, idsOf, stopExperiment, type Ended } from '../../fis/end-experiment.ts'
import type { Capture } from '../../instances/capture.ts'

/** Instances that EC2 starts by one call. */
const STARTED_AT_ONCE = 1000

/**
 * Takes the faults of several steps of one Region out: stops the experiments side by side (FIS then starts the instances), starts
 * what is stopped and FIS will not start, of all steps in one call, and deletes the templates, so that no late
 * StartExperiment can find them. Idempotent, and each call asks first what is left to do, so that one that broke off is gone on
 * with. When FIS does not answer the instances are started all the same; what people decided to leave is not started. A
 * failure is answered, to the steps it concerns, only after everything that could be done was done.
 */
export async function recoverRegion(
  aws: Aws,
  undos: readonly Readonly<{ undo: UndoPlan; capture: Pick<Capture, 'instances'> }>[],
  signal: AbortSignal,
): Promise<readonly Outcome<Ended>[]> {
  const steps = await Promise.all(
    undos.map(async ({ undo, capture }) => {
      const stopped = await stopExperiment(aws, undo, signal)
      const willRestart = stopped.ok && stopped.value.experiment?.state === 'stopping'
      return { stopped, ids: willRestart ? [] : instancesOf(undo, capture) }
    }),
  )
  const started = await startStopped(aws, [...new Set(steps.flatMap(({ ids }) => ids))], signal)
  const deleted = await deleteTemplatesOf(
    aws,
    undos.map(({ undo }) => undo),
    signal,
  )
  return steps.map(({ stopped, ids }, index): Outcome<Ended> => {
    const parts = [
      ...ids.flatMap((id) => started.get(id) ?? []),
      stopped,
      ...(deleted[index] ? [deleted[index]] : []),
    ]
    const failure = parts.flatMap((part) => (part.ok ? [] : [part.failure]))[0]
    if (failure !== undefined) return { ok: false, failure }
    return success({
      requestIds: [...new Set(parts.flatMap((part) => (part.ok ? part.value.requestIds : [])))],
    })
  })
}

/** The same for one step. */
export async function recoverStep(
  aws: Aws,
  capture: Pick<Capture, 'instances'>,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Ended>> {
  const [outcome] = await recoverRegion(aws, [{ undo, capture }], signal)
  return outcome ?? success({ requestIds: [] })
}

/** The instances of a step that may be started: not those that people decided to leave alone. */
function instancesOf({ decided }: UndoPlan, { instances }: Pick<Capture, 'instances'>): readonly string[] {
  const { left = [], untouched = [] } = decided ?? {}
  const alone = new Set([...left, ...untouched])
  return instances.flatMap(({ id, arn }) => (alone.has(arn) ? [] : [id]))
}

/**
 * Starts what is stopped, by one call, and answers for each instance what came of it; nothing for those that run. One by
 * one when that is turned down: a single bad id fails a common call for all of them.
 */
async function startStopped(
  aws: Aws,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Outcome<Ended>>> {
  const instances = await describeInstances(aws, ids, signal)
  if (!instances.ok) return new Map(ids.map((id) => [id, instances]))
  const stopped = instances.value.filter(({ state }) => state === 'stopped').map(({ id }) => id)
  const came = new Map<string, Outcome<Ended>>()
  for (let from = 0; from < stopped.length; from += STARTED_AT_ONCE) {
    const some = stopped.slice(from, from + STARTED_AT_ONCE)
    const together = await start(aws, some, signal)
    const isTurnedDown =
      !together.ok && (together.failure.kind === 'conflict' || together.failure.kind === 'not-found')
    await Promise.all(
      some.map(async (id) => came.set(id, isTurnedDown ? await start(aws, [id], signal) : together)),
    )
  }
  return came
}

async function start(aws: Aws, ids: readonly string[], signal: AbortSignal): Promise<Outcome<Ended>> {
  const answer = await mutate('ec2.StartInstances', signal, (options) =>
    aws.ec2.send(new (ec2Sdk().StartInstancesCommand)({ InstanceIds: [...ids] }), options),
  )
  return answer.ok ? success({ requestIds: idsOf(answer.value) }) : answer
}
