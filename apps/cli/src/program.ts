import { REPORT_FORMATS, RESOLUTIONS } from '@firedrill/contracts'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { addAuditCommands } from './audit-program.ts'
import { addCiCommand } from './ci-program.ts'
import type { Cli, CommonOptions } from './cli.ts'
import { abort, type AbortOptions } from './commands/abort.ts'
import { apply } from './commands/apply.ts'
import {
  answerPlan,
  pause,
  resolve,
  resume,
  retry,
  skip,
  takeOver,
  type ApprovalOptions,
  type ReasonOptions,
  type ResolveOptions,
} from './commands/by-person.ts'
import { check, type CheckOptions } from './commands/check.ts'
import { completion, SHELLS, type CompletedCommand, type Shell } from './commands/completion.ts'
import { halt, haltStatus, type HaltOptions } from './commands/halt.ts'
import { plan, type PlanOptions } from './commands/plan.ts'
import { probe, type ProbeOptions } from './commands/probe.ts'
import { recover, type RecoverOptions } from './commands/recover.ts'
import { report, type ReportOptions } from './commands/report.ts'
import { run, type RunOptions } from './commands/run.ts'
import { runs, type RunsOptions } from './commands/runs.ts'
import { schema, SCHEMA_NAMES } from './commands/schema.ts'
import { sim, type SimOptions } from './commands/sim.ts'
import { addImportCommand } from './import-program.ts'
import { addNewCommand } from './new-program.ts'
import type { VerdictOptions } from './commands/see-through.ts'
import { validate } from './commands/validate.ts'
import { watch } from './commands/watch.ts'
import { DEFAULT_URL } from './connect.ts'
import { addEvidenceCommands } from './evidence-program.ts'
import { addRunbookCommand } from './runbook-program.ts'
import { addReportCommands } from './report-program.ts'
import { addWebhookCommands } from './webhook-program.ts'
import { addCalendarCommands, addScheduleCommands } from './schedule-program.ts'
import { addTokenCommands } from './token-program.ts'

const EXIT_CODES = `
Exit codes:
  0   all objectives held, everything put back
  1   something failed, e.g. the API cannot be reached
  2   the command or a file is wrong (file:line:column is printed)
  3   refused or not run: a guardrail, the halt, a plan that drifted
  4   stopped by a person or a stop condition, and put back
  5   recovery is incomplete: faults may be live
  6   finished and put back, but the evidence does not decide
  99  finished and put back, an objective was missed

RUN is a run's id, its number, or latest. SCENARIO and ENV are stored names, or files.
`

/** Builds the command line. Each action's exit code goes to `end`. */
export function buildProgram(cli: Cli, end: (exitCode: number) => void): Command {
  const program = new Command('firedrill')
    .description('Failover drills that measure recovery and prove that everything was put back.')
    .version(cli.version)
    .exitOverride()
    .configureOutput({ writeOut: cli.terminal.out, writeErr: cli.terminal.err })
    .showHelpAfterError('(firedrill COMMAND --help says how it is used)')
    .addHelpText('after', EXIT_CODES)
  addFileCommands(program, cli, end)
  addNewCommand(program, cli, end, { withOutput, wholeNumber })
  addImportCommand(program, cli, end, { withOutput, wholeNumber })
  addRunCommands(program, cli, end)
  addCiCommand(program, cli, end, { withApi, withVerdict, wholeNumber })
  addLookCommands(program, cli, end)
  addEvidenceCommands(program, cli, end, withApi)
  addReportCommands(program, cli, end, { withApi, withOutput })
  addApprovalCommands(program, cli, end)
  addPersonCommands(program, cli, end)
  addRunbookCommand(program, cli, end, withApi)
  addEmergencyCommands(program, cli, end)
  addScheduleCommands(program, cli, end, { withApi, wholeNumber })
  addCalendarCommands(program, cli, end, { withApi, wholeNumber })
  addTokenCommands(program, cli, end, { withApi, wholeNumber })
  addAuditCommands(program, cli, end, withApi)
  addWebhookCommands(program, cli, end, { withApi, wholeNumber })
  addCheck(program, cli, end)
  addProber(program, cli, end)
  addSimulator(program, cli, end)
  return program
}

type End = (exitCode: number) => void

function addFileCommands(program: Command, cli: Cli, end: End): void {
  withOutput(program.command('validate'))
    .description('check scenario and environment files; needs no API')
    .argument('<file...>', 'files, or directories with definitions below them')
    .action(async (paths: string[], options: CommonOptions) => end(await validate(cli, paths, options)))
  withApi(program.command('apply'))
    .description('store files as the newest versions of their definitions')
    .argument('<path...>', 'files, or directories with definitions below them')
    .action(async (paths: string[], options: CommonOptions) => end(await apply(cli, paths, options)))
  program
    .command('schema')
    .description('print a JSON Schema: of files for editors, or of what commands print with -o json')
    .addArgument(new Argument('<name>', 'what to describe').choices(SCHEMA_NAMES))
    .action(async (name: string) => end(await schema(cli, name)))
  program
    .command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action(async (shell: Shell) => end(await completion(cli, shell, completed(program))))
}

