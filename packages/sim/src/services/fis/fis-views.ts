import type { Micros } from '../../world/model.ts'
import { WireTime, type WireStructure, type WireValue } from '../../wire/wire-value.ts'
import type { ActionRun, ActionSpec, Experiment, ExperimentPlan, TargetSpec, Template } from './fis-model.ts'

/** A template as `GetExperimentTemplate` shows it. */
export function templateView(template: Template, account: string): WireStructure {
  return {
    id: template.id,
    arn: arnOf('experiment-template', template, account),
    description: template.description,
    ...planView(template),
    actions: mapValues(template.actions, actionSpecView),
    creationTime: new WireTime(template.createdAt),
    lastUpdateTime: new WireTime(template.updatedAt),
    tags: template.tags,
    experimentOptions: optionsView(template),
    targetAccountConfigurationsCount: 0,
  }
}

/** A template as `ListExperimentTemplates` shows it. */
export function templateSummary(template: Template, account: string): WireStructure {
  return {
    id: template.id,
    arn: arnOf('experiment-template', template, account),
    description: template.description,
    creationTime: new WireTime(template.createdAt),
    lastUpdateTime: new WireTime(template.updatedAt),
    tags: template.tags,
  }
}

/** An experiment as `GetExperiment` shows it. */
export function experimentView(experiment: Experiment, account: string): WireStructure {
  return {
    id: experiment.id,
    arn: arnOf('experiment', experiment, account),
    experimentTemplateId: experiment.templateId,
    state: stateView(experiment),
    ...planView(experiment),
    actions: mapValues(experiment.actions, actionRunView),
    creationTime: new WireTime(experiment.createdAt),
    startTime: timeView(experiment.startedAt),
    endTime: timeView(experiment.endedAt),
    tags: experiment.tags,
    experimentOptions: { ...optionsView(experiment), actionsMode: experiment.actionsMode },
    targetAccountConfigurationsCount: 0,
  }
}

/** An experiment as `ListExperiments` shows it. */
export function experimentSummary(experiment: Experiment, account: string): WireStructure {
  return {
    id: experiment.id,
    arn: arnOf('experiment', experiment, account),
    experimentTemplateId: experiment.templateId,
    state: stateView(experiment),
    creationTime: new WireTime(experiment.createdAt),
    tags: experiment.tags,
    experimentOptions: { ...optionsView(experiment), actionsMode: experiment.actionsMode },
  }
}

/** The ARN of a template or an experiment. */
export function arnOf(
  kind: 'experiment' | 'experiment-template',
  { region, id }: { readonly region: string; readonly id: string },
  account: string,
): string {
  return `arn:aws:fis:${region}:${account}:${kind}/${id}`
}

function stateView({ status, reason, error }: Experiment): WireStructure {
  return { status, reason, error: error ?? undefined }
}

function planView(plan: Omit<ExperimentPlan, 'actions'>): WireStructure {
  return {
    targets: mapValues(plan.targets, targetView),
    stopConditions: plan.stopConditions.map(({ source, value }) => ({ source, value })),
    roleArn: plan.roleArn,
    logConfiguration: (plan.logConfiguration ?? undefined) as WireValue,
    experimentReportConfiguration: (plan.experimentReportConfiguration ?? undefined) as WireValue,
  }
}

function optionsView(plan: Pick<ExperimentPlan, 'emptyTargetResolutionMode'>): WireStructure {
  return { accountTargeting: 'single-account', emptyTargetResolutionMode: plan.emptyTargetResolutionMode }
}

function targetView(spec: TargetSpec): WireStructure {
  return {
    resourceType: spec.resourceType,
    resourceArns: spec.resourceArns,
    resourceTags: spec.resourceTags,
    filters: spec.filters?.map(({ path, values }) => ({ path, values })),
    selectionMode: spec.selectionMode,
    parameters: spec.parameters,
  }
}

function actionSpecView(spec: ActionSpec): WireStructure {
  return {
    actionId: spec.actionId,
    description: spec.description,
    parameters: spec.parameters,
    targets: spec.targets,
    startAfter: spec.startAfter,
  }
}

function actionRunView(run: ActionRun): WireStructure {
  return {
    ...actionSpecView(run),
    state: { status: run.status, reason: run.reason },
    startTime: timeView(run.startedAt),
    endTime: timeView(run.endedAt),
  }
}

function timeView(at: Micros | null): WireTime | undefined {
  return at === null ? undefined : new WireTime(at)
}

function mapValues<T>(record: Readonly<Record<string, T>>, view: (value: T) => WireStructure): WireStructure {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, view(value)]))
}
