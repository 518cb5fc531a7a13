import { DELIVERY_STATES } from '@firedrill/core'
import { Option, type Command } from 'commander'
import type { Cli, CommonOptions } from './cli.ts'
import {
  addWebhook,
  listDeliveries,
  listWebhooks,
  removeWebhook,
  replayWebhook,
  type AddWebhookOptions,
  type DeliveriesOptions,
} from './commands/webhook.ts'

type End = (exitCode: number) => void
/** What `program.ts` lends: the options of every command that asks the API, and how numbers are read. */
type Lent = Readonly<{ withApi: (command: Command) => Command; wholeNumber: (text: string) => number }>

/** Adds `firedrill webhook …`. */
export function addWebhookCommands(program: Command, cli: Cli, end: End, lent: Lent): void {
  const { withApi, wholeNumber } = lent
  const webhook = program.command('webhook').description('send the events of runs to other systems')
  withApi(webhook.command('list'))
    .description('list who gets events')
    .action(async (options: CommonOptions) => end(await listWebhooks(cli, options)))
  withApi(webhook.command('add'))
    .description('send events from now on; prints the key that signs them')
    .argument('<name>')
    .argument('<url>', "the receiver; of Slack its incoming webhook, of Grafana the instance's address")
    .option('--kind <kind>', 'cloudevents, slack or grafana', 'cloudevents')
    .addOption(
      new Option(
        '--type <event>',
        'an event type of the journal; repeatable; without, those that say how a run goes',
      )
        .argParser<readonly string[]>((type, given) => [...given, type])
        .default([]),
    )
    .action(async (name: string, url: string, options: AddWebhookOptions) =>
      end(await addWebhook(cli, name, url, options)),
    )
  withApi(webhook.command('remove'))
    .description('send nothing there any more')
    .argument('<webhook>', 'its name, or its id')
    .action(async (name: string, options: CommonOptions) => end(await removeWebhook(cli, name, options)))
  withApi(webhook.command('deliveries'))
    .description('what became of events, the newest first')
    .argument('<webhook>')
    .addOption(new Option('--state <state>', 'only these').choices(DELIVERY_STATES))
    .option('--limit <n>', 'how many, up to 500', wholeNumber, 50)
    .action(async (name: string, options: DeliveriesOptions) => end(await listDeliveries(cli, name, options)))
  withApi(webhook.command('replay'))
    .description('send again what was given up on, under the same ids')
    .argument('<webhook>')
    .action(async (name: string, options: CommonOptions) => end(await replayWebhook(cli, name, options)))
}
