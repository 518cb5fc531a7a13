import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createClient, type Client } from '@firedrill/contracts'
import { startPostgres, type LocalPostgres } from '@firedrill/local'
import { readFileSync } from 'node:fs'
import { ROOT } from './start-sandbox.ts'
import { startSimulatorAlone } from './start-simulator.ts'

/** The platform's processes, by the names they go by here. */
export const PARTS = ['api', 'advance', 'recover', 'reap', 'probe'] as const
export type Part = (typeof PARTS)[number]

/** A platform without anybody who looks after its processes: what is killed stays dead. */
export type HandStarted = Readonly<{
  client: Client
  controlUrl: string
  awsUrl: string
  signal(part: Part, signal: NodeJS.Signals): void
  /** Kills the database server without a word. */
  killPostgres(): Promise<void>
  stop(): Promise<void>
}>

/** Starts PostgreSQL, the simulator, the API and every worker, each as a process of its own. */
export async function startByHand(stateDir: string, portBase: number, rate: number): Promise<HandStarted> {
  const closers: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const close of closers.toReversed()) await close()
  }
  try {
    const postgres = await startPostgres({
      dataDir: join(stateDir, 'postgres'),
      port: portBase + 10,
      databaseUrl: null,
    })
    closers.push(() => postgres.stop())
    const simulator = await startSimulatorAlone(stateDir, portBase, { rate })
    closers.push(() => simulator.stop())
    const children = new Map<Part, ChildProcess>()
    for (const part of PARTS) children.set(part, startPart(part, stateDir, portBase, postgres))
    closers.push(() => endAll([...children.values()]))
    await Promise.all([...children].map(([part, child]) => ready(part, child)))
    const token = readFileSync(join(stateDir, 'api-token'), 'utf8').trim()
    return {
      client: createClient({ baseUrl: `http://127.0.0.1:${portBase}`, token }),
      controlUrl: `http://127.0.0.1:${portBase + 9}`,
      awsUrl: `http://127.0.0.1:${portBase + 1}`,
      signal: (part, signal) => void children.get(part)?.kill(signal),
      async killPostgres() {
        if (postgres.pid !== null) process.kill(postgres.pid, 'SIGKILL')
        await postgres.exited
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function startPart(part: Part, stateDir: string, portBase: number, postgres: LocalPostgres): ChildProcess {
  const [entry, args] = part === 'api' ? ['apps/api', []] : ['apps/worker', ['--role', part]]
  const program = ['--disable-warning=ExperimentalWarning', join(ROOT, entry, 'src/main.ts')]
  return spawn(process.execPath, [...program, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: postgres.url,
      FIREDRILL_HTTP_PORT: String(portBase),
      FIREDRILL_STATE_DIR: stateDir,
      FIREDRILL_KIT_DIR: join(stateDir, 'kits'),
      NODE_COMPILE_CACHE: join(stateDir, 'compile-cache'),
    },
  })
}

async function ready(part: Part, child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.toString('utf8').includes('"ready":true')) resolve()
  })
  child.once('exit', () => reject(new Error(`${part} ended before it was ready`)))
  await promise
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  const alive = children.filter((child) => child.exitCode === null && child.signalCode === null)
  const gone = alive.map((child) => once(child, 'exit'))
  for (const child of alive) child.kill('SIGKILL')
  await Promise.all(gone)
}
