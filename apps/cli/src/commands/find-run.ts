import { EXIT, type Client } from '@firedrill/contracts'
import { CliError } from '../cli.ts'

/** As many runs as one page of the list has. */
const PAGE = 200

/** The id of a run that a person named by its id, its number, or as `latest`. @throws CliError when there is none. */
export async function findRunId(client: Client, text: string): Promise<string> {
  if (text.startsWith('run_')) return text
  const number = /^#?(\d+)$/.exec(text)?.[1]
  if (number === undefined && text !== 'latest')
    throw new CliError(EXIT.usage, `"${text}" is no run: give its id (run_…), its number, or latest.`)
  let before: string | undefined
  for (;;) {
    const page = await client.runs.list({
      limit: number === undefined ? 1 : PAGE,
      ...(before === undefined ? {} : { before }),
    })
    const found = number === undefined ? page[0] : page.find((run) => run.number === Number(number))
    if (found !== undefined) return found.id
    before = page.at(-1)?.id
    if (before === undefined) throw new CliError(EXIT.usage, `There is no run ${text}.`)
  }
}
