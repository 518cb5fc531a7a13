import {
  approvalBlock,
  EXIT,
  type Client,
  type Resolution,
  type RunSummary,
  type TargetView,
} from '@firedrill/contracts'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print } from '../output/print.ts'
import { findRunId } from './find-run.ts'

/** Options of what people do to a run: each needs a reason. */
export type ReasonOptions = CommonOptions & Readonly<{ reason: string }>
/** Options of `firedrill resolve`. */
export type ResolveOptions = ReasonOptions & Readonly<{ answer: Resolution; step?: string }>

/** Options of `approve` and `decline`. `plan` is the beginning of the hash that the person looked at. */
export type ApprovalOptions = ReasonOptions & Readonly<{ plan?: string }>

async function ask(
  cli: Cli,
  run: string,
  options: ReasonOptions,
  act: (client: Client, id: string) => Promise<RunSummary>,
): Promise<number> {
  const client = connect(cli, options)
  const asked = await act(client, await findRunId(client, run))
  print(cli, options, 'started', asked, () => `${asked.id}  ${asked.status}`)
  return EXIT.held
}

/** Approves what a run has frozen, or turns it down. What it is goes to stderr; only that very plan is answered. */
export function answerPlan(
  cli: Cli,
  run: string,
  answer: 'approve' | 'decline',
  { plan: seen, ...options }: ApprovalOptions,
): Promise<number> {
  return ask(cli, run, options, async (client, id) => {
    const detail = await client.runs.get(id)
    const { planHash } = detail
    if (planHash === null)
      throw new CliError(EXIT.refused, `Run ${detail.number} has frozen no plan yet; it is ${detail.status}.`)
    if (seen !== undefined && !planHash.startsWith(seen))
      throw new CliError(
        EXIT.refused,
        `Run ${detail.number} has frozen plan ${planHash.slice(0, 12)}, not ${seen}; look again.`,
      )
    cli.terminal.err(`${approvalBlock(detail)}\n`)
    return client.runs[answer](id, { plan: planHash, reason: options.reason })
  })
}

/** Holds a run before its next step. */
export function pause(cli: Cli, run: string, options: ReasonOptions): Promise<number> {
  return ask(cli, run, options, (client, id) => client.runs.pause(id, options.reason))
}

/** Lets a held run go on. */
export function resume(cli: Cli, run: string, options: ReasonOptions): Promise<number> {
  return ask(cli, run, options, (client, id) => client.runs.resume(id, options.reason))
}

/** Leaves a step out. */
export function skip(cli: Cli, run: string, step: string, options: ReasonOptions): Promise<number> {
  return ask(cli, run, options, (client, id) => client.runs.skipStep(id, step, options.reason))
}

/** Puts a step in again that surely did not take effect. */
export function retry(cli: Cli, run: string, step: string, options: ReasonOptions): Promise<number> {
  return ask(cli, run, options, (client, id) => client.runs.retryStep(id, step, options.reason))
}

/** Takes what is left of an undo into one's own hands. */
export function takeOver(cli: Cli, run: string, options: ReasonOptions): Promise<number> {
  return ask(cli, run, options, (client, id) => client.runs.takeOver(id, options.reason))
}

/** Answers what becomes of one target, named by its id or its label. */
export function resolve(cli: Cli, run: string, target: string, options: ResolveOptions): Promise<number> {
  return ask(cli, run, options, async (client, id) => {
    const found = await findTarget(client, id, target, options.step)
    return client.runs.resolve(id, { ...found, answer: options.answer, reason: options.reason })
  })
}

async function findTarget(
  client: Client,
  run: string,
  text: string,
  step: string | undefined,
): Promise<Readonly<{ step: string; target: string }>> {
  const { steps } = await client.runs.get(run)
  const all = steps.flatMap(({ name, targets }) =>
    step === undefined || step === name ? targets.map((target) => ({ step: name, target })) : [],
  )
  const isMeant = ({ id, label }: TargetView) => id === text || label === text
  const meant = all.filter(({ target }) => isMeant(target))
  const [only] = meant
  if (only !== undefined && meant.length === 1) return { step: only.step, target: only.target.id }
  const why =
    only === undefined
      ? `There is no target ${text}; it has ${all.map(({ target }) => target.label).join(', ') || 'none'}.`
      : `${text} is a target of several steps; say which with --step.`
  throw new CliError(EXIT.usage, why)
}