function addRunCommands(program: Command, cli: Cli, end: End): void {
  withApi(program.command('plan'))
    .description('show what a run would hit, call, need and undo; nothing is touched')
    .argument('<scenario>', 'a stored name or a file')
    .requiredOption('-e, --env <env>', 'environment: a stored name or a file')
    .addOption(setOption())
    .option('--seed <n>', 'seed of random choices', wholeNumber)
    .option('--out <file>', 'write the plan, for firedrill run FILE')
    .option('--policy', 'print the least IAM policy of the role that runs it, in place of the plan')
    .action(async (subject: string, options: PlanOptions) => end(await plan(cli, subject, options)))
  withVerdict(withApi(program.command('run')))
    .description('run a drill and see it through; Ctrl-C aborts it and waits until everything is put back')
    .argument('<scenario>', 'a stored name, a file, or a saved plan (.json)')
    .option('-e, --env <env>', 'environment: a stored name or a file; a saved plan has its own')
    .addOption(setOption())
    .option('--seed <n>', 'seed of random choices', wholeNumber)
    .option('--reason <text>', 'why, for the journal')
    .option('--detach', 'start it and leave it running')
    .action(async (subject: string, options: RunOptions) => end(await run(cli, subject, options)))
  withVerdict(withApi(program.command('watch')))
    .description('show a run as it goes; Ctrl-C only leaves')
    .argument('<run>')
    .action(async (id: string, options: VerdictOptions) => end(await watch(cli, id, options)))
}

function addLookCommands(program: Command, cli: Cli, end: End): void {
  withApi(program.command('runs'))
    .description('list runs, or show one')
    .argument('[run]')
    .option('--limit <n>', 'how many, up to 200', wholeNumber, 20)
    .action(async (id: string | undefined, options: RunsOptions) => end(await runs(cli, id, options)))
  const reports = withApi(program.command('report'))
    .description('write the report of a run; without a file, Markdown goes to stdout')
    .argument('<run>')
  for (const format of REPORT_FORMATS) reports.option(`--${format} <file>`, `write it as ${format}`)
  reports.option('--pdf <file>', 'print the HTML with its hash on each sheet; needs Chromium')
  reports.action(async (id: string, options: ReportOptions) => end(await report(cli, id, options)))
}

function addApprovalCommands(program: Command, cli: Cli, end: End): void {
  for (const [answer, says] of [
    [
      'approve',
      'approve what a run has frozen: these targets, this plan; not one’s own run, outside of a sandbox',
    ],
    ['decline', 'turn down what a run has frozen; nothing was touched, and the run ends'],
  ] as const) {
    withReason(program.command(answer))
      .description(says)
      .argument('<run>')
      .option('--plan <hash>', 'answer only this plan: the hash that was looked at, or its beginning')
      .action(async (id: string, options: ApprovalOptions) => end(await answerPlan(cli, id, answer, options)))
  }
}

function addPersonCommands(program: Command, cli: Cli, end: End): void {
  withReason(program.command('pause'))
    .description('hold a run before its next step; expiries run on, and undo is never held up')
    .argument('<run>')
    .action(async (id: string, options: ReasonOptions) => end(await pause(cli, id, options)))
  withReason(program.command('resume'))
    .description('let a held run go on')
    .argument('<run>')
    .action(async (id: string, options: ReasonOptions) => end(await resume(cli, id, options)))
  withReason(program.command('skip'))
    .description('leave a step out; refused when its fault is in, or may be')
    .argument('<run>')
    .argument('<step>')
    .action(async (id: string, step: string, options: ReasonOptions) =>
      end(await skip(cli, id, step, options)),
    )
  withReason(program.command('retry'))
    .description('put a step in again that surely did not take effect')
    .argument('<run>')
    .argument('<step>')
    .action(async (id: string, step: string, options: ReasonOptions) =>
      end(await retry(cli, id, step, options)),
    )
  withReason(program.command('take-over'))
    .description('do what is left of an undo by hand; the platform only goes on describing')
    .argument('<run>')
    .action(async (id: string, options: ReasonOptions) => end(await takeOver(cli, id, options)))
  withReason(program.command('resolve'))
    .description('answer what becomes of one target of an undo')
    .argument('<run>')
    .argument('<target>', 'its id or its label, as firedrill runs RUN shows them')
    .addOption(
      new Option('--answer <answer>', 'what to do about it').choices(RESOLUTIONS).makeOptionMandatory(),
    )
    .option('--step <step>', 'which step, when several have the target')
    .action(async (id: string, target: string, options: ResolveOptions) =>
      end(await resolve(cli, id, target, options)),
    )
}

function withReason(command: Command): Command {
  return withApi(command).requiredOption('--reason <text>', 'why, for the journal')
}

