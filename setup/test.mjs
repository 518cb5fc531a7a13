// `npm test`: the same set-up as `npm start`, then every check and every test. The syntax of this file is old on
// purpose: an old Node has to get as far as the check.
import { requireNode } from './require-node.mjs'

requireNode()
void import('./run-checks.mjs').then((module) => module.runChecks(process.argv.slice(2)))
