import {
  EXIT,
  formatInstant,
  platformInstant,
  type ChangeSchedule,
  type Client,
  type ScheduleView,
  type UpcomingView,
} from '@firedrill/contracts'
import { parseDuration } from '@firedrill/core'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { readDefinition } from '../files/subject.ts'
import { storeFile } from '../files/store.ts'
import { print, table } from '../output/print.ts'

/** Options of `firedrill schedule add`. */
export type AddOptions = CommonOptions &
  Readonly<{
    env: string
    cron?: string
    at?: string
    zone: string
    title?: string
    late?: string
    from?: string
    until?: string
  }>

/** Options of commands that show occurrences. */
export type ShowOptions = CommonOptions & Readonly<{ count: number }>

/** Lists schedules, the soonest first. */
export async function listSchedules(cli: Cli, options: CommonOptions): Promise<number> {
  const list = await connect(cli, options).schedules.list()
  const rows = list.map((one) => [
    one.nextAt === null ? (one.enabled ? 'never again' : 'paused') : minute(one.nextAt),
    one.title,
    one.scenario,
    one.environment,
    whenText(one.when),
    one.id,
  ])
  print(cli, options, 'schedules', [...list], () =>
    rows.length === 0
      ? ''
      : table([['NEXT (UTC)', 'TITLE', 'SCENARIO', 'ENVIRONMENT', 'WHEN', 'ID'], ...rows]),
  )
  if (list.length === 0)
    cli.terminal.err('Nothing is scheduled. firedrill schedule add SCENARIO -e ENV … does.\n')
  return EXIT.held
}

/** Books a scenario for a time, or again and again, and shows when it comes. */
export async function addSchedule(cli: Cli, subject: string, options: AddOptions): Promise<number> {
  const terms = termsOf(options)
  const scenario = readDefinition(cli, subject, 'Scenario')
  const environment = readDefinition(cli, options.env, 'Environment')
  const client = connect(cli, options)
  for (const definition of [environment, scenario])
    if (definition.from === 'file') await storeFile(client, definition.file)
  const { id: drillId } = await client.drills.book({
    scenario: scenario.name,
    environment: environment.name,
  })
  const made = await client.schedules.create({ drillId, ...terms })
  return show(cli, client, made, { ...options, count: 3 })
}

/** Shows a schedule and when it comes next. */
export async function showSchedule(cli: Cli, name: string, options: ShowOptions): Promise<number> {
  const client = connect(cli, options)
  return show(cli, client, await findSchedule(client, name), options)
}

/** Pauses or resumes a schedule. */
export async function switchSchedule(
  cli: Cli,
  name: string,
  isOn: boolean,
  options: CommonOptions,
): Promise<number> {
  const client = connect(cli, options)
  const { id, version } = await findSchedule(client, name)
  const changed = isOn
    ? await client.schedules.resume(id, version)
    : await client.schedules.pause(id, version)
  return show(cli, client, changed, { ...options, count: 3 })
}

/** Removes a schedule. What became of its occurrences stays in the calendar. */
export async function removeSchedule(cli: Cli, name: string, options: CommonOptions): Promise<number> {
  const client = connect(cli, options)
  const found = await findSchedule(client, name)
  await client.schedules.remove(found.id, found.version)
  print(cli, options, 'schedule', { schedule: found, next: [] }, () => `removed ${found.title} (${found.id})`)
  return EXIT.held
}

async function show(cli: Cli, client: Client, schedule: ScheduleView, options: ShowOptions): Promise<number> {
  const next = schedule.enabled ? await client.schedules.occurrences(schedule.id, options.count) : []
  print(cli, options, 'schedule', { schedule, next: [...next] }, () =>
    [`${schedule.title} (${schedule.id})`, ...about(schedule), ...upcomingLines(next)].join('\n'),
  )
  return EXIT.held
}

function about({ scenario, environment, when, missed, enabled }: ScheduleView): readonly string[] {
  const late =
    missed.policy === 'skip' ? 'is skipped' : `runs once, up to ${missed.graceMs / 60_000} min late`
  return [
    `  ${scenario} in ${environment}, ${whenText(when)}`,
    `  what is missed ${late}`,
    ...(enabled ? [] : ['  paused']),
  ]
}

function upcomingLines(next: readonly UpcomingView[]): readonly string[] {
  if (next.length === 0) return []
  const rows = next.map(({ at, local, timeZone, note, conflicts }) => [
    `  ${minute(at)}`,
    `${local.replace('T', ' ')} ${timeZone}`,
    [note, ...conflicts.map(({ kind, reason }) => `${kind}: ${reason}`)].filter(Boolean).join('; '),
  ])
  return [table([['  NEXT (UTC)', 'LOCAL', ''], ...rows])]
}

/** A schedule by its id, or by its title when only one has it. @throws CliError */
async function findSchedule(client: Client, name: string): Promise<ScheduleView> {
  const list = await client.schedules.list()
  const found = list.filter(({ id, title }) => id === name || title === name)
  const [one, second] = found
  if (second !== undefined)
    throw new CliError(EXIT.usage, `${found.length} schedules are called ${name}; name one by its id.`)
  if (one === undefined)
    throw new CliError(EXIT.usage, `There is no schedule ${name}. firedrill schedule list shows them.`)
  return one
}

function termsOf({ cron, at, zone, title, late, from, until }: AddOptions): ChangeSchedule {
  if ((cron === undefined) === (at === undefined))
    throw new CliError(EXIT.usage, 'Say when with --cron "0 10 * * tue", or once with --at 2026-12-01T09:00.')
  return {
    when:
      cron === undefined
        ? { kind: 'once', ...onceOf(at ?? '', zone) }
        : { kind: 'cron', expression: cron, timeZone: zone },
    ...(title === undefined ? {} : { title }),
    ...(late === undefined ? {} : { missed: { policy: 'run-once-late', graceMs: graceOf(late) } }),
    ...(from === undefined ? {} : { validFrom: instantOf(from, '--from') }),
    ...(until === undefined ? {} : { validUntil: instantOf(until, '--until') }),
  }
}

/** A time that ends in Z is UTC, whatever the zone. */
function onceOf(at: string, zone: string): Readonly<{ local: string; timeZone: string }> {
  return at.endsWith('Z') ? { local: at.slice(0, -1), timeZone: 'UTC' } : { local: at, timeZone: zone }
}

function graceOf(text: string): number {
  const read = parseDuration(text)
  if (!read.ok) throw new CliError(EXIT.usage, `--late: ${read.problem}`)
  return read.ms
}

/** A date or an instant as platform microseconds. @throws CliError when it is neither. */
export function instantOf(text: string, option: string): number {
  const millis = Date.parse(text)
  if (Number.isNaN(millis) || !/(?:Z|[+-]\d{2}:\d{2}|^\d{4}-\d{2}-\d{2})$/.test(text))
    throw new CliError(
      EXIT.usage,
      `${option} takes a date, or an instant with its offset: 2026-12-01T09:00:00+01:00.`,
    )
  return millis * 1000
}

function whenText(when: ScheduleView['when']): string {
  return when.kind === 'cron'
    ? `${when.expression} ${when.timeZone}`
    : `once, ${when.local.replace('T', ' ')} ${when.timeZone}`
}

/** An instant to the minute, as lists show it. */
export function minute(micros: number): string {
  return formatInstant(platformInstant(micros)).slice(0, 16).replace('T', ' ')
}
