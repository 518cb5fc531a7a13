import type { FindingTerms } from '@firedrill/core'
import type { RunbookReport } from './runbook.ts'
import type {
  CrossCheck,
  DurationInterval,
  EvidenceSummary,
  Injection,
  Measurement,
  ObjectiveResult,
  Part,
  Point,
  PointInTime,
  Status,
  Verdict,
} from './vocabulary.ts'

/** Name and version of the JSON report's shape. Members are only ever added to it. */
export const REPORT_FORMAT = 'firedrill.dev/report/v1'

/** A phase of the run: the platform was in `status` from `from` to `to`; world time in microseconds. */
export type Phase = Readonly<{ status: Status; from: number; to: number }>

/** One target, from capture to proof. Instants are world time in microseconds; a missing one was not observed. */
export type TargetReport = Readonly<{
  step: string
  fault: string
  id: string
  label: string
  region: string
  zone?: string
  injection: Injection
  /** The effect began in [lo, hi]. */
  injected?: Readonly<{ lo: number; hi: number }>
  /** It was last seen broken at lo and first seen put back at hi. */
  restored?: Readonly<{ lo: number; hi: number }>
  /** From the first request to take the fault out until it was seen put back. */
  removal?: DurationInterval
  /** What was captured before the act, in short. */
  captured?: string
  /** What the last describe showed. */
  described: string
  /** Somebody else's change: what our fault leaves, and what was found instead. */
  foreign?: Readonly<{ ours: string; now: string }>
  /** What a person decided about it, who, and why. */
  decision?: string
}>

/** From the trigger of an undo to its proof. World time beside platform time, both in microseconds. */
export type UndoLatency = Readonly<{
  trigger: 'abort' | 'planned'
  reason: string
  by: string
  at: number
  toLastIssued?: Readonly<{ world: number; platform: number }>
  toLastVerified?: Readonly<{ world: number; platform: number }>
}>

/** A finding as it stood when the report was written. Instants are platform time, dates are calendar dates. */
export type FindingReport = FindingTerms &
  Readonly<{ number: number; openedAt: number; openedBy: string; changedAt: number; changedBy: string }>

/** One line of the timeline. `times` is how often the same thing was seen in a row. */
export type TimelineEntry = Readonly<{
  seq: number
  at: number
  worldAt: number
  actor: string
  tone: Tone
  text: string
  times: number
}>

/** What a timeline entry is about; decides its icon. */
export const TONES = ['work', 'fault', 'recovering', 'held', 'deviated', 'people', 'alarm', 'note'] as const
export type Tone = (typeof TONES)[number]

/** The whole report as data. HTML, CSV and Markdown show it; its canonical JSON is the report's identity. */
export type ReportModel = Readonly<{
  format: typeof REPORT_FORMAT
  generator: string
  run: Readonly<{
    id: string
    number: number
    drillId: string
    status: Status
    verdict: Verdict
    reason: string
    provisional: boolean
    headline: string
    summary: string
    /** True when every target is described as put back, or nothing was ever broken. */
    isClean: boolean
    from: number
    to: number
    rate: number
  }>
  scenario: Readonly<{
    name: string
    title: string
    hash: string
    version?: number
    hypothesis: string
    description: string
    response: string
    steps: readonly string[]
    probes: readonly string[]
    blastRadius: Readonly<{ targetsMax: number; percentMax: number }>
  }>
  environment: Readonly<{
    name: string
    title: string
    hash: string
    version?: number
    kind: string
    production: boolean
    account: string
    regions: Readonly<Record<string, string>>
  }>
  objectives: readonly ObjectiveResult[]
  points: Readonly<Partial<Record<Point, PointInTime>>>
  parts: Readonly<Partial<Record<Part, DurationInterval>>>
  crossChecks: readonly CrossCheck[]
  samples: Measurement['samples']
  /** How far the clocks behind the figures were apart; absent where one clock stamped everything. */
  clocks?: NonNullable<Measurement['clocks']>
  /** What marker writers wrote, and whether it was taken out again; absent without any. */
  markers?: NonNullable<Measurement['markers']>
  phases: readonly Phase[]
  targets: readonly TargetReport[]
  plannedTargets: number
  undo?: UndoLatency
  refusals: readonly Readonly<{ guardrail: string; reason: string }>[]
  guardrailsAsked: number
  timeline: readonly TimelineEntry[]
  notes: readonly Readonly<{ worldAt: number; by: string; text: string }>[]
  /** What people did by their runbook; absent where they followed none. */
  runbook?: RunbookReport
  /** What was missing, who does something about it and by when. */
  findings: readonly FindingReport[]
  evidence: readonly EvidenceSummary[]
  journal: Readonly<{ events: number; head: string; chain: 'unbroken' | 'broken'; problem?: string }>
  kits: readonly Readonly<{ step: string; hash: string; status: string; keptBy?: string }>[]
  plan?: string
}>
