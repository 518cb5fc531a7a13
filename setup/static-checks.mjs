import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './workspace.mjs'

/** What is checked without running the product. Each is a command of the repository's own tools. */
const CHECKS = [
  { name: 'format', commands: [['oxfmt', '--check']] },
  { name: 'lint', commands: [['oxlint', '--type-aware', '--deny-warnings']] },
  {
    name: 'types',
    commands: ['tsconfig.json', 'setup/tsconfig.json', 'apps/web/tsconfig.json']
      .filter((file) => existsSync(join(ROOT, file)))
      .map((file) => ['tsc', '--project', file, '--noEmit']),
  },
  { name: 'unused code', commands: [['knip', '--no-progress']] },
]

/**
 * Runs every check, two at a time, and prints the output of those that fail.
 *
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runStatic() {
  const waiting = [...CHECKS]
  /** @type {string[]} */
  const failed = []
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      if (!(await runCheck(check))) failed.push(check.name)
    }
  }
  await Promise.all([work(), work()])
  return failed
}

/** @param {typeof CHECKS[number]} check */
async function runCheck({ name, commands }) {
  const startedAt = performance.now()
  for (const [program = '', ...args] of commands) {
    const { code, said } = await run(program, args)
    if (code === 0) continue
    process.stdout.write(`✗ ${name}: ${[program, ...args].join(' ')}\n${said.trimEnd()}\n`)
    return false
  }
  process.stdout.write(`✓ ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`)
  return true
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, said: string }>}
 */
function run(program, args) {
  const child = spawn(join(ROOT, 'node_modules', '.bin', program), args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
  })
}
