import { createHash, type Hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

const WEB = join(import.meta.dirname, '../..')
const ROOT = join(WEB, '../..')
/** Everything that the built page is made of. */
const SOURCES = [
  join(WEB, 'src'),
  join(WEB, 'public'),
  join(WEB, 'index.html'),
  join(WEB, 'approve.html'),
  join(WEB, 'vite.config.ts'),
  join(ROOT, 'packages/contracts/src'),
  join(ROOT, 'packages/core/src'),
  join(ROOT, 'pnpm-lock.yaml'),
]

/**
 * The page as production builds it, in a folder that is named by the hash of what it is made of: test files that want the same page
 * build it once. A folder appears whole or not at all, so several may ask at once.
 */
export async function builtPage(): Promise<string> {
  const hash = createHash('sha256')
  for (const path of SOURCES) await addTo(hash, path)
  const dist = join(tmpdir(), `firedrill-web-${hash.digest('hex').slice(0, 24)}`)
  if (existsSync(dist)) return dist
  const making = await mkdtemp(join(tmpdir(), 'firedrill-web-making-'))
  await asInProduction(() =>
    build({
      configFile: join(WEB, 'vite.config.ts'),
      logLevel: 'silent',
      build: { outDir: making, emptyOutDir: true, reportCompressedSize: false },
    }),
  )
  try {
    await rename(making, dist)
  } catch (error) {
    // Somebody else was quicker with the same page.
    await rm(making, { recursive: true, force: true })
    if (!existsSync(dist)) throw error
  }
  return dist
}

async function addTo(hash: Hash, path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) {
    hash.update(path).update(await readFile(path))
    return
  }
  for (const entry of entries.toSorted((a, b) => a.name.localeCompare(b.name)))
    await addTo(hash, join(path, entry.name))
}

/** A test run says `test`, for which React would come with everything that helps its developers: half as much again. */
async function asInProduction(make: () => Promise<unknown>): Promise<void> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    await make()
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}
