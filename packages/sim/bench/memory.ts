import { setFlagsFromString } from 'node:v8'

// As the simulator's own main does, before anything is loaded.
setFlagsFromString('--max-semi-space-size=4')
setFlagsFromString('--semi-space-growth-factor=1')

const { startSimulator } = await import('../src/server.ts')
const HOUR = 3_600_000_000
const simulator = await startSimulator({
  world: process.argv[2] ?? 'warm-standby',
  rate: 'manual',
  startAt: Date.UTC(2026, 10, 3, 9, 0, 0) * 1000,
})
let peak = 0
for (let quarter = 0; quarter < 96; quarter += 1) {
  simulator.advance(HOUR / 4)
  peak = Math.max(peak, process.memoryUsage().rss)
  // A running simulator has pauses in which it gives memory back; a loop has not.
  await new Promise((resolve) => setImmediate(resolve))
}
process.stdout.write(`${Math.round(peak / 1e6)}\n`)
await simulator.close()
