import { isClean, type Injection, type JournalEvent } from '@firedrill/core'
import type { ReportInput } from '../input.ts'
import { capturedText } from './captured.ts'
import type { TargetReport } from './model.ts'

type Span = Readonly<{ lo: number; hi: number }>

/** Every planned target with what was done to it and the proof that it was put back. */
export function targetReports({ run, events, undo }: ReportInput): readonly TargetReport[] {
  return run.state.planned.flatMap(({ step, fault, targets }) => {
    const state = run.state.steps[step]
    const plan = undo.find((record) => record.step === step)?.plan
    return targets.map((target) => {
      const seen = state?.targets[target.id]
      const injection: Injection = seen?.injection ?? 'planned'
      const restored = restoredSpan(events, step, target.id)
      const askedAt = firstRequest(events, step)
      const captured = plan === undefined ? undefined : capturedText(plan.capture, target.id)
      return {
        step,
        fault,
        id: target.id,
        label: target.label,
        region: target.region,
        ...(target.zone === undefined ? {} : { zone: target.zone }),
        injection,
        ...(state?.injected === undefined
          ? {}
          : { injected: { lo: state.injected.lo, hi: state.injected.hi } }),
        ...(restored === undefined ? {} : { restored }),
        ...(restored === undefined || askedAt === undefined
          ? {}
          : { removal: { lo: Math.max(0, restored.lo - askedAt), hi: restored.hi - askedAt } }),
        ...(captured === undefined ? {} : { captured }),
        described: seen?.seen ?? '',
        ...(seen?.foreign === undefined
          ? {}
          : { foreign: { ours: seen.foreign.ours, now: seen.foreign.now } }),
        ...(seen?.decision === undefined
          ? {}
          : { decision: `${seen.decision.answer}, ${seen.decision.by}: ${seen.decision.reason}` }),
      }
    })
  })
}

function firstRequest(events: readonly JournalEvent[], step: string): number | undefined {
  return events.find((event) => isRecoveryOf(event, step))?.worldAt
}

/** A request to take a fault out for good; what clears a failed attempt before the next try is none. */
export function isUndoRequest(event: JournalEvent): event is JournalEvent<'recovery-requested'> {
  return (
    event.type === 'recovery-requested' &&
    (event as JournalEvent<'recovery-requested'>).data.reason !== 'retry'
  )
}

function isRecoveryOf(event: JournalEvent, step: string): boolean {
  return isUndoRequest(event) && event.data.step === step
}

/** Between the last look at which the target was not yet put back (or the request) and the first at which it was. */
function restoredSpan(events: readonly JournalEvent[], step: string, target: string): Span | undefined {
  let lo: number | undefined
  let hi: number | undefined
  for (const event of events) {
    if (isRecoveryOf(event, step)) lo ??= event.worldAt
    if (event.type !== 'restoration-observed') continue
    const { data } = event as JournalEvent<'restoration-observed'>
    if (data.step !== step) continue
    const observation = data.observations.find((one) => one.target === target)
    if (observation === undefined) continue
    if (!isClean(observation.injection)) {
      lo = event.worldAt
      hi = undefined
    } else hi ??= event.worldAt
  }
  return hi === undefined ? undefined : { lo: Math.min(lo ?? hi, hi), hi }
}
