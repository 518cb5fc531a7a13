import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { freePort } from '../free-port.ts'
import { LocalError } from '../local-error.ts'
import { settlesWithin } from '../settles-within.ts'
import { findTool, installCommand } from '../tools.ts'

/** Whether this machine has a Redis server to start. */
export type FoundRedis =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'absent'; readonly install: string }

/** How to start Redis. */
export interface RedisOptions {
  /** For its log and, with `isDurable`, its data; made when it is absent. */
  readonly dir: string
  /** A port of 127.0.0.1; 0, the default, takes any free one. */
  readonly port?: number
  /** Write every change to an append-only file, so that a killed server loses at most a second. Default false. */
  readonly isDurable?: boolean
  /** Of an earlier start that clients still know; default: a new one. */
  readonly password?: string
}

/** A Redis server that answers. */
export interface LocalRedis {
  readonly kind: 'started'
  /** With its password: treat it as a secret. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Settles when the server's process has ended, wanted or not. */
  readonly exited: Promise<void>
  /** Stops the server and waits until it has ended. Safe to call again. */
  stop(): Promise<void>
}

const READY_POLL_MS = 10
const READY_TIMEOUT_MS = 10_000
const STOP_TIMEOUT_MS = 5_000

/** Looks for `redis-server` (or `valkey-server`) on PATH. */
export function findRedis(): FoundRedis {
  const path = findTool('redis')
  return path === null ? { kind: 'absent', install: installCommand('redis') } : { kind: 'found', path }
}

/**
 * Starts a found Redis on 127.0.0.1 with `maxmemory-policy noeviction`: a queue that evicts loses jobs. It is a child
 * whose standard input closes with this process, and which ends then.
 *
 * @throws LocalError when it is there but does not start.
 */
export async function startRedis(
  options: RedisOptions,
): Promise<LocalRedis | Extract<FoundRedis, { kind: 'absent' }>> {
  const found = findRedis()
  if (found.kind === 'absent') return found
  const dir = resolve(options.dir)
  mkdirSync(dir, { recursive: true })
  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port
  const password = options.password ?? randomBytes(24).toString('base64url')
  const config = join(dir, 'redis.conf')
  writeFileSync(config, configText(dir, port, password, options.isDurable === true), { mode: 0o600 })

  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'firedrill-redis-keeper', found.path, config], {
    cwd: dir,
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  const exited = new Promise<void>((settle) => {
    keeper.once('error', () => settle())
    keeper.once('exit', () => settle())
  })
  const pid = await serverPid(keeper)
  if (pid === null || !(await answers(port, password, exited))) {
    keeper.stdin.end()
    await exited
    throw new LocalError('start-failed', `Redis did not start on port ${port}. ${lastLog(dir)}`, lastLog(dir))
  }
  release(keeper)
  const url = `redis://:${password}@127.0.0.1:${port}`
  return { kind: 'started', url, port, pid, exited, stop: () => stop(keeper, pid, exited) }
}

/**
 * Runs the server, says its id, and stops it when standard input closes: then the process that wanted it is gone. The
 * session of its own keeps Ctrl-C in a terminal from stopping the queue under an orderly shutdown.
 */
const KEEPER = `
"$1" "$2" </dev/null >/dev/null 2>&1 &
server=$!
echo "$server"
exec 3<&0
( read -r line <&3; kill -TERM "$server" 2>/dev/null ) &
reader=$!
wait "$server"
status=$?
kill "$reader" 2>/dev/null
exit "$status"
`

function configText(dir: string, port: number, password: string, isDurable: boolean): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    `requirepass ${password}`,
    'daemonize no',
    'maxmemory-policy noeviction',
    'save ""',
    `dir "${dir}"`,
    `logfile "${join(dir, 'redis.log')}"`,
    `appendonly ${isDurable ? 'yes' : 'no'}`,
    'appendfsync everysec',
  ]
  return `${lines.join('\n')}\n`
}

function serverPid(keeper: ChildProcess): Promise<number | null> {
  return new Promise((settle) => {
    keeper.stdout?.once('data', (chunk: Buffer) => settle(Number(chunk.toString('utf8'))))
    keeper.once('exit', () => settle(null))
    keeper.once('error', () => settle(null))
  })
}

async function answers(port: number, password: string, exited: Promise<void>): Promise<boolean> {
  const until = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < until) {
    if (await ping(port, password)) return true
    if (await settlesWithin(exited, READY_POLL_MS)) return false
  }
  return false
}

function ping(port: number, password: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(port, '127.0.0.1')
    let said = ''
    socket.once('error', () => settle(false))
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (!said.includes('+PONG') && !said.includes('-')) return
      socket.destroy()
      settle(said.includes('+PONG'))
    })
    socket.once('close', () => settle(false))
  })
}

function release(keeper: ChildProcess): void {
  keeper.unref()
  for (const stream of [keeper.stdin, keeper.stdout]) {
    stream?.on('error', () => {})
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
}

async function stop(keeper: ChildProcess, pid: number, exited: Promise<void>): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return
  keeper.ref()
  keeper.stdin?.end()
  if (await settlesWithin(exited, STOP_TIMEOUT_MS)) return
  process.kill(pid, 'SIGKILL')
  await exited
}

function lastLog(dir: string): string {
  try {
    const line = readFileSync(join(dir, 'redis.log'), 'utf8').trim().split('\n').at(-1)
    return `It said: ${line ?? ''}`
  } catch {
    return 'It wrote no log.'
  }
}
