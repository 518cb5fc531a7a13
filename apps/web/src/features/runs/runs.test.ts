import { expect, test } from 'vitest'
import { summaryOf } from '../../../test/story/tell.ts'
import { abortedRun, closedRun, liveRun } from '../../../test/story/told-runs.ts'
import { presentRuns, runsSummary } from './present.ts'

const runs = [liveRun(), closedRun(), abortedRun()].map(summaryOf)

test('a run without a verdict is open, not good and not bad', () => {
  expect(presentRuns(runs).map(({ verdict }) => verdict.word)).toEqual(['open', 'deviated', 'inconclusive'])
})

test('a run that is over with something broken stands out', () => {
  const [, closed] = runs
  expect(presentRuns(closed === undefined ? [] : [{ ...closed, mayBeBroken: true }])[0]?.isWorrying).toBe(
    true,
  )
  expect(presentRuns(runs).some(({ isWorrying }) => isWorrying)).toBe(false)
})

test('the line above the list counts what is under way and what is broken', () => {
  expect(runsSummary(runs)).toBe('3 runs, 1 under way, 1 with something broken on purpose')
})
