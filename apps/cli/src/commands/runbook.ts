import {
  EXIT,
  formatDurationMs,
  formatInstant,
  worldInstant,
  type Client,
  type RunbookAct,
  type RunbookStepView,
  type RunRunbook,
} from '@firedrill/contracts'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print, table } from '../output/print.ts'
import { findRunId } from './find-run.ts'

/** Options of `firedrill runbook`. */
export type RunbookOptions = CommonOptions & Readonly<{ note?: string }>
/** What is said of which step; without an act the runbook is shown. */
export type Said = Readonly<{ act: RunbookAct | undefined; step: string | undefined }>

/** Shows the runbook of a run, or says of one of its steps that it was begun, is done, or is left out. */
export async function runbook(
  cli: Cli,
  run: string,
  { act, step }: Said,
  options: RunbookOptions,
): Promise<number> {
  const client = connect(cli, options)
  const id = await findRunId(client, run)
  const before = await runbookOf(client, id, run)
  if (act !== undefined) await client.runs.runbookStep(id, step ?? meant(before, act), act, options.note)
  const now = act === undefined ? before : await runbookOf(client, id, run)
  print(cli, options, 'runbook', now, () =>
    table(
      now.steps.map((each) => [
        each.name,
        each.role,
        `within ${formatDurationMs(each.expectedMicros / 1000)}`,
        stateOf(each),
        each.title,
      ]),
    ),
  )
  return EXIT.held
}

async function runbookOf(client: Client, id: string, named: string): Promise<RunRunbook> {
  const { runbook: found } = await client.runs.get(id)
  if (found === null) throw new CliError(EXIT.usage, `Run ${named} follows no runbook.`)
  return found
}

/** The step that somebody who names none must mean. */
function meant({ steps }: RunRunbook, act: RunbookAct): string {
  const wanted = act === 'done' ? 'started' : 'open'
  const found = steps.find(({ state }) => state === wanted)
  if (found === undefined) throw new CliError(EXIT.usage, `No step of the runbook is ${wanted}.`)
  return found.name
}

function stateOf({ state, started, done, skipped }: RunbookStepView): string {
  const said = done ?? skipped ?? started
  return said === null ? state : `${state} ${formatInstant(worldInstant(said.worldAt))} by ${said.by}`
}
