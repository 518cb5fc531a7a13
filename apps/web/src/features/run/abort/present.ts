import { isLive, type RunDetail } from '@firedrill/contracts'
import { duration } from '../../../format/duration.ts'
import { count } from '../../../format/text.ts'

/** What stands in the place of Abort. It is always the same place. */
export type StopState = Readonly<
  | { kind: 'ready'; undoes: string; isUndo: boolean }
  | { kind: 'nothing-to-do'; says: string }
  | { kind: 'undoing'; clean: number; total: number; elapsed: number; reason: string; needsPerson: boolean }
  | { kind: 'restored'; total: number; took: string; reason: string }
  | { kind: 'not-restored'; left: number; total: number }
  | { kind: 'over'; says: string }
>

/** Where stopping stands. `platformNow` is in microseconds of platform time. Pure. */
export function stopState(run: RunDetail, platformNow: number): StopState {
  const targets = run.steps.flatMap((step) => step.targets)
  const touched = run.steps
    .filter((step) => step.requestedWorldAt !== undefined)
    .flatMap((step) => step.targets)
  const clean = touched.filter((target) => target.isClean).length
  if (run.isOver) return endState(run, touched.length, clean)
  if (run.abort !== null || run.status === 'aborting' || run.status === 'needs-person') {
    return {
      kind: 'undoing',
      clean,
      total: touched.length,
      elapsed: Math.max(0, platformNow - (run.abort?.at ?? platformNow)),
      reason: run.abort?.reason ?? run.reason,
      needsPerson: run.status === 'needs-person',
    }
  }
  if (run.status === 'settling') return { kind: 'nothing-to-do', says: 'Every target is put back already.' }
  if (!isLive(run.status === 'paused' ? (run.resumesTo ?? run.status) : run.status))
    return { kind: 'ready', isUndo: false, undoes: 'Nothing is broken yet: the run is cancelled.' }
  const faults = run.steps.filter((step) => step.kind === 'inject').length
  const left = touched.length === 0 ? targets.length : touched.length - clean
  return {
    kind: 'ready',
    isUndo: true,
    undoes: `Undoes ${count(faults, 'fault')}, ${count(left, 'target')}.`,
  }
}

function endState(run: RunDetail, total: number, clean: number): StopState {
  if (run.mayBeBroken) return { kind: 'not-restored', left: total - clean, total }
  if (run.abort === null)
    return { kind: 'over', says: total === 0 ? 'Nothing was injected.' : 'Nothing is left injected.' }
  const micros = run.abort.lastRevertVerifiedMicros
  return { kind: 'restored', total, took: micros === null ? '' : duration(micros), reason: run.abort.reason }
}

/** What an abort will undo, step by step. */
export function undoList(run: RunDetail): readonly Readonly<{ step: string; what: string; where: string }>[] {
  return run.steps.flatMap((step) => {
    if (step.kind !== 'inject') return []
    const broken = step.targets.filter((target) => !target.isClean)
    const concerned = broken.length === 0 && step.requestedWorldAt === undefined ? [] : broken
    if (concerned.length === 0) return []
    return [
      {
        step: step.name,
        what: `${step.fault ?? 'fault'}, ${count(concerned.length, 'target')}`,
        where: [...new Set(concerned.map(({ zone, region }) => zone ?? region))].join(', '),
      },
    ]
  })
}
