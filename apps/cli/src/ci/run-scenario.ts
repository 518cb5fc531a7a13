import { EXIT, verdictDocument, type Client } from '@firedrill/contracts'
import type { Cli } from '../cli.ts'
import { startRun } from '../commands/run.ts'
import { accountFor } from '../commands/see-through.ts'
import { explain } from '../exit.ts'
import { storeFile } from '../files/store.ts'
import type { CiRun } from './ci-result.ts'
import type { Selected } from './select-scenarios.ts'
import { checksOf, type Threshold } from './thresholds.ts'

const MS_PER_S = 1000

/** Stores a scenario, runs it once and sees it through. What goes wrong is an answer, so that the others are still run. */
export async function runScenario(
  cli: Cli,
  place: Readonly<{ client: Client; environment: string }>,
  scenario: Selected,
  about: Readonly<{
    repeat: number
    seed: number | null
    thresholds: readonly Threshold[]
    interrupts: readonly string[]
  }>,
): Promise<CiRun> {
  const { repeat, seed, thresholds, interrupts } = about
  const began = cli.clock.monotonicMs()
  const ended = (exitCode: number, reason: string): CiRun => ({
    repeat,
    seed,
    run: null,
    number: null,
    exitCode,
    verdict: null,
    reason,
    isPutBack: exitCode !== EXIT.recoveryIncomplete,
    tookSeconds: (cli.clock.monotonicMs() - began) / MS_PER_S,
    checks: [],
  })
  const stopped = () => ended(EXIT.stopped, `${interrupts[0] ?? ''} came before it was started`)
  if (interrupts.length > 0) return stopped()
  let runId: string
  try {
    const { client, environment } = place
    const drillId = await book(client, scenario, environment)
    if (interrupts.length > 0) return stopped()
    const started = await startRun(cli, client, { drillId, ...(seed === null ? {} : { seed }) })
    runId = started.id
    cli.terminal.err(`\nRun ${started.number} of ${scenario.name} in ${environment}, repeat ${repeat}\n`)
  } catch (error) {
    const { text, exitCode } = explain(error)
    // Nothing runs; a file that the API refuses was not run either.
    return ended(exitCode === EXIT.usage ? EXIT.refused : exitCode, text)
  }
  // From here on the run is ours: an interrupt while it was being started must not leave it running.
  const { run, exitCode } = await accountFor(cli, place.client, runId, interrupts)
  if (run === undefined) return { ...ended(exitCode, 'its end was not seen'), run: runId, isPutBack: false }
  const { verdict, number, reason, objectives, mayBeBroken } = verdictDocument(run, exitCode)
  return {
    ...ended(exitCode, reason),
    run: runId,
    number,
    verdict,
    isPutBack: !mayBeBroken,
    checks: [...checksOf(objectives, thresholds)],
  }
}

/** Parents go first: the API resolves `extends` from what it has. */
async function book(client: Client, { name, file }: Selected, environment: string): Promise<string> {
  if (file !== undefined) {
    for (const { text, name } of file.parentFiles.toReversed())
      await client.scenarios.put(name, { source: text, origin: 'ci' })
    await storeFile(client, file, 'ci')
  }
  return (await client.drills.book({ scenario: name, environment })).id
}
