import { createRequire, enableCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { BUNDLE, COMPILED, ENTRY, isBundleCurrent } from './tools/sources.mjs'

// Most of what a world allocates is gone at once; a small nursery, set before anything is loaded, keeps the process
// some 15 MB smaller at little cost.
setFlagsFromString('--max-semi-space-size=4')
setFlagsFromString('--semi-space-growth-factor=1')

// The same program either way: from one file that was built of these sources, or slower from the sources themselves.
if (isBundleCurrent()) {
  enableCompileCache(COMPILED)
  createRequire(import.meta.url)(BUNDLE)
} else await import(ENTRY)
