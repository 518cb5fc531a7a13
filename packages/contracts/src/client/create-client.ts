import type {
  EnvironmentDetail,
  EnvironmentSummary,
  PutDefinition,
  RunbookDetail,
  RunbookSummary,
  ScenarioDetail,
  ScenarioSummary,
  StoredEnvironment,
  StoredRunbook,
  StoredScenario,
} from '../http/definition.ts'
import type { AuditEntryView, AuditQuery } from '../http/audit.ts'
import type { ReportFormat } from '../closed-sets.ts'
import type { PortfolioView, TrendView } from '../http/portfolio.ts'
import type { GameDaySummary, GameDayTermsView, GameDayView } from '../http/game-day.ts'
import type { FindingTermsView, FindingView } from '../http/finding.ts'
import type { BookDrill, DrillView } from '../http/drill.ts'
import type {
  EvidenceView,
  HaltView,
  HealthAnswer,
  SessionTicket,
  SigningKey,
  WhoAmI,
} from '../http/operations.ts'
import type { OverviewView } from '../http/overview.ts'
import type { PlanAnswer, PlanRequest } from '../http/plan.ts'
import type { BundleView, RecomputedView } from '../http/recompute.ts'
import type { AnswerPlan, ResolveTarget, RunDetail, RunSummary, StartRun } from '../http/run.ts'
import type {
  CalendarView,
  ChangeSchedule,
  CreateSchedule,
  FreezeCalendarView,
  ImportCalendar,
  PreviewSchedule,
  ScheduleView,
  UpcomingView,
} from '../http/schedule.ts'
import type { SignOffSheetView, SignReport } from '../http/sign-off.ts'
import type { RepeatedRuns } from '../http/summary.ts'
import type { ProbeWork, ReportSamples } from '../http/remote-probing.ts'
import type { ImportSeries, SeriesImported } from '../http/series.ts'
import type { ProbeLane } from '../http/samples.ts'
import type { LiveEvent, TimelineEvent, TimelinePage } from '../http/timeline.ts'
import type { CreatedToken, CreateToken, TokenView } from '../http/token.ts'
import type {
  CreatedWebhook,
  CreateWebhook,
  DeliveriesQuery,
  DeliveryView,
  WebhookView,
} from '../http/webhook.ts'
import type { RunbookAct } from '../vocabulary.ts'
import { follow, type FollowOptions, type Sleep } from './follow.ts'
import { send, sendForJson, type Connection } from './request.ts'

/** Where the API is, who asks, and how to wait. */
export type ClientOptions = Connection & Readonly<{ sleep?: Sleep }>

/** Part of a list of runs. */
export type RunsQuery = Readonly<{ limit?: number; before?: string }>
/** Which runs of a scenario to sum up; instants are platform microseconds. */
export type SummaryQuery = Readonly<{ environment?: string; since?: number; against?: number }>
/** Part of what runs came to: those with a number below `before`. */
export type TrendQuery = Readonly<{
  service?: string
  scenario?: string
  environment?: string
  before?: number
  limit?: number
}>
/** Part of the services: those whose names come after `after`. */
export type PortfolioQuery = Readonly<{ since?: number; after?: string; limit?: number }>
/** Part of a journal: events after a sequence. */
export type TimelineQuery = Readonly<{ after?: number; limit?: number }>
/** Part of the samples, in world microseconds, drawn with at most `points` points a lane. */
export type SamplesQuery = Readonly<{ from?: number; to?: number; points?: number }>

/** The API, typed. Every method throws `ApiError`. */
export type Client = ReturnType<typeof createClient>

/** Waits without a timer of our own; in Node it does not keep the process alive. */
const platformSleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    const ends = AbortSignal.any([
      AbortSignal.timeout(Math.max(0, ms)),
      ...(signal === undefined ? [] : [signal]),
    ])
    if (ends.aborted) resolve()
    else ends.addEventListener('abort', () => resolve(), { once: true })
  })

