import { expect, test } from 'vitest'
import { emptyOverview, overview } from '../../../test/story/overview.ts'
import { countVerdicts, presentOverview } from './present.ts'
import { layTrend } from './trend.ts'

const groups = presentOverview(overview(), 'recovery-time', 'UTC')
const lines = groups.flatMap((group) => group.lines)
const lineOf = (scenario: string) => lines.find((line) => line.scenario === scenario)

test('what is overdue comes first, the longest overdue before all, and what comes next is by its time', () => {
  expect(groups.map(({ title, lines: members }) => [title, ...members.map(({ due }) => due)])).toEqual([
    ['Overdue', '48 days late', '12 days late'],
    ['Booked', '2 Dec 09:30', '15 Dec 09:00', '19 Feb 10:00'],
    ['Drilled, not booked again', 'not booked'],
    ['Never drilled', 'not booked'],
  ])
})

test('what is to spare is the distance to the nearer bound, and nothing is to spare when the bounds straddle', () => {
  expect(lineOf('region-evacuation')?.spare).toBe('2 min 31.2 s')
  expect(lineOf('az-loss')).toMatchObject({ spare: '−41.2 s', spareRole: 'deviated' })
  expect(lineOf('dns-record-removal')?.spare).toBe('−3 min 42 s or more')
  expect(lineOf('backup-restore')?.spare).toBe('undecided')
})

test('a scenario that was never drilled is counted as such, never as one that held', () => {
  expect(countVerdicts(groups).map(({ word, lines: many }) => `${many} ${word.word}`)).toEqual([
    '2 held',
    '2 deviated',
    '1 inconclusive',
    '2 never drilled',
  ])
  expect(countVerdicts(presentOverview(emptyOverview(), 'recovery-time', 'UTC'))).toHaveLength(1)
})

test('a trend draws bounds, steps its objective where it changed, and marks every change of the scenario', () => {
  const row = overview().rows.find(({ scenario }) => scenario === 'region-evacuation')
  const trend = row && layTrend(row, 'recovery-time', 900, 280)
  expect(trend?.changes.map(({ text }) => text)).toEqual(['v5', 'v6', 'v7'])
  expect(trend?.objectives.map(({ text }) => text)).toEqual(['objective 15 min', 'objective 10 min'])
  const [, open, , , , , , , unseen] = trend?.marks ?? []
  expect(open?.box?.top).toBeNull()
  expect(unseen?.box).toBeUndefined()
  for (const { box } of trend?.marks ?? [])
    if (box !== undefined && box.top !== null) expect(box.top).toBeLessThan(box.bottom)
})
