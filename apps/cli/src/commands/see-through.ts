import {
  ApiError,
  EXIT,
  exitCodeOf,
  followRun,
  verdictBlock,
  verdictDocument,
  type Client,
  type RunDetail,
} from '@firedrill/contracts'
import type { Cli, CommonOptions } from '../cli.ts'
import { explain, LEFT } from '../exit.ts'
import { print } from '../output/print.ts'

/** Options of commands that end with a verdict. `inconclusive: pass` makes exit 6 a 0. */
export type VerdictOptions = CommonOptions & Readonly<{ inconclusive?: 'pass' | 'fail' }>

/** How an abort that could not be delivered is repeated: the platform may be starting again. */
const ABORT_RETRY_MS = 1000

/**
 * Watches a run that this process is answerable for until it is over, and prints what it came to. See `accountFor`.
 * `early`: interrupts that came before anybody could act on them.
 */
export async function seeThrough(
  cli: Cli,
  client: Client,
  runId: string,
  options: VerdictOptions,
  early: readonly string[] = [],
): Promise<number> {
  const { run, exitCode } = await accountFor(cli, client, runId, early)
  return run === undefined ? exitCode : finish(cli, run, options, exitCode)
}

/** How a run ended, as far as it was seen. */
export type Accounted = Readonly<{ run: RunDetail | undefined; exitCode: number; wasInterrupted: boolean }>

/**
 * Watches a run until it is over. The first interrupt asks for abort and goes on watching until restoration is verified; the
 * second leaves. Whenever restoration was not seen to be verified the exit code is 5: not knowing counts as broken.
 */
export async function accountFor(
  cli: Cli,
  client: Client,
  runId: string,
  early: readonly string[],
): Promise<Accounted> {
  const leave = new AbortController()
  const asking: Promise<void>[] = []
  const interrupted = (signal: string) => {
    if (asking.length > 0) {
      cli.terminal.err(
        '\nLeft before restoration was verified. The platform goes on putting everything back.\n',
      )
      leave.abort()
      return
    }
    cli.terminal.err(
      `\n${signal}: asking for abort and waiting until everything is put back. Once more leaves without knowing.\n`,
    )
    asking.push(askForAbort(cli, client, runId, `the command line got ${signal}`, leave.signal))
  }
  const stopListening = cli.onInterrupt(interrupted)
  const [before] = early
  if (before !== undefined) interrupted(before)
  const wasInterrupted = () => asking.length > 0
  try {
    const run = await followRun(client, runId, progress(cli), leave.signal)
    await Promise.all(asking)
    const exitCode = run.isOver ? exitCodeOf(run) : EXIT.recoveryIncomplete
    return { run, exitCode, wasInterrupted: wasInterrupted() }
  } catch (error) {
    // Whatever went wrong here, it says nothing about the targets.
    cli.terminal.err(
      `${explain(error).text}\nFaults may be live. The reaper takes them out at their expiry; firedrill recover --kit FILE does it now, without the platform.\n`,
    )
    return { run: undefined, exitCode: EXIT.recoveryIncomplete, wasInterrupted: wasInterrupted() }
  } finally {
    stopListening()
    leave.abort()
  }
}

/** Watches a run without being answerable for it: an interrupt only leaves. */
export async function lookOn(
  cli: Cli,
  client: Client,
  runId: string,
  options: VerdictOptions,
): Promise<number> {
  const leave = new AbortController()
  const stopListening = cli.onInterrupt(() => leave.abort())
  try {
    const run = await followRun(client, runId, progress(cli), leave.signal)
    if (run.isOver || run.status === 'needs-person') return finish(cli, run, options, exitCodeOf(run))
    cli.terminal.err(`\nLeft. The run goes on and is ${run.status}; firedrill abort ${run.id} stops it.\n`)
    return LEFT
  } finally {
    stopListening()
  }
}

function progress({ terminal, clock }: Cli) {
  return { live: terminal.isLive, width: terminal.width, write: terminal.err, sleep: clock.sleep }
}

function finish(cli: Cli, run: RunDetail, options: VerdictOptions, known: number): number {
  const exitCode = known === EXIT.inconclusive && options.inconclusive === 'pass' ? EXIT.held : known
  print(cli, options, 'verdict', verdictDocument(run, exitCode), () => verdictBlock(run).replace(/^\n/, ''))
  return exitCode
}

/** Asks until it is heard or pointless: an abort must not be lost because the API was restarting. */
async function askForAbort(
  cli: Cli,
  client: Client,
  runId: string,
  reason: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.runs.abort(runId, reason)
      return
    } catch (error) {
      cli.terminal.err(`${explain(error).text}\n`)
      const mayBeHeardLater = error instanceof ApiError && (error.problem?.status ?? 503) >= 500
      if (!mayBeHeardLater) return
      await cli.clock.sleep(ABORT_RETRY_MS, signal)
    }
  }
}
