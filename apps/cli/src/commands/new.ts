import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import { parseDuration } from '@firedrill/core'
import {
  compileScenario,
  formatProblems,
  writeScenario,
  type DraftTargets,
  type ScenarioDraft,
} from '@firedrill/scenario-file'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { print } from '../output/print.ts'

/** Options of `firedrill new`. Whatever is left out is asked for. */
export type NewOptions = Pick<CommonOptions, 'output'> &
  Readonly<{
    fault?: string
    address?: string
    region?: string
    tag: readonly string[]
    group?: string
    zone: readonly string[]
    record?: string
    max?: number
    objective?: string
    hypothesis?: string
    dir: string
    force?: boolean
  }>

const OBJECTIVE = '5m'

/** Writes a scenario that compiles, from options and from what the person answers. Exit 2 when something is missing or wrong. */
export async function writeNew(cli: Cli, given: string | undefined, options: NewOptions): Promise<number> {
  const draft = await draftOf(cli, given, options)
  const path = join(options.dir, draft.name, 'scenario.yaml')
  const file = resolve(cli.cwd, path)
  if (existsSync(file) && options.force !== true)
    throw new CliError(EXIT.usage, `${path} is there already; --force replaces it.`)
  const text = writeScenario(draft)
  const compiled = compileScenario(text)
  if (!compiled.ok)
    throw new CliError(
      EXIT.usage,
      `With these answers the file would not be valid:\n${formatProblems(compiled.problems, path)}`,
    )
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  print(cli, options, 'new', { file: path, name: draft.name }, () => path)
  cli.terminal.err(
    `Next: read it, then firedrill plan ${path} -e ENV shows what it would hit, call and undo; nothing is touched.\n`,
  )
  return EXIT.held
}

async function draftOf(cli: Cli, given: string | undefined, options: NewOptions): Promise<ScenarioDraft> {
  const ask = asker(cli)
  const name = given ?? (await ask('Name of the scenario, such as web-loss', 'NAME'))
  const fault = await faultOf(cli, options.fault, ask)
  const isRecord = fault.startsWith('route53-')
  const targets = isRecord ? await recordOf(options, ask) : await instancesOf(fault, options, ask)
  const url =
    options.address ?? (await ask('What users ask, such as http://shop.example/health', '--address'))
  const max = options.max ?? Number(await ask('How many targets are too many? More refuse the run', '--max'))
  const objective =
    options.objective ?? (await ask('Longest outage that users may see', '--objective', OBJECTIVE))
  const length = parseDuration(objective)
  if (!length.ok) throw new CliError(EXIT.usage, `--objective: ${length.problem}`)
  const response = isRecord ? 'restore' : 'automatic'
  const believed = `Users of ${url} are served again within ${objective}${isRecord ? ' of losing it' : ', without anybody doing anything'}.`
  const hypothesis = options.hypothesis ?? (await ask('What do you believe?', '--hypothesis', believed))
  return { name, title: name, hypothesis, response, url, fault, targets, max, objective }
}

type Ask = (question: string, option: string, standard?: string) => Promise<string>

/** Asks until there is an answer; nobody to ask is a wrong command line, unless there is something usual. */
function asker(cli: Cli): Ask {
  return async (question, option, standard) => {
    const hint = standard === undefined ? '' : ` [${standard}]`
    for (;;) {
      const answer = await cli.ask(`${question}${hint}: `)
      if (answer !== undefined && answer.trim() !== '') return answer.trim()
      if (standard !== undefined) return standard
      if (answer === undefined) throw new CliError(EXIT.usage, `Nobody can be asked here: give ${option}.`)
    }
  }
}

async function faultOf(cli: Cli, wanted: string | undefined, ask: Ask): Promise<string> {
  const { catalogue, close } = await cli.openFaults()
  try {
    const faults = catalogue.list()
    const width = Math.max(...faults.map(({ name }) => name.length))
    const list = faults.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n')
    const fault = wanted ?? (await ask(`${list}\nWhat breaks?`, '--fault'))
    if (catalogue.get(fault) === undefined)
      throw new CliError(EXIT.usage, `There is no fault ${fault}; there are:\n${list}`)
    return fault
  } finally {
    close()
  }
}

async function recordOf(options: NewOptions, ask: Ask): Promise<DraftTargets> {
  const record = options.record ?? (await ask('Full name of the record, such as shop.example', '--record'))
  const [zone = await ask('Its hosted zone, by its name in the environment', '--zone', 'public')] =
    options.zone
  return { aim: 'record', zone, record: record.replace(/\.$/, '') }
}

async function instancesOf(fault: string, options: NewOptions, ask: Ask): Promise<DraftTargets> {
  const { group, zone, tag, region = 'primary' } = options
  const needsZone = fault.startsWith('az-')
  const zones =
    zone.length > 0 || !needsZone
      ? zone
      : [await ask('Which zone, by name or id, such as euw1-az1', '--zone')]
  const pairs =
    tag.length > 0 || group !== undefined
      ? tag
      : (await ask('Tags that targets carry, such as service=shop,tier=web', '--tag or --group')).split(',')
  return {
    aim: 'instances',
    region,
    zones,
    tags: Object.fromEntries(pairs.map(pairOf)),
    ...(group === undefined ? {} : { group }),
  }
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new CliError(EXIT.usage, `${text} is no tag: write KEY=VALUE.`)
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
