import { describe, expect, test } from 'vitest'
import { detailOf, eventsOf } from '../../../../test/story/tell.ts'
import { closedRun, liveRun } from '../../../../test/story/told-runs.ts'
import { ribbonPhases } from '../header/ribbon.ts'
import { readRunSearch } from '../run-search.ts'
import { chosenEvents } from './chosen-events.ts'
import { PAGE_SIZE, pageOf } from './journal-page.ts'
import { presentTargets } from './present-targets.ts'

describe('targets', () => {
  test('are called put back only when a describe call saw every one of them', () => {
    const closed = closedRun()
    expect(presentTargets(detailOf(closed), eventsOf(closed)).title).toBe('Put back: 6 of 6 targets')
    const early = { ...closed, lines: closed.lines.slice(0, 24) }
    expect(presentTargets(detailOf(early), eventsOf(early)).title).toBe('3 of 6 targets broken on purpose')
  })

  test('that were never touched are not called put back', () => {
    const early = { ...liveRun(), lines: liveRun().lines.slice(0, 5) }
    expect(presentTargets(detailOf(early), eventsOf(early)).title).toBe('6 targets, none touched')
  })
})

test('the ribbon shows one phase as now, those before as done, those to come as later', () => {
  const run = detailOf(liveRun())
  const states = ribbonPhases(run, run.now.worldAt).map(({ state }) => state)
  expect(states.join(' ')).toBe('done done done done done now later later later later')
})

test('pages of the journal hold every event once, newest first', () => {
  const items = Array.from({ length: 3 * PAGE_SIZE + 2 }, (_, index) => index)
  const pages = [0, 1, 2, 3].map((page) => pageOf(items, page).rows)
  expect(pages.flat()).toEqual(items.toReversed())
  expect(pageOf(items, 99).current).toBe(3)
})

test('an address that makes no sense selects nothing rather than failing', () => {
  expect(readRunSearch({ from: 9, to: 3, event: 'x', point: 4 })).toEqual({})
  expect(readRunSearch({ from: 3, to: 9, event: 7, point: 'onset' })).toEqual({
    from: 3,
    to: 9,
    event: 7,
    point: 'onset',
  })
})

test('the journal is narrowed by all words wherever they stand, and to problems; the address keeps both', () => {
  const events = eventsOf(closedRun())
  const found = chosenEvents(events, { find: 'OBSERVING injecting' })
  expect(found.length).toBeGreaterThan(0)
  expect(found.length).toBeLessThan(events.length)
  expect(chosenEvents(events, { find: 'no such word' })).toEqual([])
  const problems = chosenEvents(events, { problems: true })
  expect(problems.every(({ tone }) => tone === 'bad' || tone === 'warning')).toBe(true)
  expect(chosenEvents(events, {})).toBe(events)
  expect(readRunSearch({ find: 'dns', problems: true })).toEqual({ find: 'dns', problems: true })
  expect(readRunSearch({ find: 3, problems: 'yes' })).toEqual({})
})
