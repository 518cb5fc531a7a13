import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { requireOwnNode, toolEnvironment } from './node-binary.mjs'
import { prepare } from './prepare.mjs'
import { Problem, reporting } from './problem.mjs'
import { ROOT } from './workspace.mjs'

const MAIN = join(ROOT, 'apps', 'sandbox', 'src', 'main.ts')
/** A group that is signalled as a whole reaches us more than once; one forwarded signal is enough. */
const REPEAT_MS = 300

/**
 * Sets up the checkout and becomes the sandbox, as far as a process can: same group, same streams, signals passed on,
 * exit code passed back. The sandbox gets a channel that closes (`disconnect`) when this process is gone.
 *
 * @param {string[]} args for the sandbox
 */
export function runSandbox(args) {
  return reporting(async () => {
    await prepare()
    if (!existsSync(MAIN)) {
      throw new Problem(
        'apps/sandbox/src/main.ts is missing.',
        'The checkout is incomplete: git status, then git checkout .',
      )
    }
    process.exitCode = await handOver(requireOwnNode(), [MAIN, ...args])
  })
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<number>} the exit code, 128 + n when signal n ended it
 */
function handOver(program, args) {
  const child = spawn(program, args, {
    cwd: process.cwd(),
    env: toolEnvironment(),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  // A terminal sends Ctrl-C to the whole foreground group, the sandbox included: passing it on would make it two.
  const isOnTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
  let lastForward = -Infinity
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (signal === 'SIGINT' && isOnTerminal) return
      if (performance.now() - lastForward < REPEAT_MS) return
      lastForward = performance.now()
      child.kill(signal)
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new Problem(
          `${program} cannot be run here: ${error.message}.`,
          'On a system with musl (Alpine) use a glibc image; otherwise remove node_modules and run the command again.',
        ),
      ),
    )
    child.once('exit', (code, signal) => {
      if (child.connected) child.disconnect()
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
