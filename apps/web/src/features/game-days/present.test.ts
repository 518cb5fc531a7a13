import type { GameDayView } from '@firedrill/contracts'
import { expect, test } from 'vitest'
import { daySentence, isStanding } from './present.ts'

const drill = (verdict: 'held' | 'deviated' | null, isOver = true): GameDayView['drills'][number] => ({
  isHidden: false,
  title: 'drill',
  run: { id: 'run_1', number: 1, status: isOver ? 'closed' : 'observing', isOver, verdict, reason: '' },
})
const found = (state: 'open' | 'done', heldAgain: number | null) =>
  ({ finding: { state }, run: 'run_1', runNumber: 1, heldAgain }) as GameDayView['findings'][number]

test('a finding stands until it is closed or its drill has held again', () => {
  expect([found('open', null), found('open', 3), found('done', null)].map(isStanding)).toEqual([
    true,
    false,
    false,
  ])
})

test('a day is told with every drill in it, the ones that are not over too', () => {
  const drills = [drill('held'), drill('deviated'), drill(null, false)]
  expect(daySentence({ drills, findings: [found('open', null)] })).toBe(
    '2 of 3 drills over, 1 held, 1 deviated, 1 finding open',
  )
})
