import type { CreateScheduleInput, GetScheduleOutput } from '@aws-sdk/client-scheduler'
import {
  canonicalJson,
  type DeadMan,
  type DeadManOrder,
  type DriverContext,
  type Outcome,
  type UndoPlan,
} from '@firedrill/core'
import type { AwsClients } from '../aws-clients.ts'
import { failed, mutate, read, success } from '../call.ts'
import type { Aws, Purpose } from '../client.ts'
import { keyToken } from '../faults/key-token.ts'
import { schedulerSdk } from './sdk.ts'
import type { UndoCall, UndoCalls } from './undo-calls.ts'

const RETRIES_MAX = 185
const AGE_MIN_SECONDS = 60

/** All that is asked of a schedule, and all that is compared. */
type Shape = Readonly<{
  Name: string
  Description: string
  ScheduleExpression: string
  ScheduleExpressionTimezone: 'UTC'
  FlexibleTimeWindow: Readonly<{ Mode: 'OFF' }>
  ActionAfterCompletion: 'DELETE'
  State: 'ENABLED'
  Target: Readonly<{
    Arn: string
    RoleArn: string
    Input: string
    RetryPolicy: Readonly<{ MaximumEventAgeInSeconds: number; MaximumRetryAttempts: number }>
  }>
}>

/**
 * The dead man that survives the platform's host: a one-time schedule for each call of an undo, named after run, step and call,
 * which removes itself once it has acted. It is told and described; what is described must be what was told.
 */
export function createSchedulerDeadMan(clients: AwsClients, callsOf: UndoCalls): DeadMan {
  const each = async (
    undo: UndoPlan,
    { environment }: DriverContext,
    purpose: Purpose,
    act: (aws: Aws, call: UndoCall, index: number) => Promise<Outcome<string>>,
  ): Promise<Outcome<Readonly<{ seen: string }>>> => {
    const worked = callsOf(undo, environment)
    if (!worked.ok) return failed('invalid', 'scheduler.book', 'NotSchedulable', worked.why)
    const seen: string[] = []
    for (const [index, call] of worked.calls.entries()) {
      const aws = clients.inRegion(environment, call.region, purpose)
      const done = aws.ok ? await act(aws.value, call, index) : aws
      if (!done.ok) return done
      seen.push(done.value)
    }
    return success({ seen: seen.join('; ') })
  }
  return {
    book(undo, environment) {
      const worked = callsOf(undo, environment)
      if (!worked.ok) return worked
      return { ok: true, schedules: worked.calls.map((call) => `${call.region}/${nameOf(undo, call)}`) }
    },
    arm: (undo, order, context) =>
      each(undo, context, 'inject', (aws, call, index) => {
        const roleArn = context.environment.aws.schedulerRoleArn ?? ''
        return armOne(aws, scheduleOf(undo, call, { ...order, roleArn }, index), context.signal)
      }),
    release: (undo, context) =>
      each(undo, context, 'restore', (aws, call) => releaseOne(aws, nameOf(undo, call), context.signal)),
  }
}

/** At most 64 characters of those that names may have. */
function nameOf({ key }: Pick<UndoPlan, 'key'>, { id }: Pick<UndoCall, 'id'>): string {
  return keyToken(`${key}\n${id}`, 'schedule')
}

function scheduleOf(
  undo: UndoPlan,
  call: UndoCall,
  { firesAt, apartMs, tryForMs, about, roleArn }: DeadManOrder & Readonly<{ roleArn: string }>,
  index: number,
): Shape {
  // Whole seconds, and never earlier than asked for.
  const seconds = Math.ceil(firesAt / 1e6 + (index * apartMs) / 1000)
  return {
    Name: nameOf(undo, call),
    Description: `Firedrill, ${about}: takes its fault out should nobody have done so`.slice(0, 512),
    ScheduleExpression: `at(${new Date(seconds * 1000).toISOString().slice(0, 19)})`,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    State: 'ENABLED',
    Target: {
      Arn: `arn:aws:scheduler:::aws-sdk:${call.action}`,
      RoleArn: roleArn,
      Input: JSON.stringify(call.input),
      RetryPolicy: {
        MaximumEventAgeInSeconds: Math.max(AGE_MIN_SECONDS, Math.round(tryForMs / 1000)),
        MaximumRetryAttempts: RETRIES_MAX,
      },
    },
  }
}

async function armOne(aws: Aws, wanted: Shape, signal: AbortSignal): Promise<Outcome<string>> {
  const before = await find(aws, wanted.Name, signal)
  if (!before.ok) return before
  if (before.value === undefined || differs(wanted, before.value)) {
    const told = await tell(aws, wanted, before.value !== undefined, signal)
    if (!told.ok) return told
  }
  const after = await find(aws, wanted.Name, signal)
  if (!after.ok) return after
  const where = `${aws.region}/${wanted.Name}`
  if (after.value === undefined || differs(wanted, after.value))
    return failed(
      'conflict',
      'scheduler.GetSchedule',
      'ScheduleDiffers',
      `${where} is not as it was asked for`,
    )
  return success(`${where} ${wanted.ScheduleExpression} UTC`)
}

/** A token of what is asked for, so that a repeat after a lost answer is the same request. */
async function tell(
  aws: Aws,
  wanted: Shape,
  isThere: boolean,
  signal: AbortSignal,
): Promise<Outcome<unknown>> {
  const { CreateScheduleCommand, UpdateScheduleCommand } = schedulerSdk()
  const ClientToken = keyToken(canonicalJson(wanted), 'schedule')
  const request: CreateScheduleInput = { ...wanted, ClientToken }
  return isThere
    ? mutate('scheduler.UpdateSchedule', signal, (options) =>
        aws.scheduler.send(new UpdateScheduleCommand(request), options),
      )
    : mutate('scheduler.CreateSchedule', signal, (options) =>
        aws.scheduler.send(new CreateScheduleCommand(request), options),
      )
}

async function releaseOne(aws: Aws, name: string, signal: AbortSignal): Promise<Outcome<string>> {
  const { DeleteScheduleCommand } = schedulerSdk()
  const gone = await mutate('scheduler.DeleteSchedule', signal, (options) =>
    aws.scheduler.send(new DeleteScheduleCommand({ Name: name, ClientToken: name }), options),
  )
  const isAbsent = !gone.ok && gone.failure.kind === 'not-found'
  if (!gone.ok && !isAbsent) return gone
  const after = await find(aws, name, signal)
  if (!after.ok) return after
  const where = `${aws.region}/${name}`
  if (after.value !== undefined)
    return failed('transient', 'scheduler.DeleteSchedule', 'StillThere', `${where} is still there`)
  return success(isAbsent ? `${where} was not there any more` : `${where} deleted`)
}

/** A schedule as it is described; undefined when there is none of that name. */
async function find(
  aws: Aws,
  name: string,
  signal: AbortSignal,
): Promise<Outcome<GetScheduleOutput | undefined>> {
  const { GetScheduleCommand } = schedulerSdk()
  const answer = await read('scheduler.GetSchedule', signal, (options) =>
    aws.scheduler.send(new GetScheduleCommand({ Name: name }), options),
  )
  if (answer.ok) return answer
  return answer.failure.kind === 'not-found' ? success(undefined) : answer
}

/** Only what was asked for is compared: a service may say more of a schedule than that. */
function differs(wanted: Shape, found: GetScheduleOutput): boolean {
  return !covers(found, wanted)
}

function covers(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return found === wanted
  if (typeof found !== 'object' || found === null) return false
  const members = found as Readonly<Record<string, unknown>>
  return Object.entries(wanted).every(([member, value]) => covers(members[member], value))
}
