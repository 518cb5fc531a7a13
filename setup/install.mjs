import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { findNode } from './node-binary.mjs'
import { Problem, knownCause } from './problem.mjs'
import { step } from './progress.mjs'
import { ROOT, fingerprint, versionFiles } from './workspace.mjs'

/** @typedef {import('./workspace.mjs').Member} Member */

const PNPM = 'pnpm@12.21.0'
const DETAIL_WIDTH = 60
const STAMP = join(ROOT, 'node_modules', '.firedrill-installed')

/**
 * True when what the lockfile asks for is installed: the last installation was of these very versions, and every
 * declared dependency is there.
 *
 * @param {Member[]} workspace
 */
export function isInstalled(workspace) {
  try {
    if (readFileSync(STAMP, 'utf8') !== wanted(workspace)) return false
  } catch {
    return false
  }
  if (findNode() === null) return false
  return workspace.every(({ dir, dependencies }) =>
    dependencies.every((name) => existsSync(join(dir, 'node_modules', name))),
  )
}

/**
 * Installs exactly what the lockfile says, with the pinned pnpm.
 *
 * @param {Member[]} workspace
 */
export async function install(workspace) {
  const progress = step('installing packages')
  const outcome = await runPnpm((detail) => progress.update(detail))
  if (outcome.code !== 0) {
    progress.failed()
    const cause = knownCause(outcome.said)
    throw new Problem(
      `The installation failed. ${cause?.message ?? 'What it said is above.'}`,
      cause?.advice ??
        'Remove node_modules and run the command again; if it fails again, open an issue with the lines above.',
      outcome.said,
    )
  }
  writeFileSync(STAMP, wanted(workspace))
  progress.done()
}

/** @param {Member[]} workspace */
function wanted(workspace) {
  return fingerprint([
    ...versionFiles(),
    ...workspace.map(({ manifest }) => manifest),
    `${process.platform}-${process.arch}`,
  ])
}

/**
 * @param {(detail: string) => void} onProgress
 * @returns {Promise<{ code: number | null, said: string }>}
 */
function runPnpm(onProgress) {
  const args = ['-y', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only', ...storeArguments()]
  // Standard input stays closed: nothing here may wait for an answer.
  const child = spawn('npx', args, { cwd: ROOT, env: cacheEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  /** @param {Buffer} chunk */
  const hear = (chunk) => {
    said += chunk.toString('utf8')
    onProgress(said.trimEnd().split('\n').at(-1)?.replace('Progress: ', '').slice(0, DETAIL_WIDTH) ?? '')
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return new Promise((resolve, reject) => {
    child.once('error', () =>
      reject(
        new Problem('npx was not found.', 'It comes with npm: install npm, or a Node that includes it.'),
      ),
    )
    child.once('close', (code) => resolve({ code, said }))
  })
}

/** A home directory that cannot be written (a container's, often) is replaced by a cache inside the checkout. */
function hasUsableHome() {
  try {
    accessSync(homedir(), constants.W_OK)
    return true
  } catch {
    return false
  }
}

function storeArguments() {
  return hasUsableHome() ? [] : [`--store-dir=${join(ROOT, '.firedrill', 'cache', 'pnpm')}`]
}

/** @returns {NodeJS.ProcessEnv} */
function cacheEnvironment() {
  const environment = { ...process.env, npm_config_update_notifier: 'false' }
  if (hasUsableHome()) return environment
  return {
    ...environment,
    npm_config_cache: join(ROOT, '.firedrill', 'cache', 'npm'),
    HOME: join(ROOT, '.firedrill', 'cache'),
  }
}
