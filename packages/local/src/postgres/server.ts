import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { LocalError } from '../local-error.ts'
import { settlesWithin } from '../settles-within.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import { explainFailure, openServerLog } from './server-log.ts'
import type { StartFailure } from './server-log.ts'
import { startWatchdog } from './watchdog.ts'
import type { Watchdog } from './watchdog.ts'

/** What a server process is started with. */
export interface ServerSettings {
  readonly place: string
  readonly cluster: string
  readonly binaries: Binaries
  readonly account: Account
  /** 0 asks for any free port. */
  readonly port: number
  readonly isDurable: boolean
  /** Removed once the server has ended because its parent was gone; `null` keeps everything. */
  readonly removeAfter: string | null
}

/** How a server process ended. */
export interface ServerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A server process that accepts connections. */
export interface RunningServer {
  readonly pid: number
  readonly port: number
  readonly exited: Promise<ServerExit>
  stop(): Promise<void>
}

const READY_POLL_MS = 10
/** Crash recovery after a hard kill replays the log first; on a slow disk that takes a while. */
const READY_TIMEOUT_MS = 60_000
const HELD_TIMEOUT_MS = 10_000
const FAST_STOP_MS = 10_000
const IMMEDIATE_STOP_MS = 5_000
const PORT_ATTEMPTS = 5

/** Starts the server and waits until it accepts connections. */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const heldUntil = performance.now() + HELD_TIMEOUT_MS
  for (let portsTried = 1; ;) {
    const port = settings.port === 0 ? await freePort() : settings.port
    const attempt = await tryStart(settings, port)
    if ('pid' in attempt) return attempt
    switch (attempt.kind) {
      case 'port-taken':
        if (settings.port !== 0 || portsTried >= PORT_ATTEMPTS) throw portTaken(port)
        portsTried += 1
        break
      case 'still-held':
        if (performance.now() > heldUntil) throw stillHeld(settings.place)
        await sleep(100)
        break
      case 'error':
        throw attempt.error
    }
  }
}

async function tryStart(settings: ServerSettings, port: number): Promise<RunningServer | StartFailure> {
  const log = openServerLog(settings.place)
  try {
    const watchdog = startWatchdog(settings.cluster, settings.account, {
      firstSignal: settings.isDurable ? 'INT' : 'QUIT',
      removeAfter: settings.removeAfter,
    })
    const child = spawn(settings.binaries.postgres, ['-D', settings.cluster, ...options(settings, port)], {
      cwd: '/',
      // On macOS a server without a locale refuses to start; C is the cluster's own.
      env: { LC_ALL: 'C' },
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
      ...settings.account,
    })
    const exited = exitOf(child, watchdog)
    if (child.pid !== undefined) watchdog.guard(child.pid)
    if (!(await becomesReady(settings.cluster, child, exited))) {
      const exit = await exited
      const said = exit.spawnError === undefined ? log.said() : `FATAL: ${exit.spawnError.message}`
      return explainFailure(said, settings.place, log.path)
    }
    child.unref()
    return { pid: child.pid ?? 0, port, exited, stop: () => stopChild(child, exited) }
  } finally {
    log.close()
  }
}

function options(settings: ServerSettings, port: number): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // No socket file: TCP on loopback is the one way in, and it asks for the password.
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '32MB',
    // Queries here are short; compiling them costs more than it gives.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  if (!settings.isDurable) {
    Object.assign(values, {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      autovacuum: 'off',
    })
    Object.assign(values, { wal_level: 'minimal', max_wal_senders: '0' })
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

type Exit = ServerExit & { readonly spawnError?: Error }

function exitOf(child: ChildProcess, watchdog: Watchdog): Promise<Exit> {
  return new Promise((resolve) => {
    const end = (exit: Exit) => {
      watchdog.dismiss()
      resolve(exit)
    }
    child.once('error', (spawnError) => end({ code: null, signal: null, spawnError }))
    child.once('exit', (code, signal) => end({ code, signal }))
  })
}

async function becomesReady(cluster: string, child: ChildProcess, exited: Promise<Exit>): Promise<boolean> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  while (!(await settlesWithin(exited, READY_POLL_MS))) {
    const file = readPostmasterFile(cluster)
    if (file?.pid === child.pid && file?.isReady === true) return true
    if (performance.now() > deadline) child.kill('SIGQUIT')
  }
  return false
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  child.kill('SIGINT')
  if (await settlesWithin(exited, FAST_STOP_MS)) return
  child.kill('SIGQUIT')
  if (await settlesWithin(exited, IMMEDIATE_STOP_MS)) return
  child.kill('SIGKILL')
  await exited
}

function portTaken(port: number): LocalError {
  return new LocalError(
    'port-taken',
    `Port ${port} of 127.0.0.1 is taken by another program. Stop that program, or choose another port (0 finds a free one).`,
  )
}

function stillHeld(place: string): LocalError {
  return new LocalError(
    'in-use',
    `Processes of an earlier PostgreSQL server still hold the data in ${place}. Wait a moment and start again.`,
  )
}
