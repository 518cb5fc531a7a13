import { z } from 'zod'
import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import type { GroupOperations } from './group-operations.ts'
import type { Invocations } from './invocations.ts'
import { pageOf } from './paging.ts'
import { read, readSchedule, type ScheduleSaid } from './schedule-input.ts'
import { conflict, notFound, quotaExceeded, validation } from './scheduler-faults.ts'
import { DEFAULT_GROUP, SCHEDULE_STATES, scheduleKey, type Schedule } from './scheduler-model.ts'

const SCHEDULES_MAX = 1_000_000

/** The operations on schedules. */
export class ScheduleOperations {
  readonly #schedules: Table<Schedule>
  readonly #groups: GroupOperations
  readonly #invocations: Invocations

  constructor(schedules: Table<Schedule>, groups: GroupOperations, invocations: Invocations) {
    this.#schedules = schedules
    this.#groups = groups
    this.#invocations = invocations
  }

  /** A repeat with the same token and the same words answers as the first did. */
  create(call: Call, input: WireInput): WireStructure {
    const said = readSchedule(call, input)
    this.#groups.check(said.region, said.group)
    const known = this.#schedules.get(scheduleKey(said))
    if (known !== undefined) {
      if (said.clientToken === null || !isSame(known, said))
        throw conflict(`Schedule ${said.name} already exists.`)
      return { ScheduleArn: arnOf(known, call.account) }
    }
    if (this.#schedules.size >= SCHEDULES_MAX)
      throw quotaExceeded('The maximum number of schedules is reached.')
    const now = call.world.now()
    return this.#put(call, { ...said, createdAt: now, updatedAt: now, edition: editionOf(call.world) })
  }

  show(call: Call, input: WireInput): WireStructure {
    const schedule = this.#find(call, input)
    const { target } = schedule
    return {
      ...summaryOf(schedule, call.account),
      ActionAfterCompletion: schedule.afterCompletion,
      Description: schedule.description ?? undefined,
      FlexibleTimeWindow: { Mode: 'OFF' },
      KmsKeyArn: schedule.kmsKeyArn ?? undefined,
      ScheduleExpression: schedule.expression,
      ScheduleExpressionTimezone: schedule.timeZone,
      Target: {
        Arn: target.arn,
        RoleArn: target.roleArn,
        Input: target.input,
        DeadLetterConfig: target.deadLetterArn === null ? undefined : { Arn: target.deadLetterArn },
        RetryPolicy: {
          MaximumEventAgeInSeconds: target.eventAgeMaxSeconds,
          MaximumRetryAttempts: target.retriesMax,
        },
      },
    }
  }

  /** Puts other words in the place of all that was there. */
  update(call: Call, input: WireInput): WireStructure {
    const said = readSchedule(call, input)
    const before = this.#find(call, { Name: said.name, groupName: said.group })
    const { createdAt } = before
    const now = call.world.now()
    return this.#put(call, { ...said, createdAt, updatedAt: now, edition: editionOf(call.world) })
  }

  delete(call: Call, input: WireInput): WireStructure {
    this.#schedules.delete(scheduleKey(this.#find(call, input)))
    return {}
  }

  list(call: Call, input: WireInput): WireStructure {
    const filter = read(
      z.object({
        ScheduleGroup: z.string().optional(),
        NamePrefix: z.string().max(64).optional(),
        State: z.enum(SCHEDULE_STATES).optional(),
      }),
      input,
    )
    if (filter.ScheduleGroup !== undefined) this.#groups.check(call.region, filter.ScheduleGroup)
    const all = [...this.#schedules.values()].filter(
      ({ region, group, name, state }) =>
        region === call.region &&
        (filter.ScheduleGroup === undefined || group === filter.ScheduleGroup) &&
        (filter.State === undefined || state === filter.State) &&
        name.startsWith(filter.NamePrefix ?? ''),
    )
    const { items, nextToken } = pageOf(all, input)
    return {
      NextToken: nextToken,
      Schedules: items.map((one) => ({ ...summaryOf(one, call.account), Target: { Arn: one.target.arn } })),
    }
  }

  #find(call: Call, input: WireInput): Schedule {
    const reader = new InputReader(input, {
      missing: (member) => validation(`Member ${member} must not be null`),
      invalid: (member) => validation(`Member ${member} is not valid`),
    })
    const name = reader.requiredText('Name')
    const group = reader.text('groupName') ?? DEFAULT_GROUP
    this.#groups.check(call.region, group)
    const schedule = this.#schedules.get(scheduleKey({ region: call.region, group, name }))
    if (schedule === undefined) throw notFound(`Schedule ${name} does not exist.`)
    return schedule
  }

  #put(call: Call, schedule: Schedule): WireStructure {
    this.#schedules.put(scheduleKey(schedule), schedule)
    this.#invocations.plan(schedule)
    return { ScheduleArn: arnOf(schedule, call.account) }
  }
}

/** Ever greater, so that a schedule made anew under an old name is not taken for the old one. */
function editionOf(world: World): number {
  const counter = world.slice<number>('scheduler.edition', 0)
  counter.mutate((value) => value + 1)
  return counter.get()
}

function isSame(known: Schedule, said: ScheduleSaid): boolean {
  const { createdAt: _createdAt, updatedAt: _updatedAt, edition: _edition, ...before } = known
  return JSON.stringify(before) === JSON.stringify(said)
}

function summaryOf(schedule: Schedule, account: string): WireStructure {
  return {
    Arn: arnOf(schedule, account),
    CreationDate: new WireTime(schedule.createdAt),
    GroupName: schedule.group,
    LastModificationDate: new WireTime(schedule.updatedAt),
    Name: schedule.name,
    State: schedule.state,
  }
}

function arnOf({ region, group, name }: Schedule, account: string): string {
  return `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`
}
