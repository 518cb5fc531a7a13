import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { rolldown } from 'rolldown'
import { BUNDLE, BUNDLED, digestOfSources, ENTRY } from './sources.mjs'

// The digest goes last and the file takes its place in one step: whoever starts meanwhile finds a whole bundle or none.
const digest = digestOfSources()
const making = `${BUNDLE}.${process.pid}`
mkdirSync(dirname(BUNDLE), { recursive: true })
rmSync(BUNDLED, { force: true })
const bundle = await rolldown({ input: ENTRY, platform: 'node', logLevel: 'warn' })
// As CommonJS: an import of `node:http` also loads the fetch client that is in it, for a fifth of the whole start.
await bundle.write({ format: 'cjs', file: making, codeSplitting: false, comments: false })
await bundle.close()
renameSync(making, BUNDLE)
writeFileSync(BUNDLED, digest)
