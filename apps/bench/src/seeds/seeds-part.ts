import { playMany } from './play-many.ts'

/** A share of the seeds, in a process of its own: `seeds-part.ts FROM COUNT`. Prints what came of them as one line of JSON. */
const [from = 0, count = 0] = process.argv.slice(2).map(Number)
process.stdout.write(`${JSON.stringify(await playMany(from, count))}\n`)
