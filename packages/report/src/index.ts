export { pinned, type EvidenceEntry, type PinnedDefinition, type ReportInput } from './input.ts'
export {
  REPORT_FORMAT,
  type ReportModel,
  type TargetReport,
  type TimelineEntry,
  type UndoLatency,
} from './model/model.ts'
export { renderReport, type Report } from './render-report.ts'
export { boundText, distanceText, exactText, intervalText, marginText } from './text/duration-text.ts'
