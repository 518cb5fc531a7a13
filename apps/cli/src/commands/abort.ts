import { EXIT } from '@firedrill/contracts'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print } from '../output/print.ts'
import { findRunId } from './find-run.ts'
import { seeThrough } from './see-through.ts'

/** Options of `firedrill abort`. */
export type AbortOptions = CommonOptions & Readonly<{ reason: string; wait: boolean }>

/** Aborts a run and waits until restoration is verified: 4 when it is, 5 when it is not. */
export async function abort(cli: Cli, run: string, options: AbortOptions): Promise<number> {
  const client = connect(cli, options)
  const asked = await client.runs.abort(await findRunId(client, run), options.reason)
  if (options.wait) return seeThrough(cli, client, asked.id, options)
  print(cli, options, 'started', asked, () => `${asked.id}  ${asked.status}`)
  return EXIT.held
}
