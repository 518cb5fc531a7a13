import { platformInstant, REAL_CLOCK, type CallClock, type CompiledProbe } from '@firedrill/core'
import { createProber } from '@firedrill/probes'
import { systemClock } from '@firedrill/runtime'
import { memoryMb } from '../sandbox/memory.ts'

// A prober alone in a process: `prober-process.ts PORT TARGETS SECONDS`. Prints one line of JSON when it is over.
const [port = 0, targets = 0, seconds = 0] = process.argv.slice(2).map(Number)
/** Until connections, code and heap are as they stay. */
const WARM_UP_MS = 3000

const lateMs: number[] = []
let isMeasuring = false
/** How late the process came back from each wait for a start; waits that were given up were for timeouts. */
const clock: CallClock = {
  ...systemClock,
  sleep: async (ms, signal) => {
    const dueMs = systemClock.monotonicMs() + ms
    await systemClock.sleep(ms, signal)
    if (isMeasuring && signal?.aborted !== true) lateMs.push(Math.max(0, systemClock.monotonicMs() - dueMs))
  },
}
const probes: readonly CompiledProbe[] = Array.from({ length: targets }, (_, i) => ({
  kind: 'http',
  name: `target-${i}`,
  periodMs: 1000,
  timeoutMs: 2000,
  url: `http://127.0.0.1:${port}/${i}`,
  method: 'GET',
  status: [200],
}))
const counts = { good: 0, bad: 0, unusable: 0 }
const prober = createProber({
  probes,
  vantages: [{ name: 'here' }],
  anchor: { monotonicMs: systemClock.monotonicMs(), platform: platformInstant(Date.now() * 1000) },
  environmentClock: REAL_CLOCK,
  clock,
  onSample: ({ outcome }) => {
    if (isMeasuring) counts[outcome] += 1
  },
})
await systemClock.sleep(WARM_UP_MS)
isMeasuring = true
const before = process.cpuUsage()
const fromMs = systemClock.monotonicMs()
await systemClock.sleep(seconds * 1000)
isMeasuring = false
const { user, system } = process.cpuUsage(before)
const cores = (user + system) / 1000 / (systemClock.monotonicMs() - fromMs)
const memory = memoryMb(process.pid)
await prober.stop()
process.stdout.write(`${JSON.stringify({ lateMs, counts, cores, memory })}\n`)
