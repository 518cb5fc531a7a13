import type { DurationInterval, JournalEvent, RunState } from '@firedrill/core'
import type { Measurement, PointInTime } from './vocabulary.ts'

/** What people did at one step of their runbook. Instants are world time in microseconds. */
export type RunbookStepReport = Readonly<{
  step: string
  title: string
  role: string
  started?: Readonly<{ by: string; at: number }>
  done?: Readonly<{ by: string; at: number; checked?: string }>
  skipped?: Readonly<{ by: string; at: number }>
  notes: readonly string[]
}>

/** What people did by the runbook that the run pinned, and how the recovery time splits at their first step. */
export type RunbookReport = Readonly<{
  name: string
  hash: string
  steps: readonly RunbookStepReport[]
  /** From the first alarm, or the first failure where none was observed, to the first step of the response. */
  people?: DurationInterval & Readonly<{ from: 'detected' | 'onset' }>
  /** From there to sustained recovery. */
  machine?: DurationInterval
}>

/** The runbook of a run, by its journal; undefined for a run without one. */
export function runbookOf(state: RunState, events: readonly JournalEvent[]): RunbookReport | undefined {
  if (state.runbook === undefined) return undefined
  const steps = Object.entries(state.runbookSteps ?? {}).map(([step, { started, done, skipped }]) => {
    const begun = events.find(
      (event) => event.type === 'runbook-step-started' && (event.data as { step: string }).step === step,
    ) as JournalEvent<'runbook-step-started'> | undefined
    return {
      step,
      title: begun?.data.title ?? step,
      role: begun?.data.role ?? '',
      ...(started === undefined ? {} : { started: { by: started.by, at: started.at } }),
      ...(done === undefined
        ? {}
        : {
            done: {
              by: done.by,
              at: done.at,
              ...(done.checked === undefined ? {} : { checked: done.checked }),
            },
          }),
      ...(skipped === undefined ? {} : { skipped: { by: skipped.by, at: skipped.at } }),
      notes: [started, done, skipped].flatMap((said) =>
        said === undefined || said.note === '' ? [] : [said.note],
      ),
    }
  })
  return {
    ...state.runbook,
    steps: steps.toSorted((a, b) => begin(a) - begin(b)),
    ...splitOf(state.measurement),
  }
}

function begin({ started, skipped }: RunbookStepReport): number {
  return started?.at ?? skipped?.at ?? 0
}

function splitOf(measurement: Measurement | undefined): Pick<RunbookReport, 'people' | 'machine'> {
  const { detected, onset, acted, recovered } = measurement?.points ?? {}
  // A step after the recovery had no part in it.
  if (acted === undefined || (recovered !== undefined && acted.lo > recovered.hi)) return {}
  const from = detected ?? onset
  return {
    ...(from === undefined
      ? {}
      : { people: { ...between(from, acted), from: detected === undefined ? 'onset' : 'detected' } }),
    ...(recovered === undefined ? {} : { machine: between(acted, recovered) }),
  }
}

type Bounds = Pick<PointInTime, 'lo' | 'hi'>

function between(from: Bounds, to: Bounds): DurationInterval {
  return { lo: Math.max(0, to.lo - from.hi), hi: Math.max(0, to.hi - from.lo) }
}
