export * from './access/grants.ts'
export * from './access/permissions.ts'
export * from './access/roles.ts'
export {
  auditHash,
  auditProblem,
  type AuditContext,
  type AuditEntry,
  type AuditStore,
} from './audit/audit.ts'
export {
  calendarEventSchema,
  type CalendarEvent,
  type Recurrence,
  FREQUENCIES,
} from './calendar/calendar-event.ts'
export * from './calendar/freeze.ts'
export * from './check/finding.ts'
export { judgeRoutes } from './check/judge-routes.ts'
export { judgeNegativeCache, judgeTtl } from './check/lifetimes.ts'
export { watchedNames, type WatchedName } from './check/scenario-targets.ts'
export { findingInWords, warningsOf } from './check/warnings.ts'
export * from './drill/exit-code.ts'
export * from './environment/environment.ts'
export * from './environment/loopback.ts'
export * from './environment/sandbox.ts'
export * from './errors/app-error.ts'
export * from './errors/catalogue.ts'
export * from './evidence/outline.ts'
export { CHUNK_SAMPLES_MAX, decodeChunk, encodeChunk, type SeriesSample } from './evidence/sample-chunk.ts'
export { decodeSamples, encodeSamples } from './evidence/sample-file.ts'
export * from './failure/failure.ts'
export * from './fault/reach.ts'
export * from './fault/restoration.ts'
export * from './finding/run-finding.ts'
export * from './game-day/game-day.ts'
export * from './guardrail/answer.ts'
export * from './guardrail/check.ts'
export * from './guardrail/facts.ts'
export * from './ids/ids.ts'
export * from './journal/canonical-json.ts'
export * from './journal/envelope.ts'
export {
  dataLoss,
  MARKER_OUTCOMES,
  mergeRanges,
  READING_REASONS,
  type DataLoss,
  type LossWindow,
  type MarkerObservations,
  type MarkerOutcome,
  type MarkerRanges,
  type MarkerReading,
  type MarkerWrite,
} from './measurement/data-loss.ts'
export {
  importedSeriesSchema,
  SERIES_EVIDENCE,
  seriesOf,
  type ImportedSeries,
  type SeriesPoint,
} from './measurement/imported-series.ts'
export * from './measurement/interval.ts'
export {
  CLEAN_UPS,
  type CleanUp,
  type MarkerCleanUp,
  type MarkerSummary,
} from './measurement/marker-summary.ts'
export { isTakenOut, markerInWords } from './measurement/marker-words.ts'
export {
  CLOUD_CLOCK,
  PROBER_CLOCK,
  vantageClock,
  type ClockAgreement,
  type ClockReading,
} from './measurement/clock-reading.ts'
export { measure } from './measurement/measure.ts'
export { clocksInWords } from './measurement/clock-words.ts'
export { placeClocks } from './measurement/place-clocks.ts'
export type { MeasureInput } from './measurement/measure-input.ts'
export type { InstantBounds } from './measurement/recovery-time.ts'
export { responseSeen, type ResponseSeen } from './measurement/response-seen.ts'
export { steadyState, type SteadyState } from './measurement/steady-state.ts'
export { placeOf, REACHES, refusedAddress, type Place, type Reach } from './network/address.ts'
export * from './portfolio/outcome.ts'
export * from './ports/fault-driver.ts'
export * from './ports/network-check.ts'
export * from './ports/pager.ts'
export * from './ports/markers.ts'
export * from './ports/readiness.ts'
export * from './ports/remote-probing.ts'
export * from './ports/routing.ts'
export * from './ports/runtime.ts'
export * from './ports/game-days.ts'
export * from './ports/schedules.ts'
export * from './ports/standing.ts'
export * from './ports/stores.ts'
export * from './ports/watch.ts'
export * from './ports/webhooks.ts'
export { type Command, type NextContext } from './run/command.ts'
export {
  DEAD_MAN_APART_MS,
  DEAD_MAN_TRY_MS,
  deadManEndsAt,
  deadManFiresAt,
  deadManOverAt,
  hasDeadMan,
  isDeadManReady,
} from './run/dead-man.ts'
export * from './run/decide.ts'
export * from './run/approval-flaw.ts'
export * from './run/approval.ts'
export * from './run/decide-approval.ts'
export * from './run/decide-by-person.ts'
export { decideRunbookStep, RUNBOOK_ACTS, type AskOfRunbook, type RunbookAct } from './run/decide-runbook.ts'
export * from './run/events.ts'
export * from './run/evolve.ts'
export * from './run/next.ts'
export * from './run/run-format.ts'
export { dirtySteps, PAGE_EVERY_MS, recoveryFrom, stepsToUndo } from './run/next-undo.ts'
export * from './run/state.ts'
export * from './run/status.ts'
export { isInHands, isLeft, openQuestions, undoDecisions } from './run/undo-hands.ts'
export { checkStep, type StepCheck } from './runbook/check-step.ts'
export * from './runbook/runbook.ts'
export * from './scenario/marker.ts'
export * from './scenario/scenario.ts'
export * from './schedule/conflicts.ts'
export { onWallClock } from './schedule/clock-note.ts'
export { parseCron, type Cron, type CronResult } from './schedule/cron.ts'
export * from './schedule/decide-tick.ts'
export * from './schedule/schedule.ts'
export * from './sign-off/sign-off.ts'
export { compare, DIFFERENCES, type Comparison } from './statistics/compare.ts'
export {
  PAIRS_MIN,
  regressionOf,
  regressionOfPairs,
  type Pair,
  type Regression,
} from './statistics/regression.ts'
export { observationOf, summarise, type RunFigure, type Summary } from './statistics/summarise.ts'
export * from './target/injection.ts'
export * from './target/target.ts'
export * from './time/duration.ts'
export * from './time/environment-clock.ts'
export * from './time/instant.ts'
export * from './time/time-zone.ts'
export { intervalInWords, judge } from './verdict/judge.ts'
export * from './verdict/verdict.ts'
export * from './webhook/webhook.ts'
