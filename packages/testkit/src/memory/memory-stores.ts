import type {
  CalendarStore,
  ClockStore,
  DefinitionStore,
  DrillStore,
  EventFeed,
  EvidenceStore,
  GameDayStore,
  HaltStore,
  IdempotencyStore,
  MarkerStore,
  OutcomeStore,
  PlatformInstant,
  ReadStanding,
  RunFindingStore,
  RunStore,
  Samples,
  ScheduleStore,
  SignOffStore,
  SessionStore,
  TokenStore,
  UndoStore,
  WebhookStore,
} from '@firedrill/core'
import { memoryClockStore } from './memory-clock-store.ts'
import { backUp, memoryData } from './memory-data.ts'
import { memoryDefinitionStore } from './memory-definition-store.ts'
import { memoryDrillStore } from './memory-drill-store.ts'
import { memoryEventFeed } from './memory-event-feed.ts'
import { memoryEvidenceStore } from './memory-evidence-store.ts'
import { memoryFindings } from './memory-findings.ts'
import { memoryGameDays } from './memory-game-days.ts'
import { memoryHaltStore } from './memory-halt-store.ts'
import { memoryIdempotencyStore } from './memory-idempotency-store.ts'
import { memoryMarkers } from './memory-markers.ts'
import { memoryOutcomes } from './memory-outcomes.ts'
import { memoryRunStore } from './memory-run-store.ts'
import { memoryCalendarStore, memoryScheduleStore } from './memory-schedule-store.ts'
import { memorySamples } from './memory-samples.ts'
import { memorySignOffs } from './memory-sign-offs.ts'
import { memorySessionStore } from './memory-session-store.ts'
import { memoryStanding } from './memory-standing.ts'
import { memoryTokenStore } from './memory-token-store.ts'
import { memoryUndoStore } from './memory-undo-store.ts'
import { memoryWebhooks } from './memory-webhooks.ts'

/** One store per port of core, over one database. */
export type StoreSet = Readonly<{
  runs: RunStore
  undo: UndoStore
  halt: HaltStore
  evidence: EvidenceStore
  clocks: ClockStore
  definitions: DefinitionStore
  drills: DrillStore
  feed: EventFeed
  tokens: TokenStore
  people: SessionStore
  idempotency: IdempotencyStore
  samples: Samples
  schedules: ScheduleStore
  calendars: CalendarStore
  markers: MarkerStore
  signOffs: SignOffStore
  findings: RunFindingStore
  gameDays: GameDayStore
  outcomes: OutcomeStore
  webhooks: WebhookStore
  readStanding: ReadStanding
}>

/**
 * Every store in memory, over one shared database, with the test's own time. They pass the suites in
 * `../conformance`, so an engine test may use them where the guarantee under test is not PostgreSQL's. What `backUp` answers
 * brings back what was there then; `runsOfFormat` answers the runs as another version of the platform has them.
 */
export function memoryStores(
  now: () => PlatformInstant,
): StoreSet & Readonly<{ backUp: () => () => void; runsOfFormat: (format: number) => RunStore }> {
  const data = memoryData(now)
  const webhooks = memoryWebhooks(data)
  return {
    runs: memoryRunStore(data),
    undo: memoryUndoStore(data),
    halt: memoryHaltStore(data),
    evidence: memoryEvidenceStore(data),
    clocks: memoryClockStore(data),
    definitions: memoryDefinitionStore(data),
    drills: memoryDrillStore(data),
    feed: memoryEventFeed(data),
    tokens: memoryTokenStore(data),
    people: memorySessionStore(data),
    idempotency: memoryIdempotencyStore(data),
    samples: memorySamples(data),
    schedules: memoryScheduleStore(data),
    calendars: memoryCalendarStore(data),
    markers: memoryMarkers(data),
    signOffs: memorySignOffs(data),
    findings: memoryFindings(data),
    gameDays: memoryGameDays(data),
    outcomes: memoryOutcomes(data),
    webhooks,
    readStanding: memoryStanding(data, webhooks),
    backUp: () => backUp(data),
    runsOfFormat: (format) => memoryRunStore(data, format),
  }
}
