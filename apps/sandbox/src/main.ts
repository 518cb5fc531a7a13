import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createClient,
  exitCodeOf,
  followRun,
  verdictBlock,
  verdictDocument,
  type Client,
  type Output,
  type RunDetail,
} from '@firedrill/contracts'
import { systemClock } from '@firedrill/runtime'
import {
  bookAndStart,
  findScenario,
  libraryScenarios,
  runbooksBeside,
  storeDefinitions,
  unfinishedRun,
} from './drill.ts'
import { explain } from './explain.ts'
import { claimState } from './instance-lock.ts'
import { parseOptions, type SandboxOptions } from './options.ts'
import { portsFrom, takenPort } from './ports.ts'
import { startStack, type Stack } from './stack.ts'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..')

const output: Output = {
  live: process.stdout.isTTY && process.env['CI'] === undefined,
  width: process.stdout.columns ?? 120,
  write: (text) => process.stdout.write(text),
  sleep: systemClock.sleep,
}
const say = (line: string) => output.write(`${line}\n`)

/** Runs the sandbox; answers the exit code. */
async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2), ROOT)
  if (!parsed.ok) {
    ;(parsed.exitCode === 0 ? process.stdout : process.stderr).write(parsed.text)
    return parsed.exitCode
  }
  const { options } = parsed
  const scenario = findScenario(options.scenario, ROOT)
  const claim = claimState(options.stateDir)
  if (!claim.ok) {
    throw new Error(
      `A sandbox is already running on ${options.stateDir} (process ${claim.pid}). Stop it with Ctrl-C, or start another with --state DIR --port-base N.`,
    )
  }
  if (options.fresh)
    for (const part of ['postgres', 'simulator', 'kits', 'redis', 'logs', 'api-token', 'session-secret'])
      rmSync(join(options.stateDir, part), { recursive: true, force: true })
  const ports = portsFrom(options.portBase)
  const ending = new AbortController()
  let lost: string | undefined
  const end = () => ending.abort()
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  process.on('disconnect', end)
  try {
    const taken = await takenPort(ports)
    if (taken !== undefined)
      throw new Error(
        `Port ${taken} on 127.0.0.1 is in use. Stop what uses it, or choose others with --port-base N.`,
      )
    const began = performance.now()
    const stack = await startStack(
      options,
      ports,
      ROOT,
      (line) => say(`  ${line}`),
      (why) => {
        lost = why
        end()
      },
    )
    try {
      const client = createClient({ baseUrl: stack.apiUrl, token: stack.token })
      await storeDefinitions(client, stack.environment, {
        runbooks: runbooksBeside(ROOT, scenario.path),
        scenarios: [...libraryScenarios(ROOT), scenario],
      })
      await announce(stack, client, options, performance.now() - began)
      const exitCode = options.idle ? 0 : await drill(client, stack, options, scenario, ending.signal)
      if (!options.once) {
        say(`\n  Everything stays up. Ctrl-C stops it.`)
        await new Promise<void>((resolve) =>
          ending.signal.aborted ? resolve() : ending.signal.addEventListener('abort', () => resolve()),
        )
      }
      if (lost !== undefined) throw new Error(lost)
      return exitCode
    } finally {
      await stack.stop()
    }
  } finally {
    claim.release()
  }
}

async function announce(
  stack: Stack,
  client: Client,
  options: SandboxOptions,
  tookMs: number,
): Promise<void> {
  const { path } = await client.session.createTicket()
  say(`Firedrill sandbox, ready in ${(tookMs / 1000).toFixed(1)} s`)
  say(`  dashboard  ${stack.apiUrl}${path}`)
  say('             the link signs the one user in, once, and on this machine only')
  say(
    `  AWS        ${stack.awsUrl} (simulated world ${options.world}, ${options.lockstep ? 'in lockstep' : `${options.speed} world seconds a second`})`,
  )
  say(`  state      ${options.stateDir}`)
  if (!['FIREDRILL_PAGE_COMMAND', 'FIREDRILL_PAGE_WEBHOOK'].some((name) => (process.env[name] ?? '') !== ''))
    say('  paging     NOBODY IS CALLED when an undo needs a person: set FIREDRILL_PAGE_COMMAND')
}

async function drill(
  client: Client,
  stack: Stack,
  options: SandboxOptions,
  scenario: ReturnType<typeof findScenario>,
  signal: AbortSignal,
): Promise<number> {
  const unfinished = await unfinishedRun(client)
  if (unfinished !== undefined) {
    say(
      `\nRun ${unfinished.number} of ${unfinished.scenario.name} was interrupted. It is brought to its end first; no new drill is started.`,
    )
  }
  const booking = { environment: stack.environment.name, scenario: scenario.name, seed: options.seed }
  const run = unfinished ?? (await bookAndStart(client, booking))
  if (unfinished === undefined) say(`\nRun ${run.number}: ${run.scenario.name}`)
  const done = await followRun(client, run.id, output, signal)
  if (!done.isOver) {
    say(`\n  Stopped while the run was ${done.status}; the next start brings it to its end.`)
    return exitCodeOf(done)
  }
  say(verdictBlock(done))
  const report = await writeReport(client, done, options)
  say(`\n  report     ${report}`)
  say(`  dashboard  ${stack.apiUrl}/runs/${done.id}`)
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ ...verdictDocument(done), report }, null, 2)}\n`)
  }
  return exitCodeOf(done)
}

async function writeReport(client: Client, run: RunDetail, options: SandboxOptions): Promise<string> {
  const dir = join(options.stateDir, 'reports')
  mkdirSync(dir, { recursive: true })
  const file = join(dir, `run-${run.number}-${run.scenario.name}.html`)
  writeFileSync(file, await client.runs.report(run.id, 'html'))
  writeFileSync(file.replace(/html$/, 'json'), await client.runs.report(run.id, 'json'))
  return file
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`\n${explain(error)}\n`)
  process.exitCode = 1
}
if (process.connected) process.disconnect()
