import type { Cli } from '../cli.ts'
import { connect } from '../connect.ts'
import { findRunId } from './find-run.ts'
import { lookOn, type VerdictOptions } from './see-through.ts'

/** Shows a run as it goes, from its beginning, and ends with its exit code. */
export async function watch(cli: Cli, run: string, options: VerdictOptions): Promise<number> {
  const client = connect(cli, options)
  return lookOn(cli, client, await findRunId(client, run), options)
}
