/** The words and rules of core that pages and command lines need; nothing here makes a decision. */
export {
  END_STATUSES,
  ERRORS,
  EXIT,
  INJECTIONS,
  STATUSES,
  VERDICTS,
  formatDurationMs,
  formatInstant,
  isClean,
  isEnd,
  isLive,
  worldAt,
  platformInstant,
  worldInstant,
} from '@firedrill/core'
export type {
  DurationInterval,
  ErrorCode,
  Injection,
  Measurement,
  ObjectiveResult,
  PlatformInstant,
  RunEventType,
  Status,
  Verdict,
  WorldInstant,
} from '@firedrill/core'
