import type { Command } from 'commander'
import type { Cli, CommonOptions } from './cli.ts'
import {
  calendarFeed,
  importCalendar,
  listCalendars,
  removeCalendar,
  showCalendar,
  type CalendarOptions,
  type ImportOptions,
} from './commands/calendar.ts'
import {
  addSchedule,
  listSchedules,
  removeSchedule,
  showSchedule,
  switchSchedule,
  type AddOptions,
  type ShowOptions,
} from './commands/schedule.ts'

type End = (exitCode: number) => void
/** What `program.ts` lends: the options of every command that asks the API, and how numbers are read. */
type Lent = Readonly<{ withApi: (command: Command) => Command; wholeNumber: (text: string) => number }>

/** Adds `firedrill schedule …`. */
export function addScheduleCommands(
  program: Command,
  cli: Cli,
  end: End,
  { withApi, wholeNumber }: Lent,
): void {
  const schedule = program.command('schedule').description('book drills for a time, or again and again')
  withApi(schedule.command('list'))
    .description('list schedules, the soonest first')
    .action(async (options: CommonOptions) => end(await listSchedules(cli, options)))
  withApi(schedule.command('add'))
    .description('book a scenario; what is missed is skipped unless --late is given')
    .argument('<scenario>', 'a stored name or a file')
    .requiredOption('-e, --env <env>', 'environment: a stored name or a file')
    .option('--cron <expression>', 'minute, hour, day of month, month, day of week: "0 10 * * tue"')
    .option('--at <time>', 'once: 2026-12-01T09:00 on the clock of --zone, or …Z')
    .option('--zone <zone>', 'time zone, such as Europe/Berlin', 'UTC')
    .option('--title <text>', 'what lists call it')
    .option('--late <duration>', 'run what was missed once, up to this late: 2h')
    .option('--from <instant>', 'not before this date or instant')
    .option('--until <instant>', 'not at or after this date or instant')
    .action(async (subject: string, options: AddOptions) => end(await addSchedule(cli, subject, options)))
  withApi(schedule.command('show'))
    .description('show a schedule and when it comes next, in UTC and on its own clock')
    .argument('<schedule>', 'its id, or its title')
    .option('--count <n>', 'how many occurrences, up to 50', wholeNumber, 10)
    .action(async (name: string, options: ShowOptions) => end(await showSchedule(cli, name, options)))
  for (const [what, isOn, description] of [
    ['pause', false, 'start nothing until it is resumed'],
    ['resume', true, 'go on with the next occurrence; nothing is caught up on'],
  ] as const) {
    withApi(schedule.command(what))
      .description(description)
      .argument('<schedule>')
      .action(async (name: string, options: CommonOptions) =>
        end(await switchSchedule(cli, name, isOn, options)),
      )
  }
  withApi(schedule.command('remove'))
    .description('remove a schedule; its past stays in the calendar')
    .argument('<schedule>')
    .action(async (name: string, options: CommonOptions) => end(await removeSchedule(cli, name, options)))
}

/** Adds `firedrill calendar …`. */
export function addCalendarCommands(
  program: Command,
  cli: Cli,
  end: End,
  { withApi, wholeNumber }: Lent,
): void {
  const calendar = program.command('calendar').description('see what is booked, and bring in freezes')
  withApi(calendar.command('show'))
    .description('booked drills, what became of past ones, and freezes')
    .option('--days <n>', 'how many days ahead', wholeNumber, 30)
    .option('--back <n>', 'how many days back', wholeNumber, 7)
    .action(async (options: CalendarOptions) => end(await showCalendar(cli, options)))
  withApi(calendar.command('import'))
    .description('import an iCalendar file: no drill starts during its events')
    .argument('<file>', 'an .ics file')
    .option('--name <name>', 'what it is called; an earlier one of that name is replaced')
    .option('-e, --env <env>', 'hold in this environment alone')
    .option('--zone <zone>', 'time zone of dates and times that name none')
    .action(async (path: string, options: ImportOptions) => end(await importCalendar(cli, path, options)))
  withApi(calendar.command('list'))
    .description('list imported calendars')
    .action(async (options: CommonOptions) => end(await listCalendars(cli, options)))
  withApi(calendar.command('remove'))
    .description('remove an imported calendar')
    .argument('<name>')
    .action(async (name: string, options: CommonOptions) => end(await removeCalendar(cli, name, options)))
  withApi(calendar.command('feed'))
    .description('print what is booked as an iCalendar feed')
    .action(async (options: CommonOptions) => end(await calendarFeed(cli, options)))
}
