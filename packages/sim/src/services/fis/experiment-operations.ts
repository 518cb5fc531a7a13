import { z } from 'zod'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import type { ClientTokens } from './client-tokens.ts'
import type { ExperimentEngine } from './experiment-engine.ts'
import { notFound, quotaExceeded, validation } from './fis-faults.ts'
import { isOver, type ActionRun, type ActionSpec, type Experiment, type Template } from './fis-model.ts'
import { experimentSummary, experimentView } from './fis-views.ts'
import { pageOf } from './paging.ts'
import { read } from './template-input.ts'
import type { TemplateOperations } from './template-operations.ts'

const MAX_ACTIVE_EXPERIMENTS = 5

const startBody = z.object({
  clientToken: z.string().min(1).max(1024).optional(),
  experimentTemplateId: z.string(),
  experimentOptions: z.object({ actionsMode: z.enum(['run-all', 'skip-all']).default('run-all') }).nullish(),
  tags: z.record(z.string(), z.string()).default({}),
})

/** The operations on experiments; what happens in between the calls is the engine's. */
export class ExperimentOperations {
  readonly #engine: ExperimentEngine
  readonly #templates: TemplateOperations
  readonly #tokens: ClientTokens

  constructor(engine: ExperimentEngine, templates: TemplateOperations, tokens: ClientTokens) {
    this.#engine = engine
    this.#templates = templates
    this.#tokens = tokens
  }

  /** @throws AwsFault if there is no such experiment in the Region. */
  get(region: string, id: string): Experiment {
    const experiment = this.#engine.experiments.get(`${region}|${id}`)
    if (experiment === undefined) throw notFound(`Experiment ${id} does not exist.`)
    return experiment
  }

  start(call: Call, input: WireInput): WireStructure {
    const body = read(startBody, input)
    const scope = `${call.region}|start-experiment`
    const known = this.#tokens.find(scope, body.clientToken, input)
    if (known !== undefined) return { experiment: experimentView(this.get(call.region, known), call.account) }
    const template = this.#templates.get(call.region, body.experimentTemplateId)
    const active = this.#inRegion(call.region).filter((experiment) => !isOver(experiment))
    if (active.length >= MAX_ACTIVE_EXPERIMENTS) {
      throw quotaExceeded(`Number of active experiments cannot exceed ${MAX_ACTIVE_EXPERIMENTS}`)
    }
    const id = `EXP${call.world.kernel.hex('fis-experiment', 16)}`
    const actionsMode = body.experimentOptions?.actionsMode ?? 'run-all'
    const experiment = this.#engine.begin(
      newExperiment(template, { id, actionsMode, tags: body.tags, now: call.world.now() }),
    )
    this.#tokens.remember(scope, body.clientToken, input, id)
    return { experiment: experimentView(experiment, call.account) }
  }

  show(call: Call, input: WireInput): WireStructure {
    return { experiment: experimentView(this.get(call.region, String(input['id'])), call.account) }
  }

  /** Newest first, like the console; the API itself promises no order. */
  list(call: Call, input: WireInput): WireStructure {
    const templateId = input['experimentTemplateId']
    const all = this.#inRegion(call.region)
      .filter((experiment) => templateId === undefined || experiment.templateId === templateId)
      .toReversed()
    const { items, nextToken } = pageOf(all, input)
    return { experiments: items.map((experiment) => experimentSummary(experiment, call.account)), nextToken }
  }

  stop(call: Call, input: WireInput): WireStructure {
    const experiment = this.get(call.region, String(input['id']))
    if (isOver(experiment))
      throw validation(`Experiment ${experiment.id} cannot be stopped because it is ${experiment.status}.`)
    const stopping = this.#engine.stop(experiment, 'Experiment stopped by user.')
    return { experiment: experimentView(stopping, call.account) }
  }

  listResolvedTargets(call: Call, input: WireInput): WireStructure {
    const experiment = this.get(call.region, String(input['experimentId']))
    const name = input['targetName']
    const all = (experiment.resolved ?? []).filter(
      ({ targetName }) => name === undefined || targetName === name,
    )
    const { items, nextToken } = pageOf(all, input)
    const resolvedTargets = items.map(({ resourceType, targetName, arn }) => ({
      resourceType,
      targetName,
      targetInformation: { arn },
    }))
    return { resolvedTargets, nextToken }
  }

  setTags(experiment: Experiment, tags: Experiment['tags']): void {
    this.#engine.experiments.put(`${experiment.region}|${experiment.id}`, { ...experiment, tags })
  }

  #inRegion(region: string): readonly Experiment[] {
    return [...this.#engine.experiments.values()].filter((experiment) => experiment.region === region)
  }
}

function newExperiment(
  template: Template,
  { id, actionsMode, tags, now }: Pick<Experiment, 'id' | 'actionsMode' | 'tags'> & { readonly now: number },
): Experiment {
  const {
    targets,
    stopConditions,
    roleArn,
    emptyTargetResolutionMode,
    logConfiguration,
    experimentReportConfiguration,
  } = template
  return {
    id,
    region: template.region,
    templateId: template.id,
    actionsMode,
    tags,
    targets,
    stopConditions,
    roleArn,
    emptyTargetResolutionMode,
    logConfiguration,
    experimentReportConfiguration,
    actions: Object.fromEntries(
      Object.entries(template.actions).map(([name, spec]) => [name, newAction(spec)]),
    ),
    status: 'pending',
    reason: 'Experiment is pending.',
    error: null,
    resolved: null,
    createdAt: now,
    startedAt: null,
    endedAt: null,
    dueAt: now,
    ending: null,
  }
}

function newAction(spec: ActionSpec): ActionRun {
  return {
    ...spec,
    status: 'pending',
    reason: 'Initial state',
    startedAt: null,
    endedAt: null,
    phase: 'waiting',
    holdsUntil: null,
    affected: [],
  }
}
