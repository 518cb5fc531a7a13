import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { StartedRehearsal } from '../cli.ts'
import { programOf } from './checkout.ts'

/** Ports a sandbox takes, counted from its base. */
const PORTS = 12
/** Below the range from which systems hand out ports by themselves, so that none is taken between look and use. */
const FIRST = 20_000
const LAST = 32_000 - PORTS
/** What the sandbox says when everything answers. */
const READY = 'Ctrl-C stops it'

/**
 * Starts the sandbox of this checkout in lockstep, idle, on a state directory and on ports of its own. It ends when this
 * process is gone, however that happens. A Ctrl-C in the terminal is not meant for it: the run has to be put back first.
 */
export function startRehearsalProcess(
  root: string,
  options: Readonly<{ world: string; seed: number }>,
  cwd: string,
): StartedRehearsal {
  const program = programOf(root, 'apps/sandbox/src/main.ts')
  const stateDir = mkdtempSync(join(tmpdir(), 'firedrill-ci-'))
  // PostgreSQL does not run as root: its own user has to be able to pass.
  chmodSync(stateDir, 0o755)
  const ended = new AbortController()
  let running: Awaited<ReturnType<typeof launch>> | undefined
  const starting = (async () => {
    const base = await freePortBase()
    if (ended.signal.aborted) throw new Error('The rehearsal was stopped before it began.')
    running = launch(program, base, stateDir, options, cwd)
    if (!(await running.isReady))
      throw new Error(`The simulated world did not start:\n${running.said().trim()}`)
    const token = readFileSync(join(stateDir, 'api-token'), 'utf8').trim()
    return { url: `http://127.0.0.1:${base}`, token }
  })()
  starting.catch(() => undefined)
  return {
    ready: starting,
    async stop() {
      ended.abort()
      await running?.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

function launch(
  program: string,
  base: number,
  stateDir: string,
  { world, seed }: Readonly<{ world: string; seed: number }>,
  cwd: string,
) {
  const args = ['--idle', '--lockstep', '--world', world, '--seed', String(seed)]
  const places = ['--state', stateDir, '--port-base', String(base)]
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, ...args, ...places],
    // The channel closes when this process is gone, and the sandbox ends then.
    { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  )
  let said = ''
  const { promise: gone, resolve: isGone } = Promise.withResolvers<void>()
  child.once('close', () => isGone())
  child.once('error', (error) => {
    said += error.message
    isGone()
  })
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const { promise: isReady, resolve: answer } = Promise.withResolvers<boolean>()
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      said += `${line}\n`
      if (line.includes(READY)) answer(true)
    })
  void gone.then(() => answer(false))
  return {
    isReady,
    said: () => said,
    async stop() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** The first of the ports in a row that were free on 127.0.0.1 a moment ago. */
async function freePortBase(): Promise<number> {
  for (;;) {
    const base = randomInt(FIRST, LAST)
    const free = await Promise.all(Array.from({ length: PORTS }, (_, i) => isFree(base + i)))
    if (free.every(Boolean)) return base
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
