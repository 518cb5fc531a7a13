import { ApiError, EXIT, type Client, type RunSummary, type StartRun } from '@firedrill/contracts'
import { CliError, type Cli } from '../cli.ts'
import { connect } from '../connect.ts'
import { explain } from '../exit.ts'
import { storedHash, storeFile } from '../files/store.ts'
import { readDefinition, readSubject, type Definition, type Subject } from '../files/subject.ts'
import { withValues } from '../files/with-values.ts'
import { print } from '../output/print.ts'
import { seeThrough, type VerdictOptions } from './see-through.ts'

/** Options of `firedrill run`. */
export type RunOptions = VerdictOptions &
  Readonly<{
    env?: string
    seed?: number
    detach?: boolean
    reason?: string
    set: readonly string[]
  }>

/** Attempts to start with one key. The answer to a start may be lost; the same key never makes a second run. */
const START_ATTEMPTS = 3
const START_RETRY_MS = 1000

/** Starts a scenario, a file or a saved plan, and sees it through unless `--detach` is given. */
export async function run(cli: Cli, text: string, options: RunOptions): Promise<number> {
  const given = readSubject(cli, text)
  const environment = environmentOf(cli, given, options)
  const client = connect(cli, options)
  const subject = await valued(cli, client, given, options.set)
  const scenario = await makeReady(client, subject)
  if (environment.from === 'file') await storeFile(client, environment.file)
  const { id: drillId } = await client.drills.book({ scenario, environment: environment.name })
  // From here on the run is ours: an interrupt while it is being started must not leave it running.
  const early: string[] = []
  const stopListening = cli.onInterrupt((signal) => early.push(signal))
  try {
    const { seed } = options
    const started = await startRun(cli, client, {
      drillId,
      ...(seed === undefined ? {} : { seed }),
      ...(subject.from === 'plan' ? { plan: subject.plan.reference } : {}),
    })
    cli.terminal.err(`Run ${started.number} of ${scenario} in ${environment.name}: ${started.id}\n`)
    await noteReason(cli, client, started.id, options.reason)
    if (options.detach !== true || early.length > 0)
      return await seeThrough(cli, client, started.id, options, early)
    print(cli, options, 'started', started, () => started.id)
    return EXIT.held
  } finally {
    stopListening()
  }
}

/** A plan was approved with the values it has. */
async function valued(
  cli: Cli,
  client: Client,
  subject: Subject,
  pairs: readonly string[],
): Promise<Subject> {
  if (subject.from !== 'plan') return withValues(cli, client, subject, pairs)
  if (pairs.length === 0) return subject
  throw new CliError(EXIT.usage, 'The plan has its own values; leave --set out or plan again with it.')
}

/** The reason is a note in the journal. A run that is under way is not left alone because its note was refused. */
async function noteReason(
  cli: Cli,
  client: Client,
  runId: string,
  reason: string | undefined,
): Promise<void> {
  if (reason === undefined) return
  try {
    await client.runs.note(runId, `Started because: ${reason}`)
  } catch (error) {
    cli.terminal.err(`The reason was not written down. ${explain(error).text}\n`)
  }
}

function environmentOf(cli: Cli, subject: Subject, options: RunOptions): Definition {
  if (subject.from !== 'plan') {
    if (options.env === undefined)
      throw new CliError(
        EXIT.usage,
        'Name the environment with -e ENV; firedrill never guesses where to break things.',
      )
    return readDefinition(cli, options.env, 'Environment')
  }
  const { name } = subject.plan.plan.environment
  if (options.env !== undefined && options.env !== name)
    throw new CliError(EXIT.usage, `The plan is for environment ${name}, not ${options.env}; plan again.`)
  if (options.seed !== undefined)
    throw new CliError(EXIT.usage, 'The plan has its own seed; leave --seed out or plan again with it.')
  return { from: 'store', name }
}

/** Stores what has to be stored and answers the scenario's name. */
async function makeReady(client: Client, subject: Subject): Promise<string> {
  switch (subject.from) {
    case 'store':
      return subject.name
    case 'file':
      await storeFile(client, subject.file)
      return subject.name
    case 'plan': {
      const { reference, source, plan } = subject.plan
      const { name } = plan.scenario
      if (source === null) return name
      const now = await storedHash(client, name)
      if (now === reference.scenarioHash) return name
      // Storing the reviewed text over a version that its reviewers did not know would undo somebody's change.
      if (now !== source.replaces)
        throw new CliError(
          EXIT.refused,
          `Scenario ${name} has a newer version than the plan; plan again. (plan-drifted)`,
        )
      await client.scenarios.put(name, { source: source.text, origin: 'file' })
      return name
    }
  }
}

/** Starts a run; an answer that was lost is asked for again, and never makes a second run. */
export async function startRun(cli: Cli, client: Client, request: StartRun): Promise<RunSummary> {
  const key = crypto.randomUUID()
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.runs.start(request, key)
    } catch (error) {
      const wasLost = error instanceof ApiError && error.kind === 'unreachable'
      if (!wasLost || attempt === START_ATTEMPTS) throw error
      await cli.clock.sleep(START_RETRY_MS)
    }
  }
}
