import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { StartedSimulator } from '../cli.ts'

/**
 * Starts the simulator as a process of its own. It gets a pipe on standard input that closes when this process is gone,
 * however that happens, and ends then. What it says on standard error goes to `say`.
 */
export function startSimulatorProcess(
  program: string,
  args: readonly string[],
  place: Readonly<{ cwd: string; say: (text: string) => void }>,
): StartedSimulator {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    cwd: place.cwd,
    env: { ...process.env, FIREDRILL_PARENT: 'stdin' },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A Ctrl-C in the terminal is meant for this process, which then ends the simulator in good order.
    detached: true,
  })
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (chunk: Buffer) => place.say(chunk.toString()))
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<number>()
  child.once('error', fail)
  child.once('close', (code) => end(code ?? 1))
  const { promise: ready, resolve: isReady } = Promise.withResolvers<string | null>()
  createInterface({ input: child.stdout }).once('line', isReady)
  ended.then(
    () => isReady(null),
    () => isReady(null),
  )
  return { ready, ended, stop: () => void child.kill('SIGTERM') }
}
