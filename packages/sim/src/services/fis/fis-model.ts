import type { Micros } from '../../world/model.ts'

/** States of an experiment, in the API's words. */
export const EXPERIMENT_STATUSES = [
  'pending',
  'initiating',
  'running',
  'completed',
  'stopping',
  'stopped',
  'failed',
  'cancelled',
] as const
/** One experiment state. */
export type ExperimentStatus = (typeof EXPERIMENT_STATUSES)[number]

/** States of one action of an experiment. */
export const ACTION_STATUSES = [...EXPERIMENT_STATUSES, 'skipped'] as const
/** One action state. */
export type ActionStatus = (typeof ACTION_STATUSES)[number]

/** Texts by text, as the API has them for tags, parameters and targets. */
export type TextMap = Readonly<Record<string, string>>

/** A target of a template. */
export type TargetSpec = {
  readonly resourceType: string
  readonly selectionMode: string
  readonly resourceArns?: readonly string[] | undefined
  readonly resourceTags?: TextMap | undefined
  readonly filters?: readonly { readonly path: string; readonly values: readonly string[] }[] | undefined
  readonly parameters?: TextMap | undefined
}

/** An action of a template. */
export type ActionSpec = {
  readonly actionId: string
  readonly description?: string | undefined
  readonly parameters?: TextMap | undefined
  readonly targets?: TextMap | undefined
  readonly startAfter?: readonly string[] | undefined
}

/** A stop condition: an alarm by ARN, or `none`. */
export type StopConditionSpec = { readonly source: string; readonly value?: string | undefined }

/** What an empty target does to an experiment. */
export type EmptyTargetMode = 'fail' | 'skip'

/** What a template says, as far as an experiment copies it. */
export type ExperimentPlan = {
  readonly targets: Readonly<Record<string, TargetSpec>>
  readonly actions: Readonly<Record<string, ActionSpec>>
  readonly stopConditions: readonly StopConditionSpec[]
  readonly roleArn: string
  readonly emptyTargetResolutionMode: EmptyTargetMode
  /** Kept and given back; this world has neither log groups nor buckets. */
  readonly logConfiguration: Readonly<Record<string, unknown>> | null
  readonly experimentReportConfiguration: Readonly<Record<string, unknown>> | null
}

/** An experiment template; table key `${region}|${id}`. */
export type Template = ExperimentPlan & {
  readonly id: string
  readonly region: string
  readonly description: string
  readonly tags: TextMap
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

/** What an action does at the moment, beyond what the API shows. */
export type ActionPhase = 'waiting' | 'holding' | 'restoring' | 'over'

/** An action of a running experiment. */
export type ActionRun = ActionSpec & {
  readonly status: ActionStatus
  readonly reason: string
  readonly startedAt: Micros | null
  readonly endedAt: Micros | null
  readonly phase: ActionPhase
  /** When `holding` ends by itself; null if that depends on the targets alone. */
  readonly holdsUntil: Micros | null
  /** Instances whose state this action changed. */
  readonly affected: readonly string[]
}

/** Why an experiment failed, as `state.error`. */
export type ExperimentError = { readonly accountId: string; readonly code: string; readonly location: string }

/** A resource that a target was resolved to. */
export type ResolvedTarget = {
  readonly targetName: string
  readonly resourceType: string
  readonly arn: string
}

/** An experiment; table key `${region}|${id}`. */
export type Experiment = Omit<ExperimentPlan, 'actions'> & {
  readonly id: string
  readonly region: string
  readonly templateId: string
  readonly actionsMode: 'run-all' | 'skip-all'
  readonly tags: TextMap
  readonly status: ExperimentStatus
  readonly reason: string
  readonly error: ExperimentError | null
  readonly actions: Readonly<Record<string, ActionRun>>
  readonly resolved: readonly ResolvedTarget[] | null
  readonly createdAt: Micros
  readonly startedAt: Micros | null
  readonly endedAt: Micros | null
  /** When the present status may be left, where only time decides that. */
  readonly dueAt: Micros
  /** What `stopping` leads to. */
  readonly ending: { readonly status: 'stopped' | 'failed'; readonly reason: string } | null
}

/** The safety lever of a Region. While it is engaging it cannot be moved. */
export type Lever = { readonly status: 'disengaged' | 'engaging' | 'engaged'; readonly reason: string }

/** Whether an experiment will not change any more. */
export function isOver(experiment: Pick<Experiment, 'status'>): boolean {
  return ['completed', 'stopped', 'failed', 'cancelled'].includes(experiment.status)
}

/** Whether an action will not change any more. */
export function isActionOver(action: Pick<ActionRun, 'phase'>): boolean {
  return action.phase === 'over'
}
