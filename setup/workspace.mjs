import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's root directory. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * @typedef {object} Member a package of the workspace
 * @property {string} name
 * @property {string} dir absolute
 * @property {string} manifest the text of its package.json
 * @property {Record<string, string>} scripts
 * @property {string[]} dependencies names it cannot do without, those of tests included
 */

/**
 * Every package of the workspace, the root first, found by the patterns of pnpm-workspace.yaml.
 *
 * @returns {Member[]}
 */
export function members() {
  const yaml = readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8')
  const block = /^packages:\n((?: +- .*\n)+)/m.exec(yaml)?.[1] ?? ''
  const patterns = [...block.matchAll(/- ['"]?([^'"\n]+)['"]?/g)].map((match) => String(match[1]))
  const dirs = patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [join(ROOT, pattern)]
    const parent = join(ROOT, pattern.slice(0, -2))
    if (!existsSync(parent)) return []
    return readdirSync(parent)
      .toSorted()
      .map((name) => join(parent, name))
  })
  return [ROOT, ...dirs].filter((dir) => existsSync(join(dir, 'package.json'))).map(readMember)
}

/**
 * @param {string} dir
 * @returns {Member}
 */
function readMember(dir) {
  const manifest = readFileSync(join(dir, 'package.json'), 'utf8')
  const value = JSON.parse(manifest)
  const dependencies = Object.keys({ ...value.dependencies, ...value.devDependencies })
  return { name: value.name, dir, manifest, scripts: value.scripts ?? {}, dependencies }
}

/**
 * One short name for a list of texts; their order matters.
 *
 * @param {Iterable<string | Buffer>} parts
 */
export function fingerprint(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(String(part.length)).update('\0').update(part)
  return hash.digest('hex')
}

/** The text of the lockfile and the workspace file: what decides which versions are installed. */
export function versionFiles() {
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((name) => readFileSync(join(ROOT, name), 'utf8'))
}
