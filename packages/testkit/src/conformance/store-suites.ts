import { REAL_CLOCK } from '@firedrill/core'
import { evidenceStoreSuite } from './evidence-store-suite.ts'
import { eventFeedSuite } from './event-feed-suite.ts'
import { markerStoreSuite } from './marker-store-suite.ts'
import { recordStoresSuite } from './record-stores-suite.ts'
import { reportStoresSuite } from './report-stores-suite.ts'
import { runStoreSuite } from './run-store-suite.ts'
import { scheduleStoreSuite } from './schedule-store-suite.ts'
import { buildRunCreated, PERSON, TEAM } from '../builders/journal-builder.ts'
import { seededIds } from '../time/seeded.ts'
import type { StoreFactory } from './store-factory.ts'
import { standingSuite } from './standing-suite.ts'
import { undoStoreSuite } from './undo-store-suite.ts'
import { webhookStoreSuite } from './webhook-store-suite.ts'

/** Declares the tests of every store port for one implementation. Call it at the top of a test file. */
export function storeSuites(name: string, factory: StoreFactory): void {
  runStoreSuite(name, factory)
  undoStoreSuite(name, factory)
  eventFeedSuite(name, factory)
  reportStoresSuite(name, factory)
  recordStoresSuite(name, factory)
  webhookStoreSuite(name, factory)
  standingSuite(name, factory)
  evidenceStoreSuite(name, async () => {
    const { stores, close } = await factory()
    const ids = seededIds(19)
    const run = async () => {
      const id = ids.mint('run')
      const created = buildRunCreated({ teamId: TEAM })
      const about = { teamId: TEAM, drillId: ids.mint('drill'), clock: REAL_CLOCK, created, actor: PERSON }
      return (await stores.runs.create({ id, ...about })).id
    }
    return { evidence: stores.evidence, run, close }
  })
  scheduleStoreSuite(name, factory)
  markerStoreSuite(name, factory)
}
