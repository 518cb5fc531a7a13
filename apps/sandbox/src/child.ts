import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { systemClock } from '@firedrill/runtime'

/** How to run one process of the sandbox. */
export type ChildSpec = Readonly<{
  name: string
  entry: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  logFile: string
  /** Has to be on time for the world's sake: the simulator and the probes. */
  isPunctual: boolean
  /** Speed before memory. */
  isFast: boolean
  /** Starts it again when it ends without being asked to. */
  restart: boolean
}>

/** A running child. `ready` is the JSON line it prints once it serves. */
export type Child = Readonly<{
  name: string
  pid(): number | undefined
  ready: Promise<Readonly<Record<string, unknown>>>
  stop(deadlineMs: number): Promise<void>
}>

const NODE_FLAGS = ['--disable-warning=ExperimentalWarning']
/** Seven processes on one laptop: a small young generation and less inlining save a fifth of each one's memory. */
const SMALL_FLAGS = ['--max-semi-space-size=1', '--optimize-for-size']

const RESTART_MS = 500
/** Restarts this close together mean that the process cannot run at all. */
const RESTARTS_MAX = 5
/** Last lines of its log that are shown when a process cannot start. */
const TAIL_LINES = 12

/**
 * Starts a child whose first line on stdout is `{"ready":true,…}`. It gets a pipe on stdin that closes when this
 * process is gone, however that happens, and must end then. Whatever it prints goes to its log file.
 */
export function startChild(spec: ChildSpec, onLost: (why: string) => void): Child {
  const log = createWriteStream(spec.logFile, { flags: 'a' })
  let process_: ChildProcess | undefined
  let isStopping = false
  let restarts = 0
  let tail: string[] = []
  const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, unknown>>>()
  promise.catch(() => undefined)

  const launch = () => {
    tail = []
    const child = spawn(
      process.execPath,
      [...NODE_FLAGS, ...(spec.isFast ? [] : SMALL_FLAGS), spec.entry, ...spec.args],
      {
        env: { ...spec.env, FIREDRILL_PARENT: 'stdin' },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    )
    process_ = child
    if (spec.isPunctual && child.pid !== undefined) favour(child.pid)
    child.stdin.on('error', () => undefined)
    readLines(child, log, (line) => {
      tail = [...tail.slice(1 - TAIL_LINES), line]
      const ready = readyLine(line)
      if (ready !== undefined) resolve(ready)
    })
    child.once('error', (error) => reject(error))
    child.once('exit', (code, signal) => {
      if (isStopping) return
      const why = `${spec.name} ended (${signal ?? `exit code ${code ?? 0}`}); its log is ${spec.logFile}`
      reject(new Error(`${why}\n${tail.join('\n')}`))
      if (spec.restart && restarts < RESTARTS_MAX) {
        restarts++
        void relaunch()
      } else onLost(why)
    })
  }
  const relaunch = async () => {
    await systemClock.sleep(RESTART_MS)
    if (!isStopping) launch()
  }
  launch()
  return {
    name: spec.name,
    pid: () => process_?.pid,
    ready: promise,
    async stop(deadlineMs) {
      isStopping = true
      const child = process_
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise<void>((done) => child.once('exit', () => done()))
      child.kill('SIGTERM')
      const inTime = new AbortController()
      const killLate = async () => {
        await systemClock.sleep(deadlineMs, inTime.signal)
        if (!inTime.signal.aborted) child.kill('SIGKILL')
      }
      const killing = killLate()
      await gone
      inTime.abort()
      await killing
      log.end()
    },
  }
}

/** A busy machine makes probes late; where we may, the processes that must be on time go first. */
function favour(pid: number): void {
  try {
    setPriority(pid, -5)
  } catch {
    // Only root may. Without it late probes are told apart and not counted.
  }
}

function readLines(child: ChildProcess, log: WriteStream, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`)
      onLine(line)
    })
  }
}

function readyLine(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{"ready":true')) return undefined
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}
