import type { Micros } from '../../world/model.ts'

/** Whether a schedule is acted upon. */
export const SCHEDULE_STATES = ['ENABLED', 'DISABLED'] as const
/** What becomes of a schedule after its last invocation. */
export const COMPLETION_ACTIONS = ['NONE', 'DELETE'] as const

/** What a schedule calls, and how patiently. */
export type ScheduleTarget = {
  readonly arn: string
  readonly roleArn: string
  readonly input: string
  readonly deadLetterArn: string | null
  readonly eventAgeMaxSeconds: number
  readonly retriesMax: number
}

/** A one-time schedule; table key `${region}|${group}|${name}`. */
export type Schedule = {
  readonly region: string
  readonly group: string
  readonly name: string
  readonly description: string | null
  readonly expression: string
  readonly timeZone: string
  /** When the expression says, in world time. */
  readonly at: Micros
  readonly state: (typeof SCHEDULE_STATES)[number]
  readonly afterCompletion: (typeof COMPLETION_ACTIONS)[number]
  readonly target: ScheduleTarget
  readonly kmsKeyArn: string | null
  readonly clientToken: string | null
  readonly createdAt: Micros
  readonly updatedAt: Micros
  /** Counts updates: an invocation that an earlier edition had asked for is none of this one's. */
  readonly edition: number
}

/** A schedule group; table key `${region}|${name}`. The group `default` is always there and has no row. */
export type ScheduleGroup = {
  readonly region: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly createdAt: Micros
}

/** The group that every account has. */
export const DEFAULT_GROUP = 'default'

/** Table key of a schedule. */
export function scheduleKey({ region, group, name }: Pick<Schedule, 'region' | 'group' | 'name'>): string {
  return `${region}|${group}|${name}`
}
