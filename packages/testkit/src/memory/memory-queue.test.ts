import { queueSuite } from '../conformance/queue-suite.ts'
import { realClock } from '../time/real-clock.ts'
import { memoryQueue } from './memory-queue.ts'

queueSuite('in memory', async () => {
  const { hints, work, loseAll } = memoryQueue(realClock)
  return {
    hints,
    work: async (handlers, concurrency) => work(handlers, concurrency),
    loseAll: async () => loseAll(),
    close: async () => {},
  }
})
