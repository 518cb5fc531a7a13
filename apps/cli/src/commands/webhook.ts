import {
  EXIT,
  formatInstant,
  platformInstant,
  type CreateWebhook,
  type WebhookView,
} from '@firedrill/contracts'
import { WEBHOOK_KINDS, type DeliveryState, type RunEventType } from '@firedrill/core'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print, table } from '../output/print.ts'

/** Options of `firedrill webhook add`. The token comes from a variable, so that it is in no history of a shell. */
export type AddWebhookOptions = CommonOptions & Readonly<{ kind: string; type: readonly string[] }>
/** Options of `firedrill webhook deliveries`. */
export type DeliveriesOptions = CommonOptions & Readonly<{ state?: DeliveryState; limit: number }>

const TOKEN_VARIABLE = 'FIREDRILL_GRAFANA_TOKEN'

/** Lists who gets events. */
export async function listWebhooks(cli: Cli, options: CommonOptions): Promise<number> {
  const list = await connect(cli, options).webhooks.list()
  const rows = list.map(({ name, kind, url, id }) => [name, kind, url, id])
  print(cli, options, 'webhooks', [...list], () =>
    rows.length === 0 ? '' : table([['NAME', 'KIND', 'ADDRESS', 'ID'], ...rows]),
  )
  if (list.length === 0) cli.terminal.err('No events are sent. firedrill webhook add NAME URL does.\n')
  return EXIT.held
}

/** Sends events somewhere from now on, and prints the key that signs them. */
export async function addWebhook(
  cli: Cli,
  name: string,
  url: string,
  options: AddWebhookOptions,
): Promise<number> {
  const kind = WEBHOOK_KINDS.find((known) => known === options.kind)
  if (kind === undefined) throw new CliError(EXIT.usage, `--kind takes one of ${WEBHOOK_KINDS.join(', ')}.`)
  const token = cli.env[TOKEN_VARIABLE]
  if (kind === 'grafana' && (token === undefined || token === ''))
    throw new CliError(
      EXIT.usage,
      `Set ${TOKEN_VARIABLE} to the token of a service account that may write annotations.`,
    )
  const types = options.type as readonly RunEventType[]
  const create: CreateWebhook = {
    name,
    kind,
    url,
    ...(kind === 'grafana' ? { token } : {}),
    ...(types.length === 0 ? {} : { types: [...types] }),
  }
  const made = await connect(cli, options).webhooks.create(create)
  print(cli, options, 'webhook', made, () =>
    [
      `${made.name} (${made.id}) gets events from now on.`,
      ...(made.secret === null ? [] : [`Signing key, shown this once: ${made.secret}`]),
    ].join('\n'),
  )
  return EXIT.held
}

/** Sends nothing there any more. */
export async function removeWebhook(cli: Cli, name: string, options: CommonOptions): Promise<number> {
  const { id } = await named(cli, name, options)
  await connect(cli, options).webhooks.remove(id)
  cli.terminal.err(`removed webhook ${name}\n`)
  return EXIT.held
}

/** Shows what became of events, the newest first. */
export async function listDeliveries(cli: Cli, name: string, options: DeliveriesOptions): Promise<number> {
  const { id } = await named(cli, name, options)
  const { state, limit } = options
  const list = await connect(cli, options).webhooks.deliveries(id, {
    limit,
    ...(state === undefined ? {} : { state }),
  })
  const rows = list.map((one) => [
    formatInstant(platformInstant(one.at)),
    one.state,
    String(one.attempts),
    `run ${one.runNumber}`,
    one.type,
    one.problem ?? '',
  ])
  print(cli, options, 'deliveries', [...list], () =>
    rows.length === 0 ? '' : table([['TIME (UTC)', 'STATE', 'ATTEMPTS', 'RUN', 'EVENT', 'PROBLEM'], ...rows]),
  )
  return EXIT.held
}

/** Sends again what was given up on. */
export async function replayWebhook(cli: Cli, name: string, options: CommonOptions): Promise<number> {
  const { id } = await named(cli, name, options)
  const waiting = await connect(cli, options).webhooks.replay(id)
  cli.terminal.err(`${waiting} events are sent to ${name} again\n`)
  return EXIT.held
}

async function named(cli: Cli, name: string, options: CommonOptions): Promise<WebhookView> {
  const list = await connect(cli, options).webhooks.list()
  const [found, another] = list.filter((one) => one.id === name || one.name === name)
  if (found === undefined) throw new CliError(EXIT.usage, `There is no webhook ${name}.`)
  if (another !== undefined)
    throw new CliError(EXIT.usage, `Several webhooks are called ${name}; take one's id.`)
  return found
}
