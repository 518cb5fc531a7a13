import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import {
  checkOutcome,
  parseDuration,
  type CheckOutcome,
  type CompiledEnvironment,
  type CompiledScenario,
  type Finding,
  type FindingLevel,
  type NetworkCheckOptions,
} from '@firedrill/core'
import { CliError, type Cli, type CommonOptions, type Tint } from '../cli.ts'
import { checkScenario } from '../check/check-scenario.ts'
import { parseTarget } from '../check/parse-target.ts'
import { connect } from '../connect.ts'
import { readDefinition } from '../files/subject.ts'
import { print } from '../output/print.ts'

/** Options of `firedrill check`. */
export type CheckOptions = CommonOptions &
  Readonly<{
    environment?: string
    scenario?: string
    objective?: string
    resolver?: readonly string[]
    authority?: readonly string[]
    proxy?: string
    ca?: string
    timeout: string
  }>

/** Looks for what spoils a drill. Exit 0 when nothing stands in the way, 99 when something does, 6 when that was not seen. */
export async function check(cli: Cli, target: string | undefined, options: CheckOptions): Promise<number> {
  const network = networkOptions(cli, options)
  const findings = await findingsOf(cli, target, options, network)
  const outcome = checkOutcome(findings)
  print(cli, options, 'check', { outcome, findings: [...findings] }, () => findingsText(cli, findings))
  return exitCodeOf(outcome)
}

async function findingsOf(
  cli: Cli,
  target: string | undefined,
  options: CheckOptions,
  network: NetworkCheckOptions,
): Promise<readonly Finding[]> {
  const { environment, scenario } = options
  const isOfScenario = environment !== undefined || scenario !== undefined
  if (target !== undefined && !isOfScenario)
    return (await cli.openNetwork()).check(parseTarget(target), network)
  if (target !== undefined || environment === undefined || scenario === undefined)
    throw new CliError(EXIT.usage, 'Name either a target, or --environment and --scenario.')
  const definitions = {
    environment: await environmentOf(cli, environment, options),
    scenario: await scenarioOf(cli, scenario, options),
  }
  const { routing, close } = await cli.openRouting()
  try {
    return await checkScenario(definitions, network, { network: await cli.openNetwork(), routing })
  } finally {
    close()
  }
}

function exitCodeOf(outcome: CheckOutcome): number {
  switch (outcome) {
    case 'clear':
      return EXIT.held
    case 'problems':
      return EXIT.deviated
    case 'undecided':
      return EXIT.inconclusive
  }
}

function networkOptions(cli: Cli, options: CheckOptions): NetworkCheckOptions {
  const { resolver, authority, proxy, ca, objective } = options
  return {
    timeoutMs: durationOf(options.timeout),
    ...(resolver === undefined ? {} : { resolvers: resolver.map((address) => ({ name: address, address })) }),
    ...(authority === undefined ? {} : { authorities: authority }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(ca === undefined ? {} : { ca: readText(cli, ca) }),
    ...(objective === undefined ? {} : { objectiveMs: durationOf(objective.replace(/^rto=/, '')) }),
  }
}

function durationOf(text: string): number {
  const duration = parseDuration(text)
  if (!duration.ok) throw new CliError(EXIT.usage, `${duration.problem}.`)
  return duration.ms
}

function readText(cli: Cli, path: string): string {
  try {
    return readFileSync(resolve(cli.cwd, path), 'utf8')
  } catch (error) {
    throw new CliError(EXIT.usage, `${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function scenarioOf(cli: Cli, text: string, options: CheckOptions): Promise<CompiledScenario> {
  const scenario = readDefinition(cli, text, 'Scenario')
  if (scenario.from === 'store') return (await connect(cli, options).scenarios.get(scenario.name)).compiled
  const { compilation } = scenario.file
  if (compilation.kind === 'Scenario' && compilation.result.ok) return compilation.result.compiled
  throw new CliError(EXIT.usage, `${text}: this is no Scenario.`)
}

/** A stored environment is shown with its secrets masked, and the account can then not be asked. */
async function environmentOf(cli: Cli, text: string, options: CheckOptions): Promise<CompiledEnvironment> {
  const environment = readDefinition(cli, text, 'Environment')
  if (environment.from === 'store') {
    const { compiled } = await connect(cli, options).environments.get(environment.name)
    if (compiled.aws.credentials.source !== 'static') return compiled
    throw new CliError(
      EXIT.usage,
      `The keys of ${text} stay with the platform: name its file, or see the warnings of firedrill plan.`,
    )
  }
  const { compilation } = environment.file
  if (compilation.kind === 'Environment' && compilation.result.ok) return compilation.result.compiled
  throw new CliError(EXIT.usage, `${text}: this is no Environment.`)
}

const LEVELS: Readonly<Record<FindingLevel, Readonly<{ word: string; tint: Tint }>>> = {
  good: { word: 'ok', tint: 'good' },
  warning: { word: 'warning', tint: 'warning' },
  problem: { word: 'PROBLEM', tint: 'bad' },
  'not-observed': { word: 'not observed', tint: 'warning' },
}
const WORD_WIDTH = Math.max(...Object.values(LEVELS).map(({ word }) => word.length))

function findingsText({ terminal }: Cli, findings: readonly Finding[]): string {
  return findings
    .flatMap(({ check, subject, level, verdict, remedy }) => {
      const { word, tint } = LEVELS[level]
      const mark = terminal.paint(tint, word) + ' '.repeat(WORD_WIDTH - word.length)
      const indent = ' '.repeat(WORD_WIDTH + 2)
      return [
        `${mark}  ${check.padEnd(14)}  ${terminal.paint('bold', subject)}: ${verdict}`,
        ...(remedy === null || level === 'good' ? [] : [`${indent}${' '.repeat(16)}→ ${remedy}`]),
      ]
    })
    .join('\n')
}
