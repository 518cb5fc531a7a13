import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'
import { systemClock, systemRandom } from '@firedrill/runtime'
import packageJson from '../package.json' with { type: 'json' }
import type { Cli, Tint } from './cli.ts'
import { programOf } from './main/checkout.ts'
import { findChromium, printPdf } from './main/chromium.ts'
import { runGit } from './main/git.ts'
import { startRehearsalProcess } from './main/rehearsal-process.ts'
import { inWords } from './main/prober-words.ts'
import { startSimulatorProcess } from './main/simulator-process.ts'
import { ensureWithResolvers } from './main/with-resolvers.ts'
import { runCli } from './run-cli.ts'

ensureWithResolvers()

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const STATE_DIR = '.firedrill'

const TINTS = { good: 'green', bad: 'red', warning: 'yellow', bold: 'bold' } as const satisfies Record<
  Tint,
  string
>
/** npm and a terminal may both pass one Ctrl-C on; the same signal this close together is one wish. */
const REPEAT_MS = 300

/** npm runs scripts in the repository; INIT_CWD is where the person is. */
const cwd =
  process.env['npm_lifecycle_event'] === 'firedrill'
    ? (process.env['INIT_CWD'] ?? process.cwd())
    : process.cwd()

/** Questions go to stderr, so that stdout stays data; a pipe is nobody. */
async function askPerson(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

function onInterrupt(interrupted: (signal: string) => void): () => void {
  const lastMs = new Map<NodeJS.Signals, number>()
  const heard = (signal: NodeJS.Signals) => {
    const nowMs = systemClock.monotonicMs()
    if (nowMs - (lastMs.get(signal) ?? -Infinity) < REPEAT_MS) return
    lastMs.set(signal, nowMs)
    interrupted(signal)
  }
  process.on('SIGINT', heard)
  process.on('SIGTERM', heard)
  return () => {
    process.off('SIGINT', heard)
    process.off('SIGTERM', heard)
  }
}

const cli: Cli = {
  version: packageJson.version,
  terminal: {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isLive: process.stderr.isTTY && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb',
    // Some terminals say 0 when they do not know.
    width: process.stderr.columns > 0 ? process.stderr.columns : 120,
    paint: (tint, text) => styleText(TINTS[tint], text, { stream: process.stdout }),
  },
  env: process.env,
  cwd,
  stateDirs: [
    ...(process.env['FIREDRILL_STATE'] === undefined ? [] : [resolve(cwd, process.env['FIREDRILL_STATE'])]),
    join(cwd, STATE_DIR),
    join(ROOT, STATE_DIR),
  ],
  clock: systemClock,
  openFaults: async () => {
    // Loaded when it is needed: the SDK takes longer to load than most commands take altogether.
    const { createAwsClients, createFaultCatalogue } = await import('@firedrill/aws')
    const clients = createAwsClients({ clock: systemClock, random: systemRandom })
    return { catalogue: createFaultCatalogue(clients), close: () => clients.close() }
  },
  openNetwork: async () => {
    const { createNetworkCheck } = await import('@firedrill/probes')
    return createNetworkCheck(systemClock)
  },
  openRouting: async () => {
    const { createAwsClients, createRouting } = await import('@firedrill/aws')
    const clients = createAwsClients({ clock: systemClock, random: systemRandom })
    return { routing: createRouting(clients), close: () => clients.close() }
  },
  leastPrivilege: async (scope) => (await import('@firedrill/aws')).leastPrivilege(scope),
  startProber: async ({ say, ...options }) => {
    const { createRemoteProber } = await import('@firedrill/probes')
    return createRemoteProber({
      ...options,
      clock: systemClock,
      onTrouble: (trouble) => say(inWords(trouble)),
    })
  },
  startSimulator: (args) =>
    startSimulatorProcess(programOf(ROOT, 'packages/sim/start.mjs'), args, {
      cwd,
      say: (text) => process.stderr.write(text),
    }),
  startRehearsal: (options) => startRehearsalProcess(ROOT, options, cwd),
  openPrinter: () => {
    const program = findChromium(process.env)
    return program === undefined ? undefined : (html, footer) => printPdf(program, html, footer)
  },
  git: (args) => runGit(args, cwd),
  ask: askPerson,
  onInterrupt,
}

// A reader that has seen enough (`| head`) is no failure, and must not end a run that is being watched.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

process.exitCode = await runCli(process.argv.slice(2), cli)
