import { z } from 'zod'
import type { WireInput } from '../../wire/wire-value.ts'
import { ACTION_CATALOGUE } from './action-catalogue.ts'
import { MAX_DURATION, parseDuration } from './durations.ts'
import { quotaExceeded, validation } from './fis-faults.ts'
import type { ActionSpec, StopConditionSpec, TargetSpec } from './fis-model.ts'
import { checkParameters } from './parameter-check.ts'
import { RESOURCE_TYPE_CATALOGUE, resourceTypeOf } from './resource-types.ts'

const MAX_ACTIONS = 20
const MAX_PARALLEL_ACTIONS = 10
const MAX_STOP_CONDITIONS = 5
const MAX_TAGS = 50

const textMap = z.record(z.string(), z.string())
const target = z.object({
  resourceType: z.string(),
  selectionMode: z.string(),
  resourceArns: z.array(z.string()).max(5).optional(),
  resourceTags: textMap.optional(),
  filters: z.array(z.object({ path: z.string().max(256), values: z.array(z.string()) })).optional(),
  parameters: textMap.optional(),
})
const action = z.object({
  actionId: z.string(),
  description: z.string().max(512).optional(),
  parameters: textMap.optional(),
  targets: textMap.optional(),
  startAfter: z.array(z.string()).optional(),
})
const body = z.object({
  clientToken: z.string().min(1).max(1024).optional(),
  description: z.string().max(512),
  stopConditions: z.array(z.object({ source: z.string(), value: z.string().optional() })),
  targets: z.record(z.string(), target).default({}),
  actions: z.record(z.string(), action),
  roleArn: z.string().min(20).max(2048),
  tags: textMap.default({}),
  logConfiguration: z.record(z.string(), z.unknown()).nullish(),
  experimentReportConfiguration: z.record(z.string(), z.unknown()).nullish(),
  experimentOptions: z
    .object({
      accountTargeting: z.string().default('single-account'),
      emptyTargetResolutionMode: z.enum(['fail', 'skip']).default('fail'),
    })
    .default({ accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' }),
})

/** The body of `CreateExperimentTemplate` and, with every member optional, of `UpdateExperimentTemplate`. */
export type TemplateBody = z.infer<typeof body>

/** Reads a whole template. @throws AwsFault `ValidationException` or `ServiceQuotaExceededException`. */
export function readTemplate(input: WireInput): TemplateBody {
  const template = read(body, input)
  checkTemplate(template)
  return template
}

/** Reads the members to be changed; members that are left out stay as they are. */
export function readTemplateChange(input: WireInput): Partial<TemplateBody> {
  const change = read(body.partial(), input)
  // Defaults must not overwrite what the template has.
  return Object.fromEntries(Object.entries(change).filter(([member]) => input[member] !== undefined))
}

/** Reads anything with a schema, with FIS's words for what is wrong. */
export function read<T>(schema: z.ZodType<T>, input: WireInput): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.join('.')
    const isMissing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
    return isMissing
      ? `Value null at '${path}' failed to satisfy constraint: Member must not be null`
      : `Value at '${path}' failed to satisfy constraint: ${issue.message}`
  })
  const noun = problems.length === 1 ? 'validation error' : 'validation errors'
  throw validation(`${problems.length} ${noun} detected: ${problems.join('; ')}`)
}

/** What a template must obey as a whole. */
export function checkTemplate(
  template: Pick<TemplateBody, 'actions' | 'targets' | 'stopConditions' | 'tags' | 'experimentOptions'>,
): void {
  if (template.experimentOptions.accountTargeting !== 'single-account') {
    throw validation('Multi-account experiments are not available in this account.')
  }
  if (Object.keys(template.tags).length > MAX_TAGS)
    throw validation(`A resource can have at most ${MAX_TAGS} tags.`)
  checkStopConditions(template.stopConditions)
  for (const [name, spec] of Object.entries(template.targets)) checkTarget(name, spec)
  const actions = Object.entries(template.actions)
  if (actions.length === 0) throw validation('At least one action is required.')
  if (actions.length > MAX_ACTIONS)
    throw quotaExceeded(`Number of actions per experiment template cannot exceed ${MAX_ACTIONS}`)
  for (const [name, spec] of actions) checkAction(name, spec, template.targets)
  checkOrder(template.actions)
}

function checkStopConditions(conditions: readonly StopConditionSpec[]): void {
  if (conditions.length === 0) throw validation('At least one stop condition is required.')
  if (conditions.length > MAX_STOP_CONDITIONS) {
    throw quotaExceeded(
      `Number of stop conditions per experiment template cannot exceed ${MAX_STOP_CONDITIONS}`,
    )
  }
  for (const { source, value } of conditions) {
    if (source === 'none' && value === undefined) continue
    if (source !== 'aws:cloudwatch:alarm')
      throw validation(`Stop condition source '${source}' is not supported.`)
    if (value === undefined || !/^arn:aws:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+$/.test(value)) {
      throw validation('The stop condition value must be the ARN of a CloudWatch alarm.')
    }
  }
}

