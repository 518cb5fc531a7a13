// Every check and every test, run by `npm test` with the repository's own Node once all is installed and built.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTools } from './optional-tools.mjs'
import { Problem, reporting } from './problem.mjs'
import { runStatic } from './static-checks.mjs'
import { readResult, runVitest } from './vitest-run.mjs'

await reporting(async () => {
  const startedAt = performance.now()
  const { have, skipped } = findTools()
  const failedChecks = await runStatic()
  const scratch = mkdtempSync(join(tmpdir(), 'fd-checks-'))
  try {
    const file = join(scratch, 'vitest.json')
    const code = await runVitest(process.argv.slice(2), have, file)
    const result = readResult(file)
    if (result === null) {
      throw new Problem('The tests ended without a result.', 'What they said is above.')
    }
    const hasFailed = code !== 0 || failedChecks.length > 0 || result.failed > 0
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    const failed = [...failedChecks, ...(result.failed > 0 ? ['tests'] : [])]
    const checks = failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`
    const outside = code !== 0 && result.failed === 0 ? '; the test run itself failed, see above' : ''
    process.stdout.write(`\n${skipped.map((line) => `${line}\n`).join('')}`)
    process.stdout.write(`${hasFailed ? '✗' : '✓'} ${checks}${outside} (${seconds} s)\n`)
    process.stdout.write(`${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped\n`)
    process.exitCode = hasFailed ? 1 : 0
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})
