import { isTakenOut, markerInWords, type ObjectiveResult, type RunState, type Verdict } from '@firedrill/core'
import type { ReportModel, TargetReport } from '../model/model.ts'
import { boundText, exactText } from './duration-text.ts'
import { capital, countText, listText } from './list-text.ts'

/** The sentence beside the verdict: the distance that decided it, in plain words. */
export function headlineText(
  verdict: Verdict,
  reason: string,
  objectives: readonly ObjectiveResult[],
  state: RunState,
): string {
  if (state.status === 'refused')
    return `The drill was refused before anything was touched: ${state.refusal ?? reason}`
  if (state.status === 'cancelled') return 'The drill was cancelled before anything was touched.'
  if (state.status === 'missed') return 'The drill was not started in its time.'
  if (Object.values(state.steps).some(({ targets }) => Object.values(targets).some(isLeftBroken)))
    return sentence(reason)
  if (state.abort !== undefined) return `The drill was aborted by ${state.abort.by}: ${state.abort.reason}`
  const decisive = objectives.find((result) => result.verdict === verdict)
  if (decisive === undefined)
    return reason === '' ? `Nothing has been measured yet; the run is ${state.status}.` : sentence(reason)
  return sentence(
    `${capital(decisive.objective)} ${tookText(decisive)}; the objective is ${exactText(decisive.maxMicros)}`,
  )
}

function isLeftBroken({ injection }: RunState['steps'][string]['targets'][string]): boolean {
  return injection === 'left'
}

function tookText({ observed, maxMicros, verdict }: ObjectiveResult): string {
  if (observed === undefined) return 'could not be observed'
  const { lo, hi } = observed
  if (verdict === 'held' && hi !== null) return `took at most ${boundText(hi, 'hi', maxMicros)}`
  if (verdict === 'deviated' || hi === null) return `took more than ${boundText(lo, 'lo', maxMicros)}`
  return `took ${boundText(lo, 'lo', maxMicros)} to ${boundText(hi, 'hi', maxMicros)}, which may be either side`
}

/** What else a reader needs to know first: the other objectives, and whether anything is left broken. */
export function summaryText(
  verdict: Verdict,
  objectives: readonly ObjectiveResult[],
  targets: readonly TargetReport[],
  isClean: boolean,
  markers: ReportModel['markers'],
): string {
  const rest = objectives.filter((result) => result !== objectives.find((one) => one.verdict === verdict))
  const others = (['held', 'deviated', 'inconclusive', 'not-run'] as const).flatMap((word) => {
    const names = rest.filter((result) => result.verdict === word).map((result) => result.objective)
    return names.length === 0
      ? []
      : [`${capital(listText(names))} ${names.length === 1 ? 'is' : 'are'} ${word}.`]
  })
  return [...others, restorationText(targets, isClean, markers)].join(' ')
}

/** True when numbered writes that measured data loss are left where nobody agreed to leave them. */
export function leavesWrites(markers: ReportModel['markers'] = []): boolean {
  return !markers.every(isTakenOut)
}

/**
 * Whether everything was put back, targets and numbered writes alike, said by what was described and read back. The writes are
 * a change of ours too, so what is left of them is said in the same breath.
 */
export function restorationText(
  targets: readonly TargetReport[],
  isClean: boolean,
  markers: ReportModel['markers'] = [],
): string {
  const left = markers.filter((marker) => !isTakenOut(marker))
  const ofTargets = targetsText(targets, isClean, left.length === 0)
  return left.length === 0
    ? ofTargets
    : `${ofTargets} Not everything is put back: numbered writes were not taken out: ${left.map(markerInWords).join('; ')}.`
}

function targetsText(targets: readonly TargetReport[], isClean: boolean, isAll: boolean): string {
  const touched = targets.filter(
    ({ injection }) => injection !== 'planned' && injection !== 'failed-to-inject',
  )
  if (touched.length === 0)
    return isAll ? 'Nothing was broken, so nothing had to be put back.' : 'No target was broken.'
  const open = touched.filter(({ injection }) => !['restored', 'replaced', 'spent'].includes(injection))
  const left = open.filter(({ injection }) => injection === 'left')
  if (left.length > 0 && left.length === open.length)
    return `${countText(left.length, 'target')} of ${touched.length} left as ${left.length === 1 ? 'it is' : 'they are'} by a person, not as captured.`
  if (!isClean || open.length > 0)
    return `${countText(open.length, 'target')} of ${touched.length} not confirmed as put back: a fault may still be live.`
  const words = (['restored', 'replaced', 'spent'] as const).flatMap((word) => {
    const count = touched.filter(({ injection }) => injection === word).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return `${isAll ? 'Everything is' : 'The targets are'} put back (${listText(words)} of ${countText(touched.length, 'target')}), as describe calls show, and nothing is left injected.`
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.!?]$/.test(trimmed) || trimmed === '' ? trimmed : `${trimmed}.`
}
