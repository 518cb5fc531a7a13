// `npm start`: everything that a fresh checkout needs, then the sandbox. The syntax of this file is old on purpose: an
// old Node has to get as far as the check.
import { requireNode } from './require-node.mjs'

requireNode()
void import('./run-sandbox.mjs').then((module) => module.runSandbox(process.argv.slice(2)))
