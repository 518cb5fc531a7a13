import {
  EXIT,
  formatInstant,
  platformInstant,
  SIGN_OFF_ROLES,
  type SignOffSheetView,
} from '@firedrill/contracts'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print, table } from '../output/print.ts'
import { findRunId } from './find-run.ts'

/** Options of `firedrill sign-off`. `report` is the beginning of the hash that the person looked at. */
export type SignOffOptions = CommonOptions &
  Readonly<{ as?: (typeof SIGN_OFF_ROLES)[number]; note?: string; report?: string }>

/** Shows who signed the report of a run off, or puts the caller's name to it. */
export async function signOff(cli: Cli, run: string, options: SignOffOptions): Promise<number> {
  const client = connect(cli, options)
  const id = await findRunId(client, run)
  let sheet = await client.runs.signOff(id)
  if (options.as !== undefined) {
    if (options.report !== undefined && !sheet.report.startsWith(options.report))
      throw new CliError(
        EXIT.refused,
        `The report is ${sheet.report.slice(0, 12)}, not ${options.report}; look again.`,
      )
    sheet = await client.runs.sign(id, { role: options.as, report: sheet.report, note: options.note ?? '' })
  }
  print(cli, options, 'sign-off', sheet, () => inWords(sheet))
  return EXIT.held
}

function inWords({ report, acts }: SignOffSheetView): string {
  const rows = SIGN_OFF_ROLES.map((role) => {
    const act = acts.findLast((one) => one.role === role && !one.isVoid)
    return act === undefined
      ? [role, 'open', '', '']
      : [
          role,
          act.by.name,
          formatInstant(platformInstant(act.at)),
          `${act.note}${act.own ? ' (signed more than once: a sandbox)' : ''}`,
        ]
  })
  const gone = acts.filter(({ isVoid }) => isVoid)
  return [
    `report ${report}`,
    table(rows),
    ...gone.map(
      ({ role, by, at }) =>
        `void: ${role} by ${by.name}, ${formatInstant(platformInstant(at))}; the data have changed since`,
    ),
  ].join('\n')
}
