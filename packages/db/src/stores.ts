import type {
  AuditStore,
  CalendarStore,
  Clock,
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
import { idempotencyStore } from './access/idempotency-store.ts'
import { auditStore } from './audit/audit-store.ts'
import { sessionStore } from './access/session-store.ts'
import { tokenStore } from './access/token-store.ts'
import { clockStore } from './clock/clock-store.ts'
import { connectionConfig, openDatabase, type DatabaseOptions } from './connection/database.ts'
import { definitionStore } from './definitions/definition-store.ts'
import { rememberVersions } from './definitions/remembered-versions.ts'
import { drillStore } from './definitions/drill-store.ts'
import { evidenceStore } from './evidence/evidence-store.ts'
import { eventFeed } from './feed/event-feed.ts'
import { runFindingStore } from './findings/run-finding-store.ts'
import { gameDayStore } from './game-days/game-day-store.ts'
import { haltStore } from './halt/halt-store.ts'
import { markerStore } from './markers/marker-store.ts'
import { outcomeStore } from './portfolio/outcome-store.ts'
import { runStore } from './run/run-store.ts'
import { sampleStore } from './samples/sample-store.ts'
import { calendarStore } from './schedules/calendar-store.ts'
import { scheduleStore } from './schedules/schedule-store.ts'
import { signOffStore } from './sign-off/sign-off-store.ts'
import { readStanding } from './standing/read-standing.ts'
import { undoStore } from './undo/undo-store.ts'
import { webhookStore } from './webhooks/webhook-store.ts'

/** One store per port of core, over one pool of connections. */
export type Stores = Readonly<{
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
  audit: AuditStore
  webhooks: WebhookStore
  readStanding: ReadStanding
  /** Ends followers and closes every connection, once the queries under way are done. */
  close(): Promise<void>
}>

/**
 * Opens the stores on a database that `migrate` has brought up to date. Connects on first use; queries fail while the
 * server is away and succeed again when it is back.
 */
export function openStores(options: DatabaseOptions & Readonly<{ clock: Clock }>): Stores {
  const database = openDatabase(options)
  const { pool, prisma } = database
  const feed = eventFeed({ pool, connection: connectionConfig(options), clock: options.clock })
  return {
    runs: runStore(pool),
    undo: undoStore(pool),
    halt: haltStore(prisma),
    evidence: evidenceStore(pool, prisma),
    clocks: clockStore(pool),
    definitions: rememberVersions(definitionStore(prisma)),
    drills: drillStore(prisma),
    feed,
    tokens: tokenStore(pool),
    people: sessionStore(pool),
    idempotency: idempotencyStore(pool, prisma),
    samples: sampleStore(pool),
    schedules: scheduleStore(pool),
    calendars: calendarStore(prisma),
    markers: markerStore(pool),
    signOffs: signOffStore(prisma),
    findings: runFindingStore(prisma),
    gameDays: gameDayStore(pool),
    outcomes: outcomeStore(pool),
    audit: auditStore(pool),
    webhooks: webhookStore(pool),
    readStanding: readStanding(pool),
    close: async () => {
      await feed.close()
      await database.close()
    },
  }
}
