import type { World } from '../../world/world.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { AwsService, Call, Operation } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import {
  getAction,
  getTargetResourceType,
  listActions,
  listTargetResourceTypes,
} from './catalogue-operations.ts'
import { ClientTokens } from './client-tokens.ts'
import { ExperimentEngine } from './experiment-engine.ts'
import { ExperimentOperations } from './experiment-operations.ts'
import { conflict, FIS_INPUT_FAULTS, notFound } from './fis-faults.ts'
import type { TextMap } from './fis-model.ts'
import { arnOf } from './fis-views.ts'
import { TemplateOperations } from './template-operations.ts'

type Handle = Operation['handle']

/** AWS Fault Injection Service. Rates are not published by AWS; 5 calls a second are assumed. */
export function createFis(world: World): AwsService {
  const engine = new ExperimentEngine(world)
  const tokens = new ClientTokens(world)
  const templates = new TemplateOperations(world, tokens)
  const experiments = new ExperimentOperations(engine, templates, tokens)
  const tags = new TagOperations(templates, experiments)
  return {
    name: 'fis',
    signingName: 'fis',
    protocols: ['restJson1'],
    apiVersion: '2020-12-01',
    xmlNamespace: '',
    operations: {
      CreateExperimentTemplate: write('POST', '/experimentTemplates', (call, input) =>
        templates.create(call, input),
      ),
      GetExperimentTemplate: readOnly('/experimentTemplates/{id}', (call, input) =>
        templates.show(call, input),
      ),
      ListExperimentTemplates: readOnly('/experimentTemplates', (call, input) => templates.list(call, input)),
      UpdateExperimentTemplate: write('PATCH', '/experimentTemplates/{id}', (call, input) =>
        templates.update(call, input),
      ),
      DeleteExperimentTemplate: write('DELETE', '/experimentTemplates/{id}', (call, input) =>
        templates.delete(call, input),
      ),
      StartExperiment: write('POST', '/experiments', (call, input) => experiments.start(call, input)),
      GetExperiment: readOnly('/experiments/{id}', (call, input) => experiments.show(call, input)),
      ListExperiments: readOnly('/experiments', (call, input) => experiments.list(call, input)),
      StopExperiment: write('DELETE', '/experiments/{id}', (call, input) => experiments.stop(call, input)),
      ListExperimentResolvedTargets: readOnly('/experiments/{experimentId}/resolvedTargets', (call, input) =>
        experiments.listResolvedTargets(call, input),
      ),
      GetAction: readOnly('/actions/{id}', getAction),
      ListActions: readOnly('/actions', listActions),
      GetTargetResourceType: readOnly('/targetResourceTypes/{resourceType}', getTargetResourceType),
      ListTargetResourceTypes: readOnly('/targetResourceTypes', listTargetResourceTypes),
      ListTagsForResource: readOnly('/tags/{resourceArn}', (call, input) => ({
        tags: tags.find(call, input).tags,
      })),
      TagResource: write('POST', '/tags/{resourceArn}', (call, input) => tags.tag(call, input)),
      UntagResource: write('DELETE', '/tags/{resourceArn}', (call, input) => tags.untag(call, input)),
      GetSafetyLever: readOnly('/safetyLevers/{id}', (call, input) => leverView(call, input, engine)),
      UpdateSafetyLeverState: write('PATCH', '/safetyLevers/{id}/state', (call, input) =>
        updateLever(call, input, engine),
      ),
    },
    throttlingFault: { code: 'ThrottlingException', message: 'Rate exceeded', status: 429 },
    buckets: () => [{ bucket: 'all', limit: { burst: 20, refillPerSecond: 5 }, tokens: 1 }],
  }
}

function readOnly(path: string, handle: Handle): Operation {
  return { mutates: false, route: { method: 'GET', path }, handle }
}

function write(method: 'POST' | 'PATCH' | 'DELETE', path: string, handle: Handle): Operation {
  return { mutates: true, route: { method, path }, handle }
}

function leverView({ region, account }: Call, input: WireInput, engine: ExperimentEngine): WireStructure {
  checkLeverId(input)
  const { status, reason } = engine.levers.get(region)
  return {
    safetyLever: {
      id: 'default',
      arn: `arn:aws:fis:${region}:${account}:safety-lever/default`,
      state: { status, reason },
    },
  }
}

function updateLever(call: Call, input: WireInput, engine: ExperimentEngine): WireStructure {
  checkLeverId(input)
  const state = new InputReader(input, FIS_INPUT_FAULTS).requiredStructure('state')
  const status = state.choice('status', ['engaged', 'disengaged'])
  if (status === undefined) throw FIS_INPUT_FAULTS.missing('state.status')
  const reason = state.requiredText('reason')
  const present = engine.levers.get(call.region).status
  if (present === 'engaging') throw conflict('The safety lever is engaging and cannot be changed.')
  if (present === status) throw conflict(`The safety lever is already ${status}.`)
  engine.levers.set(call.region, { status, reason })
  return leverView(call, input, engine)
}

function checkLeverId(input: WireInput): void {
  if (input['id'] !== 'default') throw notFound(`Safety lever ${String(input['id'])} does not exist.`)
}

/** Tags of templates and experiments, by ARN. */
class TagOperations {
  readonly #templates: TemplateOperations
  readonly #experiments: ExperimentOperations

  constructor(templates: TemplateOperations, experiments: ExperimentOperations) {
    this.#templates = templates
    this.#experiments = experiments
  }

  find(call: Call, input: WireInput): { readonly tags: TextMap; readonly set: (tags: TextMap) => void } {
    const arn = String(input['resourceArn'])
    const id = arn.slice(arn.lastIndexOf('/') + 1)
    const { region, account } = call
    if (arn === arnOf('experiment-template', { region, id }, account)) {
      const template = this.#templates.get(region, id)
      return { tags: template.tags, set: (tags) => this.#templates.setTags(template, tags) }
    }
    if (arn === arnOf('experiment', { region, id }, account)) {
      const experiment = this.#experiments.get(region, id)
      return { tags: experiment.tags, set: (tags) => this.#experiments.setTags(experiment, tags) }
    }
    throw notFound(`Resource ${arn} does not exist.`)
  }

  tag(call: Call, input: WireInput): WireStructure {
    const { tags, set } = this.find(call, input)
    const added = Object.entries((input['tags'] ?? {}) as Record<string, unknown>)
    set({ ...tags, ...Object.fromEntries(added.map(([key, value]) => [key, String(value)])) })
    return {}
  }

  untag(call: Call, input: WireInput): WireStructure {
    const { tags, set } = this.find(call, input)
    const gone = new InputReader(input, FIS_INPUT_FAULTS).texts('tagKeys')
    set(Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.includes(key))))
    return {}
  }
}
