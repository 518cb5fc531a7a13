import type { Measurement, Observation, PlannedStep, RunEventBody } from '@firedrill/core'

/** Bytes of canonical JSON that one text may take, so that no service's message keeps an outcome out of the journal. */
const TEXT_BYTES_MAX = 2000
const REASON_BYTES_MAX = 600
const SEEN_BYTES_MAX = 300
/** Bytes of one event that a list may fill; an event has 16 KB, its envelope takes less than one. */
const LIST_BYTES_MAX = 10_000
const MEASUREMENT_BYTES_MAX = 14_000
const REQUEST_IDS_MAX = 100

/**
 * Makes events fit: long texts are shortened, long lists go into several events that fold to the same. An event that the
 * journal refuses for its size would stop a run, and with it an undo.
 */
export function fitted(bodies: readonly RunEventBody[]): readonly RunEventBody[] {
  return bodies.flatMap(fit)
}

function fit(body: RunEventBody): readonly RunEventBody[] {
  switch (body.type) {
    case 'injection-observed':
      return parts(body.data.observations.map(shortSeen), bytesOf).map((observations) => ({
        ...body,
        data: { ...body.data, observations },
      }))
    case 'restoration-observed':
      return parts(body.data.observations.map(shortSeen), bytesOf).map((observations) => ({
        ...body,
        data: { ...body.data, observations },
      }))
    case 'planned': {
      const all = planParts(body.data.steps)
      if (all.length === 1) return [body]
      const targets = body.data.steps.reduce((sum, step) => sum + step.targets.length, 0)
      const whole = { of: all.length, targets, steps: body.data.steps.length }
      return all.map((steps, index) => ({
        ...body,
        data: { ...body.data, steps, part: { number: index + 1, ...whole } },
      }))
    }
    case 'call-failed': {
      const { failure } = body.data
      const code = shortened(failure.code, SEEN_BYTES_MAX)
      const message = shortened(failure.message, TEXT_BYTES_MAX)
      return [{ ...body, data: { ...body.data, failure: { ...failure, code, message } } }]
    }
    case 'guardrails-checked': {
      const reasonMax = Math.min(REASON_BYTES_MAX, Math.floor(LIST_BYTES_MAX / body.data.answers.length))
      const answers = body.data.answers.map((answer) => ({
        ...answer,
        reason: shortened(answer.reason, reasonMax),
      }))
      return [{ ...body, data: { ...body.data, answers } }]
    }
    case 'status-changed':
      return [{ ...body, data: { ...body.data, why: shortened(body.data.why, TEXT_BYTES_MAX) } }]
    case 'person-needed':
      return [{ ...body, data: { why: shortened(body.data.why, 2 * TEXT_BYTES_MAX) } }]
    case 'steady-state-checked':
      return [{ ...body, data: { ...body.data, seen: shortened(body.data.seen, TEXT_BYTES_MAX) } }]
    case 'stop-condition-breached':
      return [{ ...body, data: { ...body.data, seen: shortened(body.data.seen, TEXT_BYTES_MAX) } }]
    case 'response-seen':
      return [{ ...body, data: { seen: shortened(body.data.seen, TEXT_BYTES_MAX) } }]
    case 'abort-requested':
      return [{ ...body, data: { ...body.data, reason: shortened(body.data.reason, 2 * TEXT_BYTES_MAX) } }]
    case 'approved':
      return [{ ...body, data: { ...body.data, reason: shortened(body.data.reason, TEXT_BYTES_MAX) } }]
    case 'approval-declined':
      return [{ ...body, data: { ...body.data, reason: shortened(body.data.reason, TEXT_BYTES_MAX) } }]
    case 'injection-accepted':
      return [{ ...body, data: { ...body.data, requestIds: body.data.requestIds.slice(0, REQUEST_IDS_MAX) } }]
    case 'recovery-accepted':
      return [{ ...body, data: { ...body.data, requestIds: body.data.requestIds.slice(0, REQUEST_IDS_MAX) } }]
    case 'page-failed':
      return [{ ...body, data: { ...body.data, why: shortened(body.data.why, SEEN_BYTES_MAX) } }]
    case 'paged':
      return [{ ...body, data: { ...body.data, seen: shortened(body.data.seen, SEEN_BYTES_MAX) } }]
    case 'dead-man-armed':
      return [{ ...body, data: { ...body.data, seen: shortened(body.data.seen, SEEN_BYTES_MAX) } }]
    case 'dead-man-released':
      return [{ ...body, data: { ...body.data, seen: shortened(body.data.seen, SEEN_BYTES_MAX) } }]
    case 'dead-man-asked':
    case 'taken-over':
    case 'target-resolved':
    case 'step-skipped':
    case 'step-retry-asked':
    case 'step-cleared':
    case 'run-created':
    case 'undo-prepared':
    case 'kit-acknowledged':
    case 'injection-requested':
    case 'step-waited':
    case 'recovery-requested':
    case 'note-added':
    case 'runbook-step-started':
    case 'runbook-step-skipped':
      return [body]
    case 'runbook-step-done': {
      const { checked } = body.data
      return checked === undefined
        ? [body]
        : [{ ...body, data: { ...body.data, checked: shortened(checked, SEEN_BYTES_MAX) } }]
    }
    case 'measured':
      return [{ ...body, data: { measurement: shortMeasurement(body.data.measurement) } }]
  }
}