function addEmergencyCommands(program: Command, cli: Cli, end: End): void {
  withVerdict(withApi(program.command('abort')))
    .description('stop a run, put everything back and wait until that is verified')
    .argument('<run>')
    .requiredOption('--reason <text>', 'why, for the journal')
    .option('--no-wait', 'only ask')
    .action(async (id: string, options: AbortOptions) => end(await abort(cli, id, options)))
  const halts = withApi(program.command('halt'))
    .description('stop every run and start none: --reason sets it, --lift lifts it')
    .option('--reason <text>', 'why, for the journal')
    .option('--lift', 'lift it again')
    .action(async (options: HaltOptions) => end(await halt(cli, options)))
  withApi(halts.command('status'))
    .description('say whether it is set, by whom and why')
    .action(async (_: CommonOptions, command: Command) =>
      end(await haltStatus(cli, command.optsWithGlobals<CommonOptions>())),
    )
  withOutput(program.command('recover'))
    .description('take faults out from recovery kits alone, without API, database or queue')
    .requiredOption('--kit <file...>', 'kits, as the reaper keeps them in .firedrill/kits')
    .option('--timeout <seconds>', 'stop trying after this long', wholeNumber, 600)
    .action(async (options: RecoverOptions) => end(await recover(cli, options)))
}

function addCheck(program: Command, cli: Cli, end: End): void {
  withApi(program.command('check'))
    .description('look for what spoils a drill before it begins: DNS, TLS, health checks; changes nothing')
    .argument('[target]', 'HOST, HOST:PORT or a URL; without a port 443')
    .option('-e, --environment <env>', 'with --scenario: its resolvers, and how its account routes names')
    .option('--scenario <scenario>', 'what is checked is what its probes ask; a stored name or a file')
    .option('--objective <duration>', 'recovery time to compare lifetimes with: 5m, or rto=5m')
    .option('--resolver <server...>', 'ask these (HOST[:PORT]) instead of the resolvers of this host')
    .option('--authority <server...>', "ask these as the name's own servers instead of those the zone names")
    .option('--proxy <url>', 'HTTP CONNECT proxy')
    .option('--ca <file>', 'certificates in PEM that are trusted instead of the usual ones')
    .option('--timeout <duration>', 'of each question', '3s')
    .action(async (target: string | undefined, options: CheckOptions) =>
      end(await check(cli, target, options)),
    )
}

function addProber(program: Command, cli: Cli, end: End): void {
  withApi(program.command('probe'))
    .description('probe from here for runs whose environment has this remote vantage, until it is ended')
    .requiredOption('--vantage <name>', 'the name that the environment gives this place')
    .option('--resolver <server>', "HOST[:PORT] instead of the vantage's own")
    .option('--proxy <url>', "HTTP CONNECT proxy instead of the environment's")
    .action(async (options: ProbeOptions) => end(await probe(cli, options)))
}

function addSimulator(program: Command, cli: Cli, end: End): void {
  withOutput(program.command('sim'))
    .description('run a simulated AWS alone, for any tool; prints what to set in its environment')
    .option('--world <world>', 'a world that comes along, or a file', 'warm-standby')
    .option('--speed <n>', 'world seconds per second, 1 to 30', wholeNumber)
    .option('--lockstep', 'time goes by the processes that have joined, as fast as they are')
    .option(
      '--port-base <n>',
      'ports on 127.0.0.1 are counted from here; without it any free ones',
      wholeNumber,
    )
    .option('--state <dir>', 'keep the world here; without it the world is gone at the end')
    .option('--fresh', 'forget what the directory holds')
    .option('--seed <n>', 'decides everything that is left to chance', wholeNumber)
    .option('--start-at <time>', 'when a new world begins, such as 2026-11-03T09:00:00Z')
    .option('--access-key <key>', "the account's own pair of keys, with --secret-key")
    .option('--secret-key <secret>')
    .option('--no-throttle', "leave out AWS's request limits")
    .action(async (options: SimOptions) => end(await sim(cli, options)))
}

function setOption(): Option {
  return new Option('--set <name=value>', "value of one of the scenario's parameters; repeatable")
    .argParser<readonly string[]>((pair, given) => [...given, pair])
    .default([])
}

function withOutput(command: Command): Command {
  const output = new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json'])
  return command.addOption(output.default('text'))
}

function withApi(command: Command): Command {
  return withOutput(command)
    .option('--url <url>', `address of the API (FIREDRILL_URL, ${DEFAULT_URL})`)
    .option('--token <token>', "who asks (FIREDRILL_TOKEN, or the sandbox's own)")
}

function withVerdict(command: Command): Command {
  const inconclusive = new Option('--inconclusive <answer>', 'pass makes exit code 6 a 0')
  return command.addOption(inconclusive.choices(['pass', 'fail']).default('fail'))
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.')
  return Number(text)
}

function completed(program: Command): readonly CompletedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    words: [
      ...command.commands.map((inner) => inner.name()),
      ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    ],
    options: command.options.flatMap(({ long }) => long ?? []),
  }))
}