function checkTarget(name: string, spec: TargetSpec): void {
  const type = resourceTypeOf(spec.resourceType)
  if (type === undefined)
    throw validation(`Target ${name}: resource type '${spec.resourceType}' is not supported.`)
  if (!/^(?:ALL|COUNT\([1-9]\d*\)|PERCENT\((?:[1-9]\d?|100)\))$/.test(spec.selectionMode)) {
    throw validation(`Target ${name}: selection mode '${spec.selectionMode}' is not valid.`)
  }
  const byArn = (spec.resourceArns ?? []).length > 0
  const byTag = Object.keys(spec.resourceTags ?? {}).length > 0
  const byParameter = Object.keys(spec.parameters ?? {}).length > 0
  if (byArn && (byTag || (spec.filters ?? []).length > 0)) {
    throw validation(`Target ${name}: resource ARNs cannot be combined with resource tags or filters.`)
  }
  if (!byArn && !byTag && !byParameter)
    throw validation(`Target ${name}: resource ARNs or resource tags are required.`)
  const { parameters, byArnOnly = false } = RESOURCE_TYPE_CATALOGUE[type]
  if (byArnOnly && !byArn)
    throw validation(`Target ${name}: resource type '${type}' must be identified by resource ARNs.`)
  for (const [parameter, { required }] of Object.entries(parameters)) {
    if (required && spec.parameters?.[parameter] === undefined)
      throw validation(`Target ${name}: parameter ${parameter} is required.`)
  }
  const unknown = Object.keys(spec.parameters ?? {}).find((parameter) => !(parameter in parameters))
  if (unknown !== undefined)
    throw validation(`Target ${name}: parameter ${unknown} is not supported by '${type}'.`)
}

function checkAction(name: string, spec: ActionSpec, targets: TemplateBody['targets']): void {
  const known = ACTION_CATALOGUE.get(spec.actionId)
  if (known === undefined) throw validation(`Action ${name}: action ID '${spec.actionId}' was not found.`)
  checkParameters(name, spec, known)
  for (const [slot, { resourceType }] of Object.entries(known.targets)) {
    const targetName = spec.targets?.[slot]
    if (targetName === undefined) throw validation(`Action ${name}: target ${slot} is required.`)
    const chosen = targets[targetName]
    if (chosen === undefined) throw validation(`Action ${name}: target '${targetName}' is not defined.`)
    if (chosen.resourceType !== resourceType)
      throw validation(`Action ${name}: target '${targetName}' is not of type ${resourceType}.`)
  }
  for (const slot of Object.keys(spec.targets ?? {})) {
    if (known.targets[slot] === undefined)
      throw validation(`Action ${name}: target ${slot} is not supported.`)
  }
}

/** Every name in `startAfter` exists, nothing waits for itself, and no more actions than allowed can run at a time. */
function checkOrder(actions: TemplateBody['actions']): void {
  const depths = new Map<string, number>()
  const depthOf = (name: string, path: readonly string[]): number => {
    const spec = actions[name]
    if (spec === undefined) throw validation(`startAfter names action '${name}', which is not defined.`)
    if (path.includes(name)) throw validation(`Actions ${[...path, name].join(' -> ')} wait for each other.`)
    const known = depths.get(name)
    if (known !== undefined) return known
    const depth = Math.max(
      0,
      ...(spec.startAfter ?? []).map((before) => depthOf(before, [...path, name]) + 1),
    )
    depths.set(name, depth)
    return depth
  }
  const perDepth = new Map<number, number>()
  for (const name of Object.keys(actions)) {
    const depth = depthOf(name, [])
    perDepth.set(depth, (perDepth.get(depth) ?? 0) + 1)
  }
  checkDuration(actions)
  if (Math.max(...perDepth.values()) > MAX_PARALLEL_ACTIONS) {
    throw quotaExceeded(`Number of parallel actions per experiment cannot exceed ${MAX_PARALLEL_ACTIONS}`)
  }
}

/** The longest chain of actions, none of which waits for itself, must fit into the longest experiment. */
function checkDuration(actions: TemplateBody['actions']): void {
  const longestTo = (name: string): number => {
    const { parameters = {}, startAfter = [] } = actions[name] ?? {}
    const own = parseDuration(parameters['duration'] ?? parameters['startInstancesAfterDuration'] ?? '') ?? 0
    return own + Math.max(0, ...startAfter.map((before) => longestTo(before)))
  }
  if (Object.keys(actions).some((name) => longestTo(name) > MAX_DURATION))
    throw quotaExceeded('Experiment duration cannot exceed 12 hours')
}
