import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)))
const SOURCES = join(PACKAGE, 'src')
const LOCKFILE = join(PACKAGE, '..', '..', 'pnpm-lock.yaml')

/** The worlds that come along. */
export const WORLDS = join(PACKAGE, 'worlds')
/** Where the simulator begins. */
export const ENTRY = join(SOURCES, 'main.ts')
/** All of it in one file, as deep below the package as its sources: what they find beside themselves it finds too. */
export const BUNDLE = join(PACKAGE, 'dist', 'bundle', 'simulator.cjs')
/** Beside it, what it was made of. */
export const BUNDLED = join(PACKAGE, 'dist', 'bundle', 'sources.sha256')
/** What was compiled is kept here for the next start. */
export const COMPILED = join(PACKAGE, 'dist', 'compiled')

/** How the sources looked when they were last found to be those of the bundle: while they look so, none is read. */
const SEEN = join(PACKAGE, 'dist', 'bundle', 'sources.seen')

function sourceFiles() {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).sort()
}

/** What the sources, and the versions of the packages that they import, come to as they are on disk. */
export function digestOfSources() {
  const hash = createHash('sha256')
  for (const file of sourceFiles()) hash.update(`${file}\0`).update(readFileSync(join(SOURCES, file)))
  if (existsSync(LOCKFILE)) hash.update(readFileSync(LOCKFILE))
  return hash.digest('hex')
}

/** Name, size and time of every source. */
function looksOfSources() {
  const files = [...sourceFiles().map((file) => join(SOURCES, file)), LOCKFILE]
  return files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false })
      return found === undefined ? '' : `${file} ${found.size} ${found.mtimeMs} ${found.ctimeMs}\n`
    })
    .join('')
}

/** Whether there is a bundle and it was made of the sources as they are. */
export function isBundleCurrent() {
  if (!existsSync(BUNDLED)) return false
  const digest = readFileSync(BUNDLED, 'utf8')
  const looks = `${digest}\n${looksOfSources()}`
  if (existsSync(SEEN) && readFileSync(SEEN, 'utf8') === looks) return true
  if (digest !== digestOfSources()) return false
  try {
    writeFileSync(SEEN, looks)
  } catch {
    // Where nothing can be written the sources are read at every start.
  }
  return true
}
