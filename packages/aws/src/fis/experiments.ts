import {
  GetExperimentCommand,
  ListExperimentResolvedTargetsCommand,
  ListExperimentsCommand,
  ListExperimentTemplatesCommand,
  type ExperimentSummary,
} from '@aws-sdk/client-fis'
import type { Outcome, WorldInstant } from '@firedrill/core'
import { failed, read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { TOKEN_TAG } from '../faults/key-token.ts'
import { fromDate } from '../world-date.ts'

/** States of an experiment, in the order in which they come. */
export const EXPERIMENT_STATES = [
  'pending',
  'initiating',
  'running',
  'stopping',
  'completed',
  'stopped',
  'failed',
  'cancelled',
] as const
/** One of those states. */
export type ExperimentState = (typeof EXPERIMENT_STATES)[number]

/** An experiment as this room needs it. */
export type SeenExperiment = Readonly<{
  id: string
  templateId: string
  state: ExperimentState
  /** Words of FIS; never decided upon, they are no contract. */
  reason: string
  /** When the first action began: FIS's own stamp, world time. */
  actedAt?: WorldInstant
  /** States of its actions by name, in FIS's words. */
  actions: Readonly<Record<string, string>>
}>

/** True until FIS has begun to end it: it may still act. */
export function isActive({ state }: SeenExperiment): boolean {
  return state === 'pending' || state === 'initiating' || state === 'running'
}

/** True once FIS will do nothing more for it, not even a post-action. */
export function isOver({ state }: SeenExperiment): boolean {
  return state === 'completed' || state === 'stopped' || state === 'failed' || state === 'cancelled'
}

/** States of the actions whose names begin with a word: large sets of targets are split over several. */
export function actionsOf({ actions }: SeenExperiment, word: string): readonly string[] {
  return Object.entries(actions).flatMap(([name, state]) => (name.startsWith(`${word}-`) ? [state] : []))
}

/** One experiment by id. */
export async function readExperiment(
  { fis }: Aws,
  id: string,
  signal: AbortSignal,
): Promise<Outcome<SeenExperiment>> {
  const operation = 'fis.GetExperiment'
  const answer = await read(operation, signal, (options) =>
    fis.send(new GetExperimentCommand({ id }), options),
  )
  if (!answer.ok) return answer
  const { experiment } = answer.value
  const state = EXPERIMENT_STATES.find((word) => word === experiment?.state?.status)
  if (experiment === undefined || state === undefined) {
    return failed(
      'unexpected',
      operation,
      'UnknownState',
      `experiment ${id} is ${experiment?.state?.status ?? 'empty'}`,
    )
  }
  const starts = Object.values(experiment.actions ?? {}).flatMap(({ startTime }) =>
    startTime === undefined ? [] : [fromDate(startTime)],
  )
  const first = starts.toSorted((a, b) => a - b)[0]
  return success({
    id,
    templateId: experiment.experimentTemplateId ?? '',
    state,
    reason: experiment.state?.reason ?? '',
    actions: Object.fromEntries(
      Object.entries(experiment.actions ?? {}).map(([name, action]) => [name, action.state?.status ?? '?']),
    ),
    ...(first === undefined ? {} : { actedAt: first }),
  })
}

/** The experiment that carries a token, or null when there is none. Reads every page: absence has to be certain. */
export async function findExperimentId(
  aws: Aws,
  token: string,
  signal: AbortSignal,
): Promise<Outcome<string | null>> {
  const all = await listExperiments(aws, signal)
  if (!all.ok) return all
  return success(all.value.find(({ tags }) => tags?.[TOKEN_TAG] === token)?.id ?? null)
}

/** How many experiments of the Region, anybody's, are not over. */
export async function countActiveExperiments(aws: Aws, signal: AbortSignal): Promise<Outcome<number>> {
  const all = await listExperiments(aws, signal)
  if (!all.ok) return all
  const over: readonly (string | undefined)[] = ['completed', 'stopped', 'failed', 'cancelled']
  return success(all.value.filter(({ state }) => !over.includes(state?.status)).length)
}

async function listExperiments(
  { fis }: Aws,
  signal: AbortSignal,
): Promise<Outcome<readonly ExperimentSummary[]>> {
  const operation = 'fis.ListExperiments'
  return readPages(
    (nextToken) =>
      read(operation, signal, (options) =>
        fis.send(
          new ListExperimentsCommand({ maxResults: 100, ...(nextToken === undefined ? {} : { nextToken }) }),
          options,
        ),
      ),
    (page) => page.experiments,
    (page) => page.nextToken,
    operation,
  )
}

/** The experiment of an act: by its id when that is known, else by the token. Null when there is none. */
export async function findExperiment(
  aws: Aws,
  by: Readonly<{ handle?: string; token: string }>,
  signal: AbortSignal,
): Promise<Outcome<SeenExperiment | null>> {
  const { handle } = by
  if (handle !== undefined) return readExperiment(aws, handle, signal)
  const id = await findExperimentId(aws, by.token, signal)
  if (!id.ok) return id
  return id.value === null ? success(null) : readExperiment(aws, id.value, signal)
}

/** Templates that carry a token. */
export async function findTemplateIds(
  aws: Aws,
  token: string,
  signal: AbortSignal,
): Promise<Outcome<readonly string[]>> {
  const found = await findTemplates(aws, [token], signal)
  return found.ok ? success(found.value.get(token) ?? []) : found
}

/** Templates that carry one of several tokens, by token; the list is read once for all. */
export async function findTemplates(
  { fis }: Aws,
  tokens: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<ReadonlyMap<string, readonly string[]>>> {
  const operation = 'fis.ListExperimentTemplates'
  const all = await readPages(
    (nextToken) =>
      read(operation, signal, (options) =>
        fis.send(
          new ListExperimentTemplatesCommand({
            maxResults: 100,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
          options,
        ),
      ),
    (page) => page.experimentTemplates,
    (page) => page.nextToken,
    operation,
  )
  if (!all.ok) return all
  const idsOf = (token: string) =>
    all.value.flatMap(({ id, tags }) => (id !== undefined && tags?.[TOKEN_TAG] === token ? [id] : []))
  return success(new Map(tokens.map((token) => [token, idsOf(token)])))
}

/** ARNs that FIS resolved for an experiment, all targets together; empty before it has. */
export async function listResolvedArns(
  { fis }: Aws,
  experimentId: string,
  signal: AbortSignal,
): Promise<Outcome<readonly string[]>> {
  const operation = 'fis.ListExperimentResolvedTargets'
  const all = await readPages(
    (nextToken) =>
      read(operation, signal, (options) =>
        fis.send(
          new ListExperimentResolvedTargetsCommand({
            experimentId,
            maxResults: 100,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
          options,
        ),
      ),
    (page) => page.resolvedTargets,
    (page) => page.nextToken,
    operation,
  )
  if (!all.ok) return all
  return success(
    all.value.map(({ targetInformation }) => targetInformation?.['arn'] ?? JSON.stringify(targetInformation)),
  )
}
