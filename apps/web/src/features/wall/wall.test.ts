import { expect, test } from 'vitest'
import { abortLines } from '../../../test/story/script.ts'
import { lanesUntil } from '../../../test/story/lanes.ts'
import { detailOf, eventsOf } from '../../../test/story/tell.ts'
import { abortedRun, closedRun, liveRun } from '../../../test/story/told-runs.ts'
import { faultsOf, lightsOf, newestOf, phaseOf, shownLights, stopLine } from './present.ts'

const run = detailOf(liveRun())

test('a wall says how much is broken and when it goes by itself, and after the end that all is put back', () => {
  expect(faultsOf(run, run.now.worldAt)).toMatchObject({
    says: '1 fault on 6 targets',
    word: { role: 'fault' },
  })
  expect(faultsOf(run, run.now.worldAt).more).toMatch(/^goes by itself in \d+ min/)
  const closed = detailOf(closedRun())
  expect(faultsOf(closed, closed.now.worldAt)).toMatchObject({
    says: 'All is put back',
    word: { role: 'held' },
  })
})

test('probes that see something wrong stand before the good ones, so that none falls off the wall', () => {
  const lights = lightsOf(lanesUntil(liveRun().nowSeconds), run, run.now.worldAt)
  const firstGood = lights.findIndex(({ word }) => word.word === 'good')
  expect(
    lights.slice(firstGood < 0 ? lights.length : firstGood).every(({ word }) => word.word === 'good'),
  ).toBe(true)
  const many = Array.from(
    { length: 9 },
    (_, index) => ({ ...lights[0], key: String(index) }) as (typeof lights)[number],
  )
  expect(shownLights(many).shown).toHaveLength(6)
  expect(shownLights(many).says).toContain('3 not shown')
})

test('the last events are the newest, with whoever did them', () => {
  const events = eventsOf(liveRun())
  expect(newestOf(events, 'UTC').map(({ seq }) => seq)).toEqual([
    events.length,
    events.length - 1,
    events.length - 2,
  ])
})

test('an abort that was heard is not called restored before it was verified', () => {
  const aborting = detailOf({ ...liveRun(), lines: [...liveRun().lines, ...abortLines(141, 'enough')] })
  expect(stopLine(aborting, aborting.now.at).says).toBe('Aborting: 0 of 6 targets confirmed restored')
  expect(phaseOf(aborting, aborting.now.worldAt).word.word).toBe('aborting')
  const over = detailOf(abortedRun())
  expect(stopLine(over, over.now.at).says).toMatch(/^Aborted and restored/)
})
