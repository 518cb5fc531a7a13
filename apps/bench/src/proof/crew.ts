import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { systemClock } from '@firedrill/runtime'
import { ROOT } from '../sandbox/start-sandbox.ts'
import type { Toll } from './toll.ts'
import type { Weakness } from './weakness.ts'

/** What becomes of a worker at a call: it goes on, is killed, or is stopped until somebody wakes it. */
export type Fate = 'go' | 'kill' | 'stop'

/** One worker process as the bench holds it. */
export type Member = Readonly<{
  role: string
  pid: number
  /** Lets a stopped process go on where it stood. */
  wake(): void
  /** Sends a signal and settles with the exit code, null where there is none, when the process has ended. Not replaced. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}>

/** How to start a crew. */
export type CrewOptions = Readonly<{
  /**
   * One process for each entry: `advance`, `recover`, `reap` with a gate; `probe` as in production. What follows an `@` is
   * by how many seconds its wall clock is off, or `step`.
   */
  roles: readonly string[]
  env: Readonly<Record<string, string>>
  weakness?: Weakness
  /** Whether a process that ends is started again, as a supervisor would; default true. */
  isReplaced?: boolean
  /** Decides at each call. */
  decide: (toll: Toll, member: Member) => Fate
}>

/** Worker processes that are looked after. */
export type Crew = Readonly<{
  members(): readonly Member[]
  /** One more; settles when it is ready. */
  add(role: string): Promise<void>
  stop(): Promise<void>
}>

const READY_MS = 180_000

/** Starts a crew; settles when every process is ready. */
export async function startCrew(options: CrewOptions): Promise<Crew> {
  const alive = new Map<ChildProcess, Member>()
  let isOver = false

  const start = async (role: string): Promise<void> => {
    const child = spawnWorker(role, options)
    let isDismissed = false
    const member: Member = {
      role,
      pid: child.pid ?? 0,
      wake: () => void child.kill('SIGCONT'),
      async end(signal) {
        isDismissed = true
        const gone = once(child, 'exit')
        child.kill(signal)
        return ((await gone) as [number | null])[0]
      },
    }
    alive.set(child, member)
    child.once('exit', () => {
      alive.delete(child)
      if (!isOver && !isDismissed && options.isReplaced !== false) void start(role).catch(() => undefined)
    })
    child.on('message', (message) => meet(child, member, message as Toll))
    await ready(child, role)
  }

  const meet = (child: ChildProcess, member: Member, toll: Toll): void => {
    const fate = options.decide(toll, member)
    if (fate === 'kill') {
      child.kill('SIGKILL')
      return
    }
    if (fate === 'stop') child.kill('SIGSTOP')
    // A stopped process finds the answer when it wakes up.
    if (child.connected) child.send({ phase: toll.phase, id: toll.id }, () => undefined)
  }

  const stop = async () => {
    isOver = true
    const children = [...alive.keys()]
    const gone = children.map((child) => once(child, 'exit'))
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(gone)
  }
  try {
    await Promise.all(options.roles.map(start))
  } catch (error) {
    await stop()
    throw error
  }
  return { members: () => [...alive.values()], add: start, stop }
}

function spawnWorker(named: string, { env, weakness }: CrewOptions): ChildProcess {
  const [role = '', offset] = named.split('@')
  const own = join(import.meta.dirname, 'tolled-worker.ts')
  const program =
    role === 'probe'
      ? [join(ROOT, 'apps/worker/src/main.ts'), '--role', 'probe']
      : [own, role, ...(weakness === undefined ? [] : [weakness])]
  const noisy = process.env['FIREDRILL_PROOF_LOG'] === undefined ? 'ignore' : 'inherit'
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...program], {
    // The pipe on standard input closes with the bench, and the worker ends then.
    stdio: ['pipe', 'pipe', noisy, 'ipc'],
    env: {
      PATH: process.env['PATH'],
      FIREDRILL_PARENT: 'stdin',
      ...env,
      ...(offset === undefined ? {} : { FIREDRILL_PROOF_CLOCK: offset }),
    },
  })
}

async function ready(child: ChildProcess, role: string): Promise<void> {
  const inTime = new AbortController()
  const said = new Promise<'ready'>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8').includes('"ready":true')) resolve('ready')
    })
    child.once('exit', () => reject(new Error(`a worker ${role} ended before it was ready`)))
  })
  const came = await Promise.race([said, systemClock.sleep(READY_MS, inTime.signal)])
  inTime.abort()
  if (came !== 'ready') throw new Error(`a worker ${role} was not ready in time`)
}
