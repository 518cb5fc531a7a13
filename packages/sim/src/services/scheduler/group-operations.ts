import { z } from 'zod'
import type { Table } from '../../world/store.ts'
import type { Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import { pageOf } from './paging.ts'
import { read } from './schedule-input.ts'
import { conflict, notFound, validation } from './scheduler-faults.ts'
import { DEFAULT_GROUP, scheduleKey, type Schedule, type ScheduleGroup } from './scheduler-model.ts'

const tags = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(200)
const named = z.object({ Name: z.string().regex(/^[0-9a-zA-Z-_.]{1,64}$/) })

/** The operations on schedule groups and their tags. */
export class GroupOperations {
  readonly #groups: Table<ScheduleGroup>
  readonly #schedules: Table<Schedule>

  constructor(groups: Table<ScheduleGroup>, schedules: Table<Schedule>) {
    this.#groups = groups
    this.#schedules = schedules
  }

  /** @throws AwsFault if the Region has no such group. */
  check(region: string, name: string): ScheduleGroup {
    if (name === DEFAULT_GROUP) return { region, name, tags: {}, createdAt: 0 }
    const group = this.#groups.get(`${region}|${name}`)
    if (group === undefined) throw notFound(`Schedule group ${name} does not exist.`)
    return group
  }

  create(call: Call, input: WireInput): WireStructure {
    const { Name: name, Tags: given = [] } = read(named.extend({ Tags: tags.optional() }), input)
    const { region } = call
    if (name === DEFAULT_GROUP || this.#groups.get(`${region}|${name}`) !== undefined)
      throw conflict(`Schedule group ${name} already exists.`)
    this.#put({ region, name, tags: mapOf(given), createdAt: call.world.now() })
    return { ScheduleGroupArn: arnOf(call, name) }
  }

  show(call: Call, input: WireInput): WireStructure {
    return view(call, this.check(call.region, read(named, input).Name))
  }

  /** The schedules of the group go with it. */
  delete(call: Call, input: WireInput): WireStructure {
    const { Name: name } = read(named, input)
    const { region } = this.check(call.region, name)
    if (name === DEFAULT_GROUP) throw validation('The default schedule group cannot be deleted.')
    for (const schedule of this.#schedules.values())
      if (schedule.region === region && schedule.group === name) this.#schedules.delete(scheduleKey(schedule))
    this.#groups.delete(`${region}|${name}`)
    return {}
  }

  list(call: Call, input: WireInput): WireStructure {
    const { NamePrefix: prefix } = read(z.object({ NamePrefix: z.string().default('') }), input)
    const own = [...this.#groups.values()].filter(({ region }) => region === call.region)
    const all = [this.check(call.region, DEFAULT_GROUP), ...own].filter(({ name }) => name.startsWith(prefix))
    const { items, nextToken } = pageOf(all, input)
    return { NextToken: nextToken, ScheduleGroups: items.map((group) => view(call, group)) }
  }

  tagsOf(call: Call, input: WireInput): WireStructure {
    const { tags: known } = this.#byArn(call, input)
    return { Tags: Object.entries(known).map(([Key, Value]) => ({ Key, Value })) }
  }

  tag(call: Call, input: WireInput): WireStructure {
    const group = this.#byArn(call, input)
    const { Tags: given } = read(z.object({ Tags: tags }), input)
    this.#put({ ...group, tags: { ...group.tags, ...mapOf(given) } })
    return {}
  }

  untag(call: Call, input: WireInput): WireStructure {
    const group = this.#byArn(call, input)
    const keys = read(z.object({ TagKeys: z.union([z.string(), z.array(z.string())]) }), input).TagKeys
    const gone = Array.isArray(keys) ? keys : [keys]
    const left = Object.entries(group.tags).filter(([key]) => !gone.includes(key))
    this.#put({ ...group, tags: Object.fromEntries(left) })
    return {}
  }

  #byArn(call: Call, input: WireInput): ScheduleGroup {
    const arn = String(input['ResourceArn'])
    const name = arn.slice(arn.lastIndexOf('/') + 1)
    if (arn !== arnOf(call, name)) throw notFound(`Resource ${arn} does not exist.`)
    return this.check(call.region, name)
  }

  #put(group: ScheduleGroup): void {
    this.#groups.put(`${group.region}|${group.name}`, group)
  }
}

function mapOf(given: readonly { readonly Key: string; readonly Value: string }[]): Record<string, string> {
  return Object.fromEntries(given.map(({ Key, Value }) => [Key, Value]))
}

function arnOf({ region, account }: Pick<Call, 'region' | 'account'>, name: string): string {
  return `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`
}

function view(call: Call, { name, createdAt }: ScheduleGroup): WireStructure {
  return {
    Arn: arnOf(call, name),
    CreationDate: new WireTime(createdAt),
    LastModificationDate: new WireTime(createdAt),
    Name: name,
    State: 'ACTIVE',
  }
}
