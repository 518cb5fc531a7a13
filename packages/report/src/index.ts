export { pinned, type EvidenceEntry, type PinnedDefinition, type ReportInput } from './input.ts'
export {
  REPORT_FORMAT,
  type ReportModel,
  type TargetReport,
  type TimelineEntry,
  type UndoLatency,
} from './model/model.ts'
export { chromeTrace } from './chrome-trace.ts'
export { otlpTrace } from './otlp-trace.ts'
export type { SignOffLine, SignOffSheet } from './model/sign-off.ts'
export { renderReport, type Report } from './render-report.ts'
export {
  AUTHENTICITIES,
  CHECK_RESULTS,
  REPORT_CHECKS,
  verifyReport,
  type Verification,
} from './seal/verify-report.ts'
export { csvText } from './text/csv-text.ts'
export { boundText, distanceText, exactText, intervalText, marginText } from './text/duration-text.ts'
