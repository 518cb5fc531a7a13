import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)))
const SOURCES = join(PACKAGE, 'src')
const LOCKFILE = join(PACKAGE, '..', '..', 'pnpm-lock.yaml')

/** Where the simulator begins. */
export const ENTRY = join(SOURCES, 'main.ts')
/** All of it in one file, as deep below the package as its sources: what they find beside themselves it finds too. */
export const BUNDLE = join(PACKAGE, 'dist', 'bundle', 'simulator.cjs')
/** Beside it, what it was made of. */
export const BUNDLED = join(PACKAGE, 'dist', 'bundle', 'sources.sha256')
/** What was compiled is kept here for the next start. */
export const COMPILED = join(PACKAGE, 'dist', 'compiled')

/** What the sources, and the versions of the packages that they import, come to as they are on disk. */
export function digestOfSources() {
  const hash = createHash('sha256')
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  for (const file of files.sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
    hash.update(`${file}\0`).update(readFileSync(join(SOURCES, file)))
  }
  if (existsSync(LOCKFILE)) hash.update(readFileSync(LOCKFILE))
  return hash.digest('hex')
}

/** Whether there is a bundle and it was made of the sources as they are. */
export function isBundleCurrent() {
  return existsSync(BUNDLED) && readFileSync(BUNDLED, 'utf8') === digestOfSources()
}
