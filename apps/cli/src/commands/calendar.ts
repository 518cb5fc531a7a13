import { readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { EXIT, type CalendarEntry, type FreezeView } from '@firedrill/contracts'
import { formatProblems, readCalendar } from '@firedrill/scenario-file'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print, table } from '../output/print.ts'
import { minute } from './schedule.ts'

/** Options of `firedrill calendar import`. */
export type ImportOptions = CommonOptions & Readonly<{ name?: string; env?: string; zone?: string }>
/** Options of `firedrill calendar show`. */
export type CalendarOptions = CommonOptions & Readonly<{ days: number; back: number }>

const NAME = /^[a-z][a-z0-9-]{0,62}$/
const DAY_MICROS = 86_400_000_000

/** Imports an iCalendar file of freezes, in place of the one of that name. A file with any problem is not imported. */
export async function importCalendar(cli: Cli, path: string, options: ImportOptions): Promise<number> {
  const place = resolve(cli.cwd, path)
  if (statSync(place, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CliError(EXIT.usage, `${path}: there is no such file.`)
  const name =
    options.name ??
    basename(path)
      .replace(/\.ics$/i, '')
      .toLowerCase()
  if (!NAME.test(name))
    throw new CliError(
      EXIT.usage,
      `"${name}" cannot be a name; say one with --name, such as company-freezes.`,
    )
  const source = readFileSync(place, 'utf8')
  const { zone, env } = options
  const read = readCalendar(source, zone === undefined ? {} : { timeZone: zone })
  if (!read.ok) throw new CliError(EXIT.usage, formatProblems(read.problems, path))
  const kept = await connect(cli, options).calendar.import(name, {
    source,
    ...(env === undefined ? {} : { environment: env }),
    ...(zone === undefined ? {} : { timeZone: zone }),
  })
  print(cli, options, 'imported', kept, () => {
    const where = kept.environment === null ? 'every environment' : kept.environment
    const left = read.cancelled === 0 ? '' : `; ${read.cancelled} cancelled, left out`
    return [
      `calendar ${kept.name}: ${kept.events} events, for ${where}${left}`,
      ...kept.next.map((freeze) => `  ${freezeText(freeze)}`),
    ].join('\n')
  })
  return EXIT.held
}

/** Lists imported calendars with the freeze each brings next. */
export async function listCalendars(cli: Cli, options: CommonOptions): Promise<number> {
  const list = await connect(cli, options).calendar.imported()
  const rows = list.map(({ name, environment, events, next }) => [
    name,
    environment ?? '(all)',
    String(events),
    next[0] === undefined ? '-' : freezeText(next[0]),
  ])
  print(cli, options, 'calendars', [...list], () =>
    rows.length === 0 ? '' : table([['NAME', 'ENVIRONMENT', 'EVENTS', 'NEXT FREEZE (UTC)'], ...rows]),
  )
  if (list.length === 0) cli.terminal.err('No calendar is imported. firedrill calendar import FILE does.\n')
  return EXIT.held
}

/** Removes an imported calendar: its freezes hold no more. */
export async function removeCalendar(cli: Cli, name: string, options: CommonOptions): Promise<number> {
  await connect(cli, options).calendar.remove(name)
  cli.terminal.err(`removed calendar ${name}\n`)
  return EXIT.held
}

/** Shows booked drills, what became of past ones, and freezes, around now. */
export async function showCalendar(cli: Cli, options: CalendarOptions): Promise<number> {
  const client = connect(cli, options)
  // The platform's clock decides what is past, not the one of this machine.
  const { now } = await client.calendar.range(0, 1)
  const [from, to] = [now - options.back * DAY_MICROS, now + options.days * DAY_MICROS]
  const calendar = await client.calendar.range(from, to)
  const rows = [
    ...calendar.entries.map((entry) => ({ at: entry.at, cells: entryCells(entry) })),
    ...calendar.freezes.map((freeze) => ({ at: freeze.from, cells: freezeCells(freeze) })),
  ].sort((a, b) => a.at - b.at)
  print(cli, options, 'calendar', calendar, () =>
    rows.length === 0
      ? ''
      : table([['TIME (UTC)', 'WHAT', 'TITLE', 'ENVIRONMENT', ''], ...rows.map(({ cells }) => cells)]),
  )
  if (rows.length === 0) cli.terminal.err('Nothing is booked, and no freeze is near.\n')
  if (calendar.isCut) cli.terminal.err('There is more than is shown; ask for fewer days.\n')
  return EXIT.held
}

/** Prints the calendar as an iCalendar feed. */
export async function calendarFeed(cli: Cli, options: CommonOptions): Promise<number> {
  cli.terminal.out(await connect(cli, options).calendar.feed())
  return EXIT.held
}

function entryCells(entry: CalendarEntry): readonly string[] {
  const run = entry.run === null ? '' : `run ${entry.run.number}, ${entry.run.verdict ?? entry.run.status}`
  const remarks = [run, entry.reason, ...entry.conflicts.map(({ kind, reason }) => `${kind}: ${reason}`)]
  return [minute(entry.at), entry.state, entry.title, entry.environment, remarks.filter(Boolean).join('; ')]
}

function freezeCells({ from, to, reason, source, environment }: FreezeView): readonly string[] {
  const origin = source === 'environment' ? '' : ` (${source})`
  return [minute(from), 'freeze', `${reason}${origin}`, environment ?? '(all)', `until ${minute(to)}`]
}

function freezeText({ from, to, reason }: FreezeView): string {
  return `${minute(from)} to ${minute(to)} ${reason}`
}
