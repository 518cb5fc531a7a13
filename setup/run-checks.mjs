import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { requireOwnNode, toolEnvironment } from './node-binary.mjs'
import { prepare } from './prepare.mjs'
import { reporting } from './problem.mjs'
import { ROOT } from './workspace.mjs'

/**
 * Sets up the checkout, then runs every check and every test with the repository's own Node.
 *
 * @param {string[]} args for vitest
 */
export function runChecks(args) {
  return reporting(async () => {
    await prepare()
    process.exitCode = await inOwnNode(args)
  })
}

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function inOwnNode(args) {
  const child = spawn(requireOwnNode(), [join(ROOT, 'setup', 'checks.mjs'), ...args], {
    cwd: ROOT,
    env: toolEnvironment(),
    stdio: 'inherit',
  })
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  // The terminal has sent it to the checks as well; they end first.
  process.on('SIGINT', () => {})
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
