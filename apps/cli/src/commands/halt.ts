import { EXIT, formatInstant, platformInstant, type HaltView } from '@firedrill/contracts'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print } from '../output/print.ts'

/** Options of `firedrill halt`. */
export type HaltOptions = CommonOptions & Readonly<{ reason?: string; lift?: boolean }>

/** Sets or lifts the global halt. While it is set every run is being put back and none starts. */
export async function halt(cli: Cli, options: HaltOptions): Promise<number> {
  const { lift } = options
  const reason = options.reason ?? (lift === true ? 'lifted with firedrill halt --lift' : undefined)
  if (reason === undefined)
    throw new CliError(
      EXIT.usage,
      'Say why with --reason "…": it goes into the journal of every run. firedrill halt status only looks.',
    )
  const client = connect(cli, options)
  const answer = lift === true ? await client.halt.lift(reason) : await client.halt.set(reason)
  print(cli, options, 'halt', answer, () => haltText(answer))
  return EXIT.held
}

/** Says whether the halt is set, by whom and why. */
export async function haltStatus(cli: Cli, options: CommonOptions): Promise<number> {
  const answer = await connect(cli, options).halt.get()
  print(cli, options, 'halt', answer, () => haltText(answer))
  return EXIT.held
}

function haltText({ set, reason, by, at }: HaltView): string {
  const state = set ? 'halted' : 'not halted'
  if (by === null || at === null) return state
  return `${state}: ${reason} (${by.name}, ${formatInstant(platformInstant(at))})`
}
