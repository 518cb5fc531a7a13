import { z } from 'zod'
import type { Call } from '../../wire/service.ts'
import type { WireInput } from '../../wire/wire-value.ts'
import { instantOf } from './schedule-expression.ts'
import { validation } from './scheduler-faults.ts'
import { COMPLETION_ACTIONS, DEFAULT_GROUP, SCHEDULE_STATES, type Schedule } from './scheduler-model.ts'
import { readTargetInput, universalTarget } from './universal-targets.ts'

const name = z.string().regex(/^[0-9a-zA-Z-_.]{1,64}$/)
const DAY_SECONDS = 86_400
const RETRIES_MAX = 185

const body = z.object({
  Name: name,
  GroupName: name.default(DEFAULT_GROUP),
  ClientToken: z
    .string()
    .regex(/^[a-zA-Z0-9-_]{1,64}$/)
    .optional(),
  Description: z.string().max(512).optional(),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default('UTC'),
  State: z.enum(SCHEDULE_STATES).default('ENABLED'),
  ActionAfterCompletion: z.enum(COMPLETION_ACTIONS).default('NONE'),
  KmsKeyArn: z.string().optional(),
  FlexibleTimeWindow: z.object({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.int().min(1).max(1440).optional(),
  }),
  Target: z.object({
    Arn: z.string().min(1).max(1600),
    RoleArn: z.string().min(1).max(1600),
    Input: z.string().min(1).default('{}'),
    DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
    RetryPolicy: z
      .object({
        MaximumEventAgeInSeconds: z.int().min(60).max(DAY_SECONDS).default(DAY_SECONDS),
        MaximumRetryAttempts: z.int().min(0).max(RETRIES_MAX).default(RETRIES_MAX),
      })
      .prefault({}),
  }),
})

/** What creating and updating say of a schedule: an update leaves nothing of what was there. */
export type ScheduleSaid = Omit<Schedule, 'createdAt' | 'updatedAt' | 'edition'>

/**
 * Reads the body of a create or an update.
 * @throws AwsFault `ValidationException` for what Scheduler refuses, the target's input included.
 */
export function readSchedule({ region, account }: Call, input: WireInput): ScheduleSaid {
  const said = read(body, input)
  const { Target: target, FlexibleTimeWindow: window } = said
  if (window.Mode === 'FLEXIBLE') throw validation('Flexible time windows are not available in this world.')
  if (window.MaximumWindowInMinutes !== undefined)
    throw validation('MaximumWindowInMinutes must not be provided when the mode is OFF.')
  readTargetInput(universalTarget(target.Arn), target.Input)
  if (!new RegExp(`^arn:aws:iam::${account}:role/[\\w+=,.@/-]+$`).test(target.RoleArn))
    throw validation(
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    )
  return {
    region,
    group: said.GroupName,
    name: said.Name,
    description: said.Description ?? null,
    expression: said.ScheduleExpression,
    timeZone: said.ScheduleExpressionTimezone,
    at: instantOf(said.ScheduleExpression, said.ScheduleExpressionTimezone),
    state: said.State,
    afterCompletion: said.ActionAfterCompletion,
    kmsKeyArn: said.KmsKeyArn ?? null,
    clientToken: said.ClientToken ?? null,
    target: {
      arn: target.Arn,
      roleArn: target.RoleArn,
      input: target.Input,
      deadLetterArn: target.DeadLetterConfig?.Arn ?? null,
      eventAgeMaxSeconds: target.RetryPolicy.MaximumEventAgeInSeconds,
      retriesMax: target.RetryPolicy.MaximumRetryAttempts,
    },
  }
}

/** Reads anything with a schema, with Scheduler's words for what is wrong. */
export function read<T>(schema: z.ZodType<T>, input: WireInput): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.map((part) => `${String(part).slice(0, 1).toLowerCase()}${String(part).slice(1)}`)
    const isMissing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
    return isMissing
      ? `Value null at '${path.join('.')}' failed to satisfy constraint: Member must not be null`
      : `Value at '${path.join('.')}' failed to satisfy constraint: ${issue.message}`
  })
  throw validation(`${problems.length} validation error detected: ${problems.join('; ')}`)
}
