import { scoreSeed } from './score-many.ts'

// A process of its own for each processor: `shard.ts FIRST COUNT STEP` prints one line of JSON a drill.
const [first = 1, count = 1, step = 1] = process.argv.slice(2).map(Number)
for (let index = 0; index < count; index++) {
  const scored = await scoreSeed(first + index * step)
  process.stdout.write(`${JSON.stringify(scored)}\n`)
}