function shortSeen(observation: Observation): Observation {
  const { foreign, ...rest } = observation
  const seen = shortened(rest.seen, SEEN_BYTES_MAX)
  if (foreign === undefined) return { ...rest, seen }
  const short = (text: string) => shortened(text, SEEN_BYTES_MAX)
  const { captured, ours, now } = foreign
  return { ...rest, seen, foreign: { captured: short(captured), ours: short(ours), now: short(now) } }
}

/**
 * A measurement that fits. What many vantages and probes make too long is left out step by step, the least needed first;
 * the raw evidence that its hashes name has all of it.
 */
function shortMeasurement(measurement: Measurement): Measurement {
  const short = (text: string) => shortened(text, SEEN_BYTES_MAX)
  const lighter: readonly ((from: Measurement) => Measurement)[] = [
    (from) => from,
    (from) => ({
      ...from,
      crossChecks: from.crossChecks.map((check) => ({ ...check, note: short(check.note) })),
    }),
    (from) => ({
      ...from,
      reason: short(from.reason),
      objectives: from.objectives.map((objective) => ({
        ...objective,
        vantages: [],
        method: short(objective.method),
        reason: short(objective.reason),
        ...(objective.wouldDecide === undefined ? {} : { wouldDecide: short(objective.wouldDecide) }),
      })),
    }),
    (from) => ({ ...from, crossChecks: [] }),
    (from) => ({ ...from, samples: [] }),
  ]
  let fits = measurement
  for (const lighten of lighter) {
    fits = lighten(fits)
    if (bytesOf(fits) <= MEASUREMENT_BYTES_MAX) return fits
  }
  return fits
}

/** Cuts a list where it grows too long for one event; never into no part at all. */
function parts<T>(items: readonly T[], sizeOf: (item: T) => number): T[][] {
  const all: T[][] = [[]]
  let size = 0
  for (const item of items) {
    const bytes = sizeOf(item)
    if (size > 0 && size + bytes > LIST_BYTES_MAX) {
      all.push([])
      size = 0
    }
    all.at(-1)?.push(item)
    size += bytes
  }
  return all
}

/** A plan's steps in parts, cut between targets. */
function planParts(steps: readonly PlannedStep[]): PlannedStep[][] {
  const pairs = steps.flatMap((step) =>
    step.targets.length === 0
      ? [{ step, targets: [] }]
      : step.targets.map((target) => ({ step, targets: [target] })),
  )
  return parts(pairs, ({ step, targets }) => bytesOf(targets) + bytesOf({ ...step, targets: [] }) / 8).map(
    (part) => {
      const byName = new Map<string, PlannedStep>()
      for (const { step, targets } of part) {
        const known = byName.get(step.step)?.targets ?? []
        byName.set(step.step, { ...step, targets: [...known, ...targets] })
      }
      return [...byName.values()]
    },
  )
}

const UTF8 = new TextEncoder()

function bytesOf(value: unknown): number {
  return UTF8.encode(JSON.stringify(value)).length
}

/** The beginning of a text that takes at most `bytesMax` as JSON, with an ellipsis where something is missing. */
export function shortened(text: string, bytesMax: number): string {
  if (bytesOf(text) <= bytesMax) return text
  let kept = text.slice(0, bytesMax)
  while (bytesOf(`${kept}…`) > bytesMax) kept = kept.slice(0, Math.floor(kept.length * 0.9))
  return `${kept.toWellFormed().replace(/\uFFFD$/, '')}…`
}
