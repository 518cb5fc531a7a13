import { EXIT, formatInstant, platformInstant, verdictBlock } from '@firedrill/contracts'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print, table } from '../output/print.ts'
import { findRunId } from './find-run.ts'

/** Options of `firedrill runs`. */
export type RunsOptions = CommonOptions & Readonly<{ limit: number }>

/** Lists runs, newest first, or shows one. */
export async function runs(cli: Cli, run: string | undefined, options: RunsOptions): Promise<number> {
  const client = connect(cli, options)
  if (run !== undefined) {
    const detail = await client.runs.get(await findRunId(client, run))
    const head = `Run ${detail.number} of ${detail.scenario.name} in ${detail.environment.name}: ${detail.id}`
    print(cli, options, 'run', detail, () => `${head}\n${verdictBlock(detail)}`)
    return EXIT.held
  }
  const list = await client.runs.list({ limit: options.limit })
  const rows = list.map((entry) => [
    String(entry.number),
    entry.id,
    entry.scenario.name,
    entry.environment.name,
    entry.mayBeBroken ? `${entry.status} (faults may be live)` : entry.status,
    entry.verdict ?? '-',
    formatInstant(platformInstant(entry.createdAt)).replace(/\.\d+Z$/, 'Z'),
  ])
  print(cli, options, 'runs', [...list], () =>
    rows.length === 0
      ? ''
      : table([['RUN', 'ID', 'SCENARIO', 'ENVIRONMENT', 'STATUS', 'VERDICT', 'STARTED'], ...rows]),
  )
  if (list.length === 0) cli.terminal.err('There are no runs yet.\n')
  return EXIT.held
}
