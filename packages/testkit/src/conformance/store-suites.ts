import { eventFeedSuite } from './event-feed-suite.ts'
import { markerStoreSuite } from './marker-store-suite.ts'
import { recordStoresSuite } from './record-stores-suite.ts'
import { runStoreSuite } from './run-store-suite.ts'
import { scheduleStoreSuite } from './schedule-store-suite.ts'
import type { StoreFactory } from './store-factory.ts'
import { undoStoreSuite } from './undo-store-suite.ts'

/** Declares the tests of every store port for one implementation. Call it at the top of a test file. */
export function storeSuites(name: string, factory: StoreFactory): void {
  runStoreSuite(name, factory)
  undoStoreSuite(name, factory)
  eventFeedSuite(name, factory)
  recordStoresSuite(name, factory)
  scheduleStoreSuite(name, factory)
  markerStoreSuite(name, factory)
}
