import { describe, expect, test } from 'vitest'
import { environments, otherScenario, plan, scenario } from '../../../test/story/catalogue.ts'
import { summaryOf } from '../../../test/story/tell.ts'
import { abortedRun, closedRun, liveRun } from '../../../test/story/told-runs.ts'
import { courseOf } from './course.ts'
import { startAnswer } from './plan/start-answer.ts'
import { presentCatalogue } from './present.ts'
import { yamlLines } from './yaml-lines.ts'

describe('the catalogue', () => {
  const runs = [liveRun(), closedRun(), abortedRun()].map(summaryOf)
  const groups = presentCatalogue([scenario(), otherScenario()], runs)

  test('groups by domain and leaves nothing out', () => {
    expect(groups.map(({ domain, entries }) => [domain, entries.length])).toEqual([
      ['compute', 1],
      ['dns', 1],
    ])
  })

  test('shows the verdict of a run that is over, never of one that goes on', () => {
    expect(groups[0]?.entries[0]?.last?.word.word).toBe('deviated')
    expect(presentCatalogue([scenario()], runs.slice(0, 1))[0]?.entries[0]?.last).toBeUndefined()
  })
})

describe('a start from the page', () => {
  const [sandbox, live] = environments()

  test('is offered for a sandbox, and never for any other environment', () => {
    expect(startAnswer({ environment: sandbox, plan: undefined, isHalted: false }).can).toBe(true)
    expect(startAnswer({ environment: live, plan: plan(true), isHalted: false }).can).toBe(false)
  })

  test('is not offered while the halt is set or after a plan was refused', () => {
    expect(startAnswer({ environment: sandbox, plan: undefined, isHalted: true }).can).toBe(false)
    expect(startAnswer({ environment: sandbox, plan: plan(false), isHalted: false }).can).toBe(false)
  })
})

describe('the course of a drill', () => {
  test('is as long as the scenario allows, and nothing in it overlaps the undo', () => {
    const { bars, total } = courseOf(scenario().compiled)
    expect(total).toBe(60_000 + 480_000 + 300_000 + 60_000)
    expect(bars.find(({ look }) => look === 'fault')).toMatchObject({ from: 60_000, to: 540_000 })
  })

  test('waits for the fault to run its time when putting back is the response', () => {
    const { bars } = courseOf({ ...scenario().compiled, response: 'restore' })
    expect(bars.find(({ look }) => look === 'undo')?.from).toBe(660_000)
  })
})

test('the source is shown to the letter', () => {
  const { source } = scenario()
  const shown = yamlLines(source).map(({ parts }) => parts.map(({ text }) => text).join(''))
  expect(shown.join('\n')).toBe(source.trimEnd())
})
