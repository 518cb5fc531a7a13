import { EXIT, type Client } from '@firedrill/contracts'
import type { CompiledEnvironment } from '@firedrill/core'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { writePlanFile } from '../files/plan-file.ts'
import { placed, planRef, storedHash } from '../files/store.ts'
import { readDefinition, type Definition } from '../files/subject.ts'
import { withValues } from '../files/with-values.ts'
import { planText } from '../output/plan-text.ts'
import { print } from '../output/print.ts'

/** Options of `firedrill plan`. */
export type PlanOptions = CommonOptions &
  Readonly<{ env: string; seed?: number; out?: string; policy?: boolean; set: readonly string[] }>

/** Shows what a run would do, with describing calls alone. Exit 3 when a guardrail would refuse it. */
export async function plan(cli: Cli, subject: string, options: PlanOptions): Promise<number> {
  const given = readDefinition(cli, subject, 'Scenario')
  const environment = readDefinition(cli, options.env, 'Environment')
  const client = connect(cli, options)
  const scenario = await withValues(cli, client, given, options.set)
  const { seed, out } = options
  const answer = await placed(scenario.from === 'file' ? scenario.file.path : options.env, () =>
    client.plan({
      scenario: planRef(scenario),
      environment: planRef(environment),
      ...(seed === undefined ? {} : { seed }),
    }),
  )
  if (options.policy === true) {
    const { permissions, steps } = answer
    const policy = await cli.leastPrivilege({
      permissions,
      environment: await compiledOf(client, environment),
      targets: steps.flatMap(({ targets }) => targets.map(({ id }) => id)),
    })
    cli.terminal.out(`${JSON.stringify(policy, null, 2)}\n`)
  } else print(cli, options, 'plan', answer, () => planText(answer, cli.terminal.paint))
  if (out !== undefined) {
    const source =
      scenario.from === 'file'
        ? { text: scenario.file.text, replaces: await storedHash(client, scenario.name) }
        : null
    writePlanFile(cli, out, answer, source)
    if (environment.from === 'file')
      cli.terminal.err(`Store ${options.env} with firedrill apply before you run the plan.\n`)
  }
  return answer.allowed ? EXIT.held : EXIT.refused
}

async function compiledOf(client: Client, environment: Definition): Promise<CompiledEnvironment> {
  if (environment.from === 'store') return (await client.environments.get(environment.name)).compiled
  const { compilation, path } = environment.file
  if (compilation.kind === 'Environment' && compilation.result.ok) return compilation.result.compiled
  throw new CliError(EXIT.usage, `${path}: this is no Environment.`)
}
