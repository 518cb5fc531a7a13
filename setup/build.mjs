import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { toolEnvironment } from './node-binary.mjs'
import { Problem, knownCause } from './problem.mjs'
import { step } from './progress.mjs'
import { ROOT, fingerprint, versionFiles } from './workspace.mjs'

/** @typedef {import('./workspace.mjs').Member} Member */
/** @typedef {{ inputs?: string[], outputs?: string[] }} Task what turbo.json says of one build */

const STAMPS = join(ROOT, 'node_modules', '.cache', 'firedrill')
/** Made by tools, or read by nobody who builds. */
const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'coverage', 'fixtures', '.turbo', '.vite'])

/**
 * The packages whose build is out of date: their inputs, as turbo.json names them, changed since the last one, or an
 * output is missing. Without named inputs a package depends on all its files and on those of the packages it imports.
 *
 * @param {Member[]} workspace
 */
export function staleBuilds(workspace) {
  const tasks = JSON.parse(readFileSync(join(ROOT, 'turbo.json'), 'utf8')).tasks
  return workspace
    .filter(({ dir, scripts }) => dir !== ROOT && scripts['build'] !== undefined)
    .map((member) => {
      const task = /** @type {Task} */ ({ ...tasks['build'], ...tasks[`${member.name}#build`] })
      return { member, task, key: inputKey(member, task, workspace) }
    })
    .filter(({ member, key }) => !isCurrent(member, key))
}

/** @param {ReturnType<typeof staleBuilds>} builds */
export async function build(builds) {
  for (const { member, task, key } of builds) {
    const progress = step(`building ${member.name}`)
    const { code, said } = await runScript(member)
    if (code !== 0) {
      progress.failed()
      const cause = knownCause(said)
      throw new Problem(
        `Building ${member.name} failed. ${cause?.message ?? 'What it said is above.'}`,
        cause?.advice ?? 'If you did not change it, remove node_modules and run the command again.',
        said,
      )
    }
    mkdirSync(STAMPS, { recursive: true })
    writeFileSync(stampOf(member), JSON.stringify({ key, outputs: outputsOf(member, task) }))
    progress.done()
  }
}

/**
 * @param {Member} member
 * @param {string} key
 */
function isCurrent(member, key) {
  try {
    const stamp = JSON.parse(readFileSync(stampOf(member), 'utf8'))
    return (
      stamp.key === key &&
      stamp.outputs.every((/** @type {string} */ path) => existsSync(join(member.dir, path)))
    )
  } catch {
    return false
  }
}

/** @param {Member} member */
function stampOf(member) {
  return join(STAMPS, `${member.name.replaceAll(/[^\w.-]/g, '_')}.json`)
}

/**
 * @param {Member} member
 * @param {Task} task
 * @param {Member[]} workspace
 */
function inputKey(member, task, workspace) {
  const files =
    task.inputs === undefined
      ? [member, ...imported(member, workspace)].flatMap(({ dir }) => filesBelow(dir))
      : filesBelow(member.dir).filter((file) => matches(relative(member.dir, file), task.inputs ?? []))
  const read = files.filter((file) => !/\.test\.tsx?$/.test(file)).toSorted()
  const parts = read.flatMap((file) => [relative(ROOT, file), readFileSync(file)])
  return fingerprint([...versionFiles(), ...parts])
}

/**
 * The workspace packages that a package imports, directly or through others.
 *
 * @param {Member} member
 * @param {Member[]} workspace
 * @returns {Member[]}
 */
function imported(member, workspace) {
  const found = new Set([member])
  for (const current of found) {
    for (const other of workspace) if (current.dependencies.includes(other.name)) found.add(other)
  }
  found.delete(member)
  return [...found]
}

/**
 * @param {string} path
 * @param {string[]} patterns `directory/**` or the name of a file
 */
function matches(path, patterns) {
  return patterns.some((pattern) =>
    pattern.endsWith('/**') ? path.startsWith(pattern.slice(0, -2)) : path === pattern,
  )
}

/**
 * @param {string} dir
 * @param {Set<string>} [skipped] names that are left out, with all below them
 * @returns {string[]}
 */
function filesBelow(dir, skipped = SKIPPED) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return filesBelow(path, skipped)
    return entry.isFile() ? [path] : []
  })
}

/**
 * @param {Member} member
 * @param {Task} task
 */
function outputsOf(member, task) {
  return (task.outputs ?? [])
    .map((pattern) => join(member.dir, pattern.replace(/\/\*\*$/, '')))
    .filter((dir) => existsSync(dir))
    .flatMap((dir) => filesBelow(dir, new Set()))
    .map((path) => relative(member.dir, path))
}

/**
 * Runs a package's build script the way pnpm would, without paying for pnpm.
 *
 * @param {Member} member
 * @returns {Promise<{ code: number | null, said: string }>}
 */
function runScript(member) {
  const child = spawn('/bin/sh', ['-c', String(member.scripts['build'])], {
    cwd: member.dir,
    env: toolEnvironment(join(member.dir, 'node_modules', '.bin')),
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
