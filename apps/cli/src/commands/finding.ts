import { EXIT, type FindingTermsView, type FindingView } from '@firedrill/contracts'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print, table } from '../output/print.ts'
import { findRunId } from './find-run.ts'

/** Options of `firedrill finding add` and `change`: what of a finding is said. */
export type FindingOptions = CommonOptions & Readonly<Partial<FindingTermsView>>

/** Lists what a run showed to be missing. */
export async function listFindings(cli: Cli, run: string, options: CommonOptions): Promise<number> {
  const client = connect(cli, options)
  const findings = await client.runs.findings(await findRunId(client, run))
  print(cli, options, 'findings', [...findings], () =>
    findings.length === 0 ? '' : table(findings.map(row)),
  )
  return EXIT.held
}

/** Writes a gap down, with who does something about it and by when. */
export async function addFinding(
  cli: Cli,
  run: string,
  gap: string,
  { severity, owner, due, ...options }: FindingOptions,
): Promise<number> {
  if (severity === undefined || owner === undefined || due === undefined)
    throw new CliError(EXIT.usage, 'A finding needs --severity, --owner and --due.')
  const client = connect(cli, options)
  const id = await findRunId(client, run)
  const added = await client.runs.addFinding(id, { ...said(options), gap, severity, owner, due })
  print(cli, options, 'findings', [added], () => table([row(added)]))
  return EXIT.held
}

/** Changes what is given of a finding and leaves the rest. */
export async function changeFinding(
  cli: Cli,
  run: string,
  number: number,
  options: FindingOptions,
): Promise<number> {
  const client = connect(cli, options)
  const id = await findRunId(client, run)
  const known = (await client.runs.findings(id)).find((finding) => finding.number === number)
  if (known === undefined) throw new CliError(EXIT.usage, `The run has no finding ${number}.`)
  const { gap, severity, owner, due, state, ticket, retest } = known
  const terms = { gap, severity, owner, due, state, ticket, retest, ...said(options) }
  const changed = await client.runs.changeFinding(id, number, known.version, terms)
  print(cli, options, 'findings', [changed], () => table([row(changed)]))
  return EXIT.held
}

const TERMS = ['gap', 'severity', 'owner', 'due', 'state', 'ticket', 'retest'] as const

function said(options: FindingOptions): Partial<FindingTermsView> {
  return Object.fromEntries(
    TERMS.flatMap((term) => (options[term] === undefined ? [] : [[term, options[term]]])),
  )
}

function row({ number, state, severity, due, owner, gap }: FindingView): readonly string[] {
  return [String(number), state, severity, due, owner, gap]
}
