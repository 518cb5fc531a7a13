import type { Command } from 'commander'
import type { Cli, CommonOptions } from './cli.ts'
import { exportAudit, verifyAudit, type VerifyAuditOptions } from './commands/audit.ts'

/** Adds `firedrill audit …`. */
export function addAuditCommands(
  program: Command,
  cli: Cli,
  end: (exitCode: number) => void,
  withApi: (command: Command) => Command,
): void {
  const audit = program.command('audit').description('who changed what, as a hash chain')
  withApi(audit.command('export'))
    .description('write every entry of the team to stdout, one a line')
    .action(async (options: CommonOptions) => end(await exportAudit(cli, options)))
  withApi(audit.command('verify'))
    .description('check the chain of an export, or of what the API has; exit 1 when anything was changed')
    .argument('[file]', 'an export')
    .option('--head <head>', 'what an earlier check printed: shows whether entries were cut off since')
    .action(async (file: string | undefined, options: VerifyAuditOptions) =>
      end(await verifyAudit(cli, file, options)),
    )
}
