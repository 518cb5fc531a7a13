import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, type Client } from '@firedrill/contracts'
import { systemClock } from '@firedrill/runtime'
import { isAlive, processesBelow, type ProcessEntry } from './process-tree.ts'
import { waitUntil } from './wait-until.ts'

/** The repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..')

/** How to start a sandbox. `args` are those of `npm start`, without state and ports. */
export type SandboxStart = Readonly<{
  stateDir: string
  portBase: number
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  /** `npm start` goes through the set-up as people do; the default leaves that out. */
  through?: 'npm start'
}>

/** A running sandbox, in a process group of its own. */
export type Sandbox = Readonly<{
  pid: number
  stateDir: string
  apiUrl: string
  awsUrl: string
  controlUrl: string
  /** All it has printed so far. */
  said(): string
  exited: Promise<Readonly<{ code: number | null; signal: NodeJS.Signals | null }>>
  /** A client of its API, once that answers. */
  client(): Promise<Client>
  /** Processes below it whose command line contains the text. */
  processes(containing?: string): readonly ProcessEntry[]
  /** SIGKILL for the whole process group, then for whatever else is left below: nobody gets to say goodbye. */
  kill(): Promise<void>
  /** Asks it to end; kills it when it has not by the deadline. Safe to call again. */
  stop(): Promise<void>
}>

const START_MS = 90_000
const STOP_MS = 20_000
const GONE_MS = 10_000

/** Starts a sandbox as a newcomer would, but on a state and on ports of its own. */
export function startSandbox(start: SandboxStart): Sandbox {
  const { stateDir, portBase } = start
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(ROOT, start.through === 'npm start' ? 'setup/start.mjs' : 'apps/sandbox/src/main.ts'),
      '--state',
      stateDir,
      '--port-base',
      String(portBase),
      ...start.args,
    ],
    { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...start.env } },
  )
  const { pid } = child
  if (pid === undefined) throw new Error('the sandbox could not be started')
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  const exited = new Promise<Awaited<Sandbox['exited']>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const hasExited = () => child.exitCode !== null || child.signalCode !== null
  const apiUrl = `http://127.0.0.1:${portBase}`
  const kill = async () => {
    const below = processesBelow(pid)
    signalQuietly(-pid)
    for (const entry of below) signalQuietly(entry.pid)
    await waitUntil('the processes of a killed sandbox end', GONE_MS, () =>
      below.some((entry) => isAlive(entry.pid)) ? undefined : true,
    )
    await exited
  }
  return {
    pid,
    stateDir,
    apiUrl,
    awsUrl: `http://127.0.0.1:${portBase + 1}`,
    controlUrl: `http://127.0.0.1:${portBase + 9}`,
    said: () => said,
    exited,
    client: () =>
      waitUntil(`the API of ${stateDir} answers`, START_MS, async () => {
        if (hasExited()) throw new Error(`the sandbox ended before its API answered:\n${said}`)
        return connect(apiUrl, stateDir)
      }),
    processes: (containing = '') => processesBelow(pid).filter((entry) => entry.command.includes(containing)),
    kill,
    async stop() {
      if (hasExited()) return
      child.kill('SIGTERM')
      const inTime = new AbortController()
      const late = systemClock.sleep(STOP_MS, inTime.signal)
      await Promise.race([exited, late])
      inTime.abort()
      if (!hasExited()) await kill()
    },
  }
}

async function connect(baseUrl: string, stateDir: string): Promise<Client | undefined> {
  try {
    const client = createClient({ baseUrl, token: readFileSync(join(stateDir, 'api-token'), 'utf8').trim() })
    await client.health()
    await client.runs.list({ limit: 1 })
    return client
  } catch {
    return undefined
  }
}

function signalQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
