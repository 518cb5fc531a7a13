import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import type { ClientTokens } from './client-tokens.ts'
import { notFound, quotaExceeded } from './fis-faults.ts'
import type { Template } from './fis-model.ts'
import { templateSummary, templateView } from './fis-views.ts'
import { pageOf } from './paging.ts'
import { checkTemplate, readTemplate, readTemplateChange, type TemplateBody } from './template-input.ts'

const MAX_TEMPLATES = 500

/** The experiment templates of a world and the operations on them. */
export class TemplateOperations {
  readonly templates: Table<Template>
  readonly #tokens: ClientTokens

  constructor(world: World, tokens: ClientTokens) {
    this.templates = world.kernel.store.table('fis-templates')
    this.#tokens = tokens
  }

  /** @throws AwsFault if there is no such template in the Region. */
  get(region: string, id: string): Template {
    const template = this.templates.get(`${region}|${id}`)
    if (template === undefined) throw notFound(`Experiment template ${id} does not exist.`)
    return template
  }

  create(call: Call, input: WireInput): WireStructure {
    const { clientToken, ...body } = readTemplate(input)
    const scope = `${call.region}|create-template`
    const known = this.#tokens.find(scope, clientToken, input)
    if (known !== undefined)
      return { experimentTemplate: templateView(this.get(call.region, known), call.account) }
    if (this.#inRegion(call.region).length >= MAX_TEMPLATES) {
      throw quotaExceeded(`Number of experiment templates cannot exceed ${MAX_TEMPLATES}`)
    }
    const now = call.world.now()
    const template: Template = {
      id: `EXT${call.world.kernel.hex('fis-template', 16)}`,
      region: call.region,
      description: body.description,
      tags: body.tags,
      createdAt: now,
      updatedAt: now,
      ...planOf(body),
    }
    this.#put(template)
    this.#tokens.remember(scope, clientToken, input, template.id)
    return { experimentTemplate: templateView(template, call.account) }
  }

  show(call: Call, input: WireInput): WireStructure {
    return { experimentTemplate: templateView(this.get(call.region, String(input['id'])), call.account) }
  }

  list(call: Call, input: WireInput): WireStructure {
    const { items, nextToken } = pageOf(this.#inRegion(call.region), input)
    return {
      experimentTemplates: items.map((template) => templateSummary(template, call.account)),
      nextToken,
    }
  }

  update(call: Call, input: WireInput): WireStructure {
    const before = this.get(call.region, String(input['id']))
    const change = readTemplateChange(input)
    const body: TemplateBody = { ...bodyOf(before), ...change }
    checkTemplate(body)
    const after: Template = {
      ...before,
      description: body.description,
      updatedAt: call.world.now(),
      ...planOf(body),
    }
    this.#put(after)
    return { experimentTemplate: templateView(after, call.account) }
  }

  /** Experiments keep their own copy, so a template can go while one runs. */
  delete(call: Call, input: WireInput): WireStructure {
    const template = this.get(call.region, String(input['id']))
    this.templates.delete(`${call.region}|${template.id}`)
    return { experimentTemplate: templateView(template, call.account) }
  }

  setTags(template: Template, tags: Template['tags']): void {
    this.#put({ ...template, tags })
  }

  #inRegion(region: string): readonly Template[] {
    return [...this.templates.values()].filter((template) => template.region === region)
  }

  #put(template: Template): void {
    this.templates.put(`${template.region}|${template.id}`, template)
  }
}

function planOf(
  body: TemplateBody,
): Pick<
  Template,
  Exclude<keyof Template, 'id' | 'region' | 'description' | 'tags' | 'createdAt' | 'updatedAt'>
> {
  return {
    targets: body.targets,
    actions: body.actions,
    stopConditions: body.stopConditions,
    roleArn: body.roleArn,
    emptyTargetResolutionMode: body.experimentOptions.emptyTargetResolutionMode,
    logConfiguration: body.logConfiguration ?? null,
    experimentReportConfiguration: body.experimentReportConfiguration ?? null,
  }
}

function bodyOf(template: Template): TemplateBody {
  return {
    description: template.description,
    targets: structuredClone(template.targets) as TemplateBody['targets'],
    actions: structuredClone(template.actions) as TemplateBody['actions'],
    stopConditions: [...template.stopConditions],
    roleArn: template.roleArn,
    tags: { ...template.tags },
    logConfiguration: template.logConfiguration,
    experimentReportConfiguration: template.experimentReportConfiguration,
    experimentOptions: {
      accountTargeting: 'single-account',
      emptyTargetResolutionMode: template.emptyTargetResolutionMode,
    },
  }
}
