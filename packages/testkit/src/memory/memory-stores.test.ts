import { storeSuites } from '../conformance/store-suites.ts'
import { manualTime } from '../time/manual-time.ts'
import { memoryStores } from './memory-stores.ts'

storeSuites('in memory', async () => {
  const time = manualTime()
  return { stores: memoryStores(time.now), passTime: time.advance, close: async () => {} }
})
