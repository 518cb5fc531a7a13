import { scoreSeed } from './score-many.ts'

// A process of its own for each processor: `shard.ts SITE FIRST COUNT STEP` prints one line of JSON a drill.
const [site, ...numbers] = process.argv.slice(2)
const [first = 1, count = 1, step = 1] = numbers.map(Number)
for (let index = 0; index < count; index++) {
  const scored = await scoreSeed(first + index * step, site === 'sockets' ? 'sockets' : 'lab')
  process.stdout.write(`${JSON.stringify(scored)}\n`)
}
