import { inWords, intervalInWords, judge, wouldDecide, type Void } from '../verdict/judge.ts'
import type { ObjectiveResult } from '../verdict/verdict.ts'
import { censorOf, type MeasureInput, type RecoveryObjective } from './measure-input.ts'
import { probeOf, type ObjectiveView } from './observe-objective.ts'
import type { RecoveryTime } from './recovery-time.ts'

/** A recovery-time objective beside what was observed; `whole` overrides the verdict, not the figures. */
export function recoveryResult(
  input: MeasureInput,
  objective: RecoveryObjective,
  view: ObjectiveView | undefined,
  whole: Void | undefined,
): ObjectiveResult {
  const maxMicros = objective.maxMs * 1000
  const base = {
    objective: objective.name,
    kind: objective.kind,
    maxMicros,
    method: methodOf(input, objective),
  }
  const alone =
    view !== undefined && view.vantages.length > 1 ? { vantages: view.vantages.map(vantageResult) } : {}
  const service = view?.service ?? ({ seen: 'nothing' } as const)
  if (service.seen === 'nothing') {
    const reason = whole?.reason ?? nothingOf(objective)
    return { ...base, ...alone, verdict: whole?.verdict ?? 'inconclusive', reason }
  }
  const { observed } = service
  if (whole !== undefined) return { ...base, ...alone, observed, ...whole }
  const judged = judge(observed, maxMicros)
  const result = {
    ...base,
    ...alone,
    observed,
    verdict: judged.verdict,
    reason: `${storyOf(input, service)}: ${judged.reason}`,
  }
  if (judged.verdict !== 'inconclusive') return result
  const { source } = objective
  const probing =
    source.from !== 'probe'
      ? { periodMs: source.periodSeconds * 1000, periodsWide: 2 }
      : { periodMs: probeOf(input, source.probe)?.periodMs ?? 0, periodsWide: 4 }
  return { ...result, wouldDecide: wouldDecide(observed, maxMicros, probing) }
}

function nothingOf({ source }: RecoveryObjective): string {
  return source.from === 'series'
    ? `series ${source.series} was not imported before the run was measured, or has no point after the fault was in`
    : 'no usable sample of it was taken after the fault was in'
}

function storyOf(input: MeasureInput, view: Exclude<RecoveryTime, { seen: 'nothing' }>): string {
  if (view.seen === 'no-outage') return 'no outage was observed; one could have gone unseen for'
  if (view.observed.hi === null) {
    const why = censorOf(input)?.why
    if (why === 'undo')
      return 'no recovery was seen before our own undo, which is not a recovery; it would take'
    if (why === 'expiry')
      return 'no recovery was seen before the fault ended by itself, which is not a recovery; it would take'
    return 'no sustained recovery was seen; it takes'
  }
  const several = view.outages > 1 ? `, the longest of ${view.outages} outages,` : ''
  const flaps = view.flaps > 0 ? ` after ${view.flaps} recoveries that did not last` : ''
  return `the service${several} recovered${flaps} in`
}

function methodOf(input: MeasureInput, { source, sustained }: RecoveryObjective): string {
  const rule = `recovered means ${sustained.goodInARow} good in a row and no new failure for ${inWords(sustained.holdMs * 1000)}`
  if (source.from === 'metric') {
    return `metric ${source.namespace}/${source.metric} in buckets of ${source.periodSeconds} s, good from ${source.goodAtLeast}, each end uncertain by a bucket; ${rule}`
  }
  if (source.from === 'series') {
    const off =
      source.clockErrorMs === 0 ? '' : `, its clock off by ${inWords(source.clockErrorMs * 1000)} at most`
    return `imported series ${source.series} in buckets of ${source.periodSeconds} s, good from ${source.goodAtLeast}, each end uncertain by a bucket${off}; ${rule}`
  }
  const probe = probeOf(input, source.probe)
  const every = probe === undefined ? '' : ` every ${inWords(probe.periodMs * 1000)}`
  const places = input.vantages.length
  const quorum =
    places > 1
      ? `, out when at least half of ${places} vantages are`
      : ` from ${input.vantages[0] ?? 'no vantage'}`
  return `probe ${source.probe}${every}${quorum}, from the last good before, or the fault if that was later, to the first good after, and beyond an end where one server of several may have failed as many periods as good probes may be luck there; ${rule}`
}

function vantageResult({ vantage, view }: ObjectiveView['vantages'][number]) {
  switch (view.seen) {
    case 'nothing':
      return { vantage, note: 'no usable sample' }
    case 'no-outage':
      return { vantage, observed: view.observed, note: 'no outage observed' }
    case 'outage':
      return { vantage, observed: view.observed, note: intervalInWords(view.observed) }
  }
}
