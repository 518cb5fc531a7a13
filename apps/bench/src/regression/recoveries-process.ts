import { CHANGES, playRecovery } from './play-recovery.ts'

// A process of its own for each processor: `recoveries-process.ts CHANGE FIRST COUNT STEP` prints one line of JSON a drill.
const [wanted, ...numbers] = process.argv.slice(2)
const [first = 1, count = 1, step = 1] = numbers.map(Number)
const change = CHANGES.find((known) => known === wanted)
if (change === undefined) throw new Error(`no such change: ${wanted}`)
for (let index = 0; index < count; index++) {
  const seed = first + index * step
  process.stdout.write(`${JSON.stringify({ seed, observed: await playRecovery(seed, change) })}\n`)
}
