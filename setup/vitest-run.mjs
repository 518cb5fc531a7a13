import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HAVE_VARIABLE } from '@firedrill/local'
import { ROOT } from './workspace.mjs'

/**
 * Runs vitest with its live output on this terminal.
 *
 * @param {string[]} args further arguments, such as the files to run
 * @param {string[]} have the optional tools that are here
 * @param {string} resultFile where the result goes, as JSON
 * @returns {Promise<number>} its exit code
 */
export function runVitest(args, have, resultFile) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`]
  const child = spawn(join(ROOT, 'node_modules', '.bin', 'vitest'), ['run', ...reporters, ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      // A log is read without colours.
      ...(process.stdout.isTTY || process.env['FORCE_COLOR'] !== undefined ? {} : { NO_COLOR: '1' }),
      [HAVE_VARIABLE]: have.join(','),
      // Vitest keeps a token in the user's data directory; a home directory is not ours to write to.
      XDG_DATA_HOME: dirname(resultFile),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/**
 * Counts the tests of a result. A file that could not be loaded has no tests to count and counts as one failure.
 *
 * @param {string} file
 * @returns {{ passed: number, failed: number, skipped: number } | null} `null` when there is no result
 */
export function readResult(file) {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'))
    const files = /** @type {{ status: string, assertionResults: { status: string }[] }[]} */ (
      result.testResults
    )
    const tests = files.flatMap(({ assertionResults }) => assertionResults)
    const unloaded = files.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    const passed = tests.filter(({ status }) => status === 'passed').length
    const failed = tests.filter(({ status }) => status === 'failed').length
    return { passed, failed: failed + unloaded.length, skipped: tests.length - passed - failed }
  } catch {
    return null
  }
}