/** A client for Node and browsers. Give it a token, a cookie, or neither in a page that has a session. */
export function createClient(options: ClientOptions) {
  const get = <T>(path: string, query?: Readonly<Record<string, string | number | undefined>>) =>
    sendForJson<T>(options, query === undefined ? { path } : { path, query })
  const put = <T>(path: string, body: unknown) => sendForJson<T>(options, { method: 'PUT', path, body })
  const post = <T>(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    sendForJson<T>(options, { method: 'POST', path, body, headers })
  const run = (id: string) => `/v1/runs/${encodeURIComponent(id)}`
  const named = (kind: 'scenarios' | 'environments' | 'runbooks', name: string) =>
    `/v1/${kind}/${encodeURIComponent(name)}`

  const webhook = (id: string) => `/v1/webhooks/${encodeURIComponent(id)}`
  const schedule = (id: string) => `/v1/schedules/${encodeURIComponent(id)}`
  const gameDay = (id: string) => `/v1/game-days/${encodeURIComponent(id)}`
  const ifMatch = (version: number) => ({ 'if-match': `"${version}"` })

  return {
    scenarios: {
      list: async () => (await get<{ scenarios: readonly ScenarioSummary[] }>('/v1/scenarios')).scenarios,
      get: (name: string, hash?: string) => get<ScenarioDetail>(named('scenarios', name), { hash }),
      /** Repeated runs: median, worst and counts; with `against`, beside those from there up to `since`. */
      summary: (name: string, query: SummaryQuery = {}) =>
        get<RepeatedRuns>(`${named('scenarios', name)}/summary`, { ...query }),
      put: (name: string, file: PutDefinition) => put<StoredScenario>(named('scenarios', name), file),
    },
    environments: {
      list: async () =>
        (await get<{ environments: readonly EnvironmentSummary[] }>('/v1/environments')).environments,
      get: (name: string, hash?: string) => get<EnvironmentDetail>(named('environments', name), { hash }),
      put: (name: string, file: PutDefinition) => put<StoredEnvironment>(named('environments', name), file),
    },
    runbooks: {
      list: async () => (await get<{ runbooks: readonly RunbookSummary[] }>('/v1/runbooks')).runbooks,
      get: (name: string, hash?: string) => get<RunbookDetail>(named('runbooks', name), { hash }),
      put: (name: string, file: PutDefinition) => put<StoredRunbook>(named('runbooks', name), file),
    },
    drills: {
      list: async () => (await get<{ drills: readonly DrillView[] }>('/v1/drills')).drills,
      /** Answers the drill of that scenario and environment, booked when there was none. */
      book: (drill: BookDrill) => post<DrillView>('/v1/drills', drill),
    },
    runs: {
      /** Starts a run. The key makes a repeat safe; one is drawn when it is left out, for this call alone. */
      start: (start: StartRun, idempotencyKey: string = crypto.randomUUID()) =>
        post<RunSummary>('/v1/runs', start, { 'idempotency-key': idempotencyKey }),
      list: async (query: RunsQuery = {}) =>
        (await get<{ runs: readonly RunSummary[] }>('/v1/runs', { ...query })).runs,
      get: (id: string) => get<RunDetail>(run(id)),
      timeline: (id: string, query: TimelineQuery = {}) =>
        get<TimelinePage>(`${run(id)}/timeline`, { ...query }),
      samples: async (id: string, query: SamplesQuery = {}) =>
        (await get<{ lanes: readonly ProbeLane[] }>(`${run(id)}/samples`, { ...query })).lanes,
      evidence: async (id: string) =>
        (await get<{ evidence: readonly EvidenceView[] }>(`${run(id)}/evidence`)).evidence,
      evidenceBytes: async (id: string, hash: string) =>
        new Uint8Array(
          await (
            await send(options, { path: `${run(id)}/evidence/${encodeURIComponent(hash)}` })
          ).arrayBuffer(),
        ),
      /** Journal, scenario and list of evidence, to compute the figures again anywhere. */
      bundle: (id: string) => get<BundleView>(`${run(id)}/bundle`),
      /** The figures, computed again by the API. */
      recomputed: (id: string) => get<RecomputedView>(`${run(id)}/recomputed`),
      /** Keeps a time series of somebody else as evidence. */
      importSeries: (id: string, series: ImportSeries) => post<SeriesImported>(`${run(id)}/series`, series),
      /** The report of a run, byte for byte: `html` is one self-contained page. */
      report: async (id: string, format: ReportFormat) =>
        (await send(options, { path: `${run(id)}/report.${format}` })).text(),
      /** Who signed the report off, and what a new act has to name. */
      signOff: (id: string) => get<SignOffSheetView>(`${run(id)}/sign-off`),
      findings: async (id: string) =>
        (await get<{ findings: readonly FindingView[] }>(`${run(id)}/findings`)).findings,
      addFinding: (id: string, terms: FindingTermsView) => post<FindingView>(`${run(id)}/findings`, terms),
      /** Changes what was read as `version`. */
      changeFinding: (id: string, number: number, version: number, terms: FindingTermsView) =>
        sendForJson<FindingView>(options, {
          method: 'PUT',
          path: `${run(id)}/findings/${number}`,
          body: terms,
          headers: ifMatch(version),
        }),
      sign: (id: string, act: SignReport) => post<SignOffSheetView>(`${run(id)}/sign-off`, act),
      abort: (id: string, reason: string) => post<RunSummary>(`${run(id)}/abort`, { reason }),
      /** Approves the frozen plan with the hash that was looked at. */
      approve: (id: string, answer: AnswerPlan) => post<RunSummary>(`${run(id)}/approve`, answer),
      /** Turns it down, which ends the run. */
      decline: (id: string, answer: AnswerPlan) => post<RunSummary>(`${run(id)}/decline`, answer),
      /** Holds the run before its next step. Undo is never held up. */
      pause: (id: string, reason: string) => post<RunSummary>(`${run(id)}/pause`, { reason }),
      resume: (id: string, reason: string) => post<RunSummary>(`${run(id)}/resume`, { reason }),
      skipStep: (id: string, step: string, reason: string) =>
        post<RunSummary>(`${run(id)}/steps/${encodeURIComponent(step)}/skip`, { reason }),
      retryStep: (id: string, step: string, reason: string) =>
        post<RunSummary>(`${run(id)}/steps/${encodeURIComponent(step)}/retry`, { reason }),
      /** What is left of the undo goes into the caller's hands. */
      takeOver: (id: string, reason: string) => post<RunSummary>(`${run(id)}/take-over`, { reason }),
      resolve: (id: string, answer: ResolveTarget) => post<RunSummary>(`${run(id)}/resolve`, answer),
      /** What a person says of a step of the runbook. */
      runbookStep: (id: string, step: string, act: RunbookAct, note = '') =>
        post<RunSummary>(`${run(id)}/runbook/${encodeURIComponent(step)}/${act}`, { note }),
      note: (id: string, text: string) => post<TimelineEvent>(`${run(id)}/notes`, { text }),
      follow: (id: string, how: FollowOptions = {}): AsyncGenerator<LiveEvent, void> =>
        follow(options, id, options.sleep ?? platformSleep, how),
    },
    schedules: {
      list: async () => (await get<{ schedules: readonly ScheduleView[] }>('/v1/schedules')).schedules,
      get: (id: string) => get<ScheduleView>(schedule(id)),
      create: (create: CreateSchedule) => post<ScheduleView>('/v1/schedules', create),
      /** Changes what was read as `version`. */
      change: (id: string, version: number, terms: ChangeSchedule) =>
        sendForJson<ScheduleView>(options, {
          method: 'PUT',
          path: schedule(id),
          body: terms,
          headers: ifMatch(version),
        }),
      pause: (id: string, version: number) =>
        post<ScheduleView>(`${schedule(id)}/pause`, {}, ifMatch(version)),
      resume: (id: string, version: number) =>
        post<ScheduleView>(`${schedule(id)}/resume`, {}, ifMatch(version)),
      remove: async (id: string, version: number) =>
        void (await send(options, { method: 'DELETE', path: schedule(id), headers: ifMatch(version) })),
      occurrences: async (id: string, count = 10) =>
        (await get<{ occurrences: readonly UpcomingView[] }>(`${schedule(id)}/occurrences`, { count }))
          .occurrences,
      preview: async (preview: PreviewSchedule) =>
        (await post<{ occurrences: readonly UpcomingView[] }>('/v1/schedules/preview', preview)).occurrences,
    },
    calendar: {
      /** Booked drills, what became of them, and freezes, between two platform instants. */
      range: (from: number, to: number) => get<CalendarView>('/v1/calendar', { from, to }),
      /** The same as a feed for calendar programs. */
      feed: async () => (await send(options, { path: '/v1/calendar.ics' })).text(),
      imported: async () =>
        (await get<{ calendars: readonly FreezeCalendarView[] }>('/v1/calendars')).calendars,
      import: (name: string, file: ImportCalendar) =>
        put<FreezeCalendarView>(`/v1/calendars/${encodeURIComponent(name)}`, file),
      remove: async (name: string) =>
        void (await send(options, { method: 'DELETE', path: `/v1/calendars/${encodeURIComponent(name)}` })),
    },
    gameDays: {
      list: async () => (await get<{ gameDays: readonly GameDaySummary[] }>('/v1/game-days')).gameDays,
      /** `room`: as those see it who are not to know of blind drills. */
      get: (id: string, as: 'leader' | 'room' = 'leader') => get<GameDayView>(gameDay(id), { as }),
      plan: (terms: GameDayTermsView) => post<GameDayView>('/v1/game-days', terms),
      /** Changes what was read as `version`. */
      change: (id: string, version: number, terms: GameDayTermsView) =>
        sendForJson<GameDayView>(options, {
          method: 'PUT',
          path: gameDay(id),
          body: terms,
          headers: ifMatch(version),
        }),
      write: (id: string, text: string) => post<GameDayView>(`${gameDay(id)}/log`, { text }),
    },
    /** Every scenario beside its objectives, with the trend of its runs and when it comes again. */
    overview: () => get<OverviewView>('/v1/overview'),
    plan: (request: PlanRequest) => post<PlanAnswer>('/v1/plan', request),
    halt: {
      get: () => get<HaltView>('/v1/halt'),
      set: (reason: string) => post<HaltView>('/v1/halt', { reason }),
      lift: (reason: string) => post<HaltView>('/v1/halt/lift', { reason }),
    },
    probing: {
      /** What a prober has to watch from a remote vantage, and what time it is on the platform. */
      work: (vantage: string) => get<ProbeWork>('/v1/probe-work', { vantage }),
      /** Hands samples over. What was taken before is known by its start, so a repeat does no harm. */
      report: (id: string, batch: ReportSamples) => post<{ taken: number }>(`${run(id)}/samples`, batch),
    },
    session: {
      whoAmI: () => get<WhoAmI>('/v1/session'),
      createTicket: () => post<SessionTicket>('/v1/session/tickets', {}),
    },
    tokens: {
      list: async () => (await get<{ tokens: readonly TokenView[] }>('/v1/tokens')).tokens,
      /** The answer is the only one that holds the secret. */
      create: (token: CreateToken) => post<CreatedToken>('/v1/tokens', token),
      revoke: (id: string) =>
        sendForJson<TokenView>(options, { method: 'DELETE', path: `/v1/tokens/${encodeURIComponent(id)}` }),
    },
    /** Who changed what: entries of the team's chain, in order. */
    audit: async (query: AuditQuery = {}) =>
      (await get<{ entries: readonly AuditEntryView[] }>('/v1/audit', { ...query })).entries,
    webhooks: {
      list: async () => (await get<{ webhooks: readonly WebhookView[] }>('/v1/webhooks')).webhooks,
      /** Sends events from now on. The signing key is in this answer and in no other. */
      create: (create: CreateWebhook) => post<CreatedWebhook>('/v1/webhooks', create),
      remove: async (id: string) => void (await send(options, { method: 'DELETE', path: webhook(id) })),
      /** What became of events, the newest first. */
      deliveries: async (id: string, query: DeliveriesQuery = {}) =>
        (
          await get<{ deliveries: readonly DeliveryView[] }>(`${webhook(id)}/deliveries`, {
            ...(query.state === undefined ? {} : { state: query.state }),
            ...(query.limit === undefined ? {} : { limit: Number(query.limit) }),
          })
        ).deliveries,
      /** Sends again what was given up on; answers how many events. */
      replay: async (id: string) => (await post<{ waiting: number }>(`${webhook(id)}/replay`, {})).waiting,
    },
    /** What runs came to, newest first. */
    trend: (query: TrendQuery = {}) => get<TrendView>('/v1/trend', { ...query }),
    /** How services stand; the period begins at `since`, or a year ago. */
    portfolio: (query: PortfolioQuery = {}) => get<PortfolioView>('/v1/portfolio', { ...query }),
    /** The public key that reports are signed with. */
    signingKey: () => get<SigningKey>('/v1/signing-key'),
    health: () => get<HealthAnswer>('/v1/health'),
  }
}
