import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { parseWorld } from '../src/worlds/load-world.ts'
import { BUNDLE, BUNDLED, digestOfSources, ENTRY, WORLDS } from './sources.mjs'

// The digest goes last and the file takes its place in one step: whoever starts meanwhile finds a whole bundle or none.
const digest = digestOfSources()
const making = `${BUNDLE}.${process.pid}`
mkdirSync(dirname(BUNDLE), { recursive: true })
rmSync(BUNDLED, { force: true })
const checked = readdirSync(WORLDS)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(WORLDS, name), 'utf8'))
  .map((text) => [text, parseWorld(text, 'a world that comes along')])
const checkedWorlds = {
  name: 'checked-worlds',
  load: (/** @type {string} */ id) =>
    id.endsWith('checked-worlds.ts') ? `export const CHECKED_WORLDS = ${JSON.stringify(checked)}` : null,
}
const bundle = await rolldown({ input: ENTRY, platform: 'node', logLevel: 'warn', plugins: [checkedWorlds] })
// As CommonJS: an import of `node:http` also loads the fetch client that is in it, for a fifth of the whole start.
await bundle.write({ format: 'cjs', file: making, codeSplitting: false, comments: false })
await bundle.close()
renameSync(making, BUNDLE)
writeFileSync(BUNDLED, digest)
