import { describe, expect, test } from 'vitest'
import { abortLines } from '../../../../test/story/script.ts'
import { detailOf } from '../../../../test/story/tell.ts'
import { abortedRun, closedRun, liveRun } from '../../../../test/story/told-runs.ts'
import { stopState, undoList } from './present.ts'

const aborting = { ...liveRun(), lines: [...liveRun().lines, ...abortLines(141, 'enough')] }

describe('the place of Abort', () => {
  test('says what an abort undoes while a fault is in', () => {
    const run = detailOf(liveRun())
    expect(stopState(run, run.now.at)).toEqual({
      kind: 'ready',
      isUndo: true,
      undoes: 'Undoes 1 fault, 6 targets.',
    })
    expect(undoList(run)).toEqual([
      {
        step: 'stop-web',
        what: 'ec2-stop-instances, 6 targets',
        where: 'eu-west-1a, eu-west-1b, eu-west-1c',
      },
    ])
  })

  test('promises no undo before anything is broken', () => {
    const run = detailOf({ ...liveRun(), lines: liveRun().lines.slice(0, 6) })
    expect(stopState(run, run.now.at)).toMatchObject({ kind: 'ready', isUndo: false })
  })

  test('an abort that was heard is not yet one that is done', () => {
    const run = detailOf(aborting)
    expect(stopState(run, run.now.at)).toMatchObject({ kind: 'undoing', clean: 0, total: 6 })
  })

  test('says restored only when the run is over and no target may be broken', () => {
    const run = detailOf(abortedRun())
    expect(stopState(run, run.now.at)).toMatchObject({ kind: 'restored', total: 6 })
    expect(stopState({ ...run, mayBeBroken: true }, run.now.at)).toMatchObject({ kind: 'not-restored' })
  })

  test('a run that needs a person never looks finished', () => {
    const run = { ...detailOf(aborting), status: 'needs-person' as const }
    expect(stopState(run, run.now.at)).toMatchObject({ kind: 'undoing', needsPerson: true })
  })

  test('a run that ended by itself says that nothing is left', () => {
    const run = detailOf(closedRun())
    expect(stopState(run, run.now.at)).toEqual({ kind: 'over', says: 'Nothing is left injected.' })
  })
})
