import { EXIT } from '@firedrill/contracts'
import { CommanderError } from 'commander'
import type { Cli } from './cli.ts'
import { explain } from './exit.ts'
import { buildProgram } from './program.ts'

/** Carries a command out and answers its exit code. Nothing is thrown; what went wrong is on stderr. */
export async function runCli(args: readonly string[], cli: Cli): Promise<number> {
  let exitCode: number = EXIT.held
  const program = buildProgram(cli, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    // commander has said what it had to say: help was asked for, or the command line is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage
    const { text, exitCode } = explain(error)
    cli.terminal.err(`${text}\n`)
    return exitCode
  }
}
