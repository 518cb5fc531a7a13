import type { RunEventBody, RunId } from '@firedrill/core'
import { expect, it } from 'vitest'
import { journalOf, PERSON, sha256, type Line } from '../fixtures/journal-of.ts'
import { timelineOf } from './timeline.ts'

const targets = Array.from({ length: 120 }, (_, n) => ({
  id: `i-${n}`,
  label: `web-${n}`,
  region: 'eu-west-1',
}))
const planned = (of: typeof targets, plan = 'plan'): RunEventBody => ({
  type: 'planned',
  data: {
    planHash: sha256(plan),
    permissions: [],
    steps: [
      {
        step: 'stop',
        fault: 'f',
        faultVersion: 1,
        restoration: 'exact',
        population: 120,
        capture: sha256('capture'),
        targets: of,
      },
    ],
  },
})
const textsOf = (...lines: readonly Line[]) =>
  timelineOf(journalOf('run_x' as RunId, lines)).map(({ text }) => text)

it('takes a plan of 120 targets in several events for one plan', () => {
  expect(
    textsOf(
      [1, planned(targets.slice(0, 50))],
      [1, planned(targets.slice(50, 99))],
      [1, planned(targets.slice(99))],
    ),
  ).toEqual(['Planned: 120 targets frozen, prior state captured'])
})

it('control: two plans are two', () => {
  expect(textsOf([1, planned(targets, 'one')], [2, planned(targets, 'two')])).toHaveLength(1)
  expect(textsOf([1, planned(targets, 'one')], [2, planned(targets.slice(1), 'two')])).toHaveLength(2)
})

it('reads well when people were needed', () => {
  const by = (body: RunEventBody): Line => [3, body, PERSON]
  expect(
    textsOf(
      [1, { type: 'paged', data: { page: 1, via: 'webhook', seen: 'the webhook answered 202' } }],
      [
        2,
        {
          type: 'page-failed',
          data: { page: 2, attempt: 1, via: 'command', why: 'ended with 3', retryAt: 5 },
        },
      ],
      by({ type: 'taken-over', data: { reason: 'I have it' } }),
      by({
        type: 'target-resolved',
        data: { step: 'stop', target: 'i-1', answer: 'keep-theirs', reason: 'a hotfix' },
      }),
      by({ type: 'step-skipped', data: { step: 'wait', reason: 'no time' } }),
      by({ type: 'step-retry-asked', data: { step: 'stop', reason: 'quota raised' } }),
      by({ type: 'step-cleared', data: { step: 'stop' } }),
    ),
  ).toEqual([
    'A person was called, call 1, by webhook: the webhook answered 202',
    'Nobody could be called, call 2, by command: ended with 3',
    'Recovery was taken over by hand: I have it',
    'stop: keep somebody else’s change of i-1: a hotfix',
    'wait: left out: no time',
    'stop: to be tried again: quota raised',
    'stop: nothing is left of the failed attempt',
  ])
})
