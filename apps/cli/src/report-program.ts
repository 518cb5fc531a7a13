import { FINDING_STATES, SEVERITIES, SIGN_OFF_ROLES } from '@firedrill/contracts'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Cli, CommonOptions } from './cli.ts'
import { EXPORT_FORMATS, exportRun, type ExportOptions } from './commands/export.ts'
import { addFinding, changeFinding, listFindings, type FindingOptions } from './commands/finding.ts'
import { key } from './commands/key.ts'
import { signOff, type SignOffOptions } from './commands/sign-off.ts'
import { verify, type VerifyOptions } from './commands/verify.ts'
import { DEFAULT_URL } from './connect.ts'

type Added = (command: Command) => Command

/** Adds what is done with a report that exists: verify it, sign it off. `withOutput` adds only `-o`, `withApi` all that the API needs. */
export function addReportCommands(
  program: Command,
  cli: Cli,
  end: (exitCode: number) => void,
  { withApi, withOutput }: Readonly<{ withApi: Added; withOutput: Added }>,
): void {
  withOutput(program.command('verify'))
    .description(
      'check a report offline: every byte, the signature, its data and the journal in it; exits 1 when something was changed, 6 when nothing proves that it was not',
    )
    .argument('<report>', 'an HTML report')
    .argument('[copy...]', 'JSON, CSV or Markdown of the same report')
    .option('--key <file...>', 'public keys that you trust, as firedrill key prints them')
    .action(async (file: string, copies: string[], options: VerifyOptions) =>
      end(await verify(cli, file, copies, options)),
    )
  withApi(program.command('sign-off'))
    .description('show who prepared, reviewed and accepted the report of a run, or do it with --as')
    .argument('<run>')
    .addOption(new Option('--as <role>', 'put your name to it').choices(SIGN_OFF_ROLES))
    .option('--report <hash>', 'sign only this report: the hash that was looked at, or its beginning')
    .option('--note <text>', 'what to say with it')
    .action(async (run: string, options: SignOffOptions) => end(await signOff(cli, run, options)))
  addFindingCommands(program, cli, end, withApi)
  program
    .command('export')
    .description(
      'write a run for another tool; chrome-trace opens in Perfetto (ui.perfetto.dev), otlp goes to an OpenTelemetry collector',
    )
    .argument('<run>')
    .addOption(
      new Option('--format <format>', 'for which tool').choices(EXPORT_FORMATS).default('chrome-trace'),
    )
    .option('--out <file>', 'write it there instead of to stdout')
    .option('--url <url>', `address of the API (FIREDRILL_URL, ${DEFAULT_URL})`)
    .option('--token <token>', "who asks (FIREDRILL_TOKEN, or the sandbox's own)")
    .action(async (run: string, options: ExportOptions) => end(await exportRun(cli, run, options)))
  withApi(program.command('key'))
    .description('print the public key that this installation signs reports with')
    .action(async (options: CommonOptions) => end(await key(cli, options)))
}

function addFindingCommands(
  program: Command,
  cli: Cli,
  end: (exitCode: number) => void,
  withApi: Added,
): void {
  const findings = program
    .command('finding')
    .description('what runs showed to be missing: owner, due date, state')
  const withTerms = (command: Command): Command =>
    withApi(command)
      .addOption(new Option('--severity <severity>', 'how much it matters').choices(SEVERITIES))
      .option('--owner <name>', 'who does something about it')
      .option('--due <date>', 'by when, such as 2026-12-24')
      .addOption(new Option('--state <state>', 'where it stands').choices(FINDING_STATES))
      .option('--ticket <text>', 'where the work is tracked')
      .option('--retest <date>', 'when it is drilled again')
  withApi(findings.command('list'))
    .description('list the findings of a run')
    .argument('<run>')
    .action(async (run: string, options: CommonOptions) => end(await listFindings(cli, run, options)))
  withTerms(findings.command('add'))
    .description('write a gap down; needs --severity, --owner and --due')
    .argument('<run>')
    .argument('<gap>', 'what was missing')
    .action(async (run: string, gap: string, options: FindingOptions) =>
      end(await addFinding(cli, run, gap, options)),
    )
  withTerms(findings.command('change'))
    .description('change what is given of a finding')
    .argument('<run>')
    .argument('<number>', 'its number within the run', numbered)
    .option('--gap <text>', 'what was missing')
    .action(async (run: string, number: number, options: FindingOptions) =>
      end(await changeFinding(cli, run, number, options)),
    )
}

function numbered(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It takes the number of a finding.')
  return Number(text)
}
