import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { builtPage } from './stub/built.ts'

/** What a first visit loads, in bytes as they come over the wire. */
async function gzipped(dist: string, ending: string): Promise<number> {
  const names = (await readdir(join(dist, 'assets'))).filter((name) => name.endsWith(ending))
  expect(names.length).toBeGreaterThan(0)
  const sizes = await Promise.all(
    names.map(async (name) => gzipSync(await readFile(join(dist, 'assets', name)), { level: 9 }).length),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

test('every page together, the run page among them, is at most 220 kB of scripts and 30 kB of styles', async () => {
  const dist = await builtPage()
  const scripts = await gzipped(dist, '.js')
  const styles = await gzipped(dist, '.css')
  expect(scripts).toBeLessThanOrEqual(220_000)
  expect(styles).toBeLessThanOrEqual(30_000)
})
