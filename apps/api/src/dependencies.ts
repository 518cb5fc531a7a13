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
  Ids,
  Random,
  OutcomeStore,
  Reach,
  ReadStanding,
  RunFindingStore,
  RunStore,
  Samples,
  ScheduleStore,
  SessionStore,
  SignOffStore,
  Sha256,
  TokenStore,
  WebhookStore,
} from '@firedrill/core'
import type { AuditScope } from './audit/audit-scope.ts'
import type { RateLimit } from './security/rate-limit.ts'
import type { Health, Logger, PlatformTime, ProcessMetrics } from '@firedrill/runtime'
import type { Sessions } from './security/session.ts'
import type { SignInCookie } from './sign-in/sign-in-cookie.ts'
import type { SignIn } from './sign-in/sign-in.ts'
import type { RenderRun } from './main/reports.ts'
import type { Compilers, RunUseCases } from './use-cases.ts'

/** Everything the API is plugged into. Only `main.ts` and tests make one; a route takes the part it needs. */
export type ApiDependencies = Readonly<{
  audit: AuditStore
  auditScope: AuditScope
  calendars: CalendarStore
  clock: Clock
  clocks: ClockStore
  compilers: Compilers
  definitions: DefinitionStore
  drills: DrillStore
  evidence: EvidenceStore
  feed: EventFeed
  findings: RunFindingStore
  gameDays: GameDayStore
  halt: HaltStore
  health: Health
  idempotency: IdempotencyStore
  ids: Ids
  /** Hash of the local administrator's password; undefined: there is none. */
  localAdmin: string | undefined
  log: Logger
  metrics: ProcessMetrics
  outcomes: OutcomeStore
  platformTime: PlatformTime
  /** Throws when no hint can be sent. */
  pingQueue: () => Promise<void>
  random: Random
  rateLimit: Pick<RateLimit, 'take'>
  readStanding: ReadStanding
  renderRun: RenderRun
  runs: RunStore
  samples: Samples
  schedules: ScheduleStore
  people: SessionStore
  sessions: Sessions
  /** Undefined: nobody signs in, and nothing but sandboxes is started. */
  signIn: SignIn | undefined
  signInCookie: SignInCookie
  signOffs: SignOffStore
  sha256: Sha256
  /** Public half of the key that reports are signed with, in base64. */
  signingKey: string
  tokens: TokenStore
  useCases: RunUseCases
  /** How far events may be sent. */
  webhookReach: Reach
  webhooks: WebhookStore
  /** Directory of the built dashboard; none serves a line of text instead. */
  webDir: string | undefined
}>
