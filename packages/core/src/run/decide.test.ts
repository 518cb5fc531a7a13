import { describe, expect, it } from 'vitest'
import {
  decidePause,
  decideResolve,
  decideResume,
  decideRetry,
  decideSkip,
  decideTakeOver,
} from './decide-by-person.ts'
import { decideAbort, decideAcknowledge, decideExpiry, decideNote } from './decide.ts'
import type { CompiledStep } from '../scenario/scenario.ts'
import type { RunState, StepState } from './state.ts'
import { isProbed, STATUSES, type Status } from './status.ts'
import { scenario as two } from './testing/play.ts'

const foreign = { captured: 'a', ours: 'b', now: 'c' }
const step = (
  injection: StepState['targets'][string]['injection'],
  over: Partial<StepState> = {},
): StepState => ({
  acknowledged: false,
  attempts: 0,
  targets: { 'i-1': { injection, seen: '' } },
  ...over,
})
const asked = (over: Partial<StepState> = {}) => step('unknown', { requestedAt: 1, ...over })

function at(status: Status, over: Partial<RunState> = {}): RunState {
  return {
    status,
    teamId: 't',
    drillId: 'd',
    scenario: { name: 's', hash: '' },
    environment: { name: 'e', hash: '' },
    seed: 1,
    entered: {},
    planned: [],
    steps: {},
    waited: [],
    steadyBefore: false,
    ...over,
  }
}
const wait: CompiledStep = { kind: 'wait', name: 'rest', after: [], durationMs: 5 }
const scenario = { ...two, steps: [...two.steps, wait] }
const words = (answer: Readonly<{ refused?: string }>) => answer.refused ?? 'done'

describe('in every status', () => {
  it('a run is held before undo and only then, with a way out in each refusal', () => {
    const held = STATUSES.filter((status) => decidePause(at(status), 'r').events.length > 0)
    expect(held).toEqual([
      'booked',
      'planning',
      'awaiting-approval',
      'preflight',
      'baseline',
      'injecting',
      'observing',
      'responding',
    ])
    for (const status of STATUSES.filter((each) => !held.includes(each as never)))
      expect(decidePause(at(status), 'r').refused).toMatch(/paused|never held up|about to close|already/)
    expect(decideResume(at('paused', { resumesTo: 'baseline' }), 'r').events).toMatchObject([
      { data: { from: 'paused', to: 'baseline', why: 'r' } },
    ])
    for (const status of STATUSES) expect(decideResume(at(status), 'r').refused).toContain('not paused')
  })

  it('an abort undoes where faults may be in, cancels where not, and changes nothing the second time', () => {
    const to = (status: Status, over: Partial<RunState> = {}) =>
      decideAbort(at(status, over), 'r').events.flatMap((event) =>
        event.type === 'status-changed' ? [event.data.to] : [],
      )
    expect(STATUSES.filter((status) => to(status)[0] === 'cancelled')).toEqual([
      'booked',
      'planning',
      'awaiting-approval',
      'preflight',
      'baseline',
    ])
    expect(to('paused', { resumesTo: 'baseline' })).toEqual(['cancelled'])
    expect(to('paused', { resumesTo: 'injecting' })).toEqual(['aborting'])
    expect(to('paused')).toEqual(['aborting'])
    for (const status of ['recovering', 'verifying', 'needs-person', 'aborting'] as const) {
      expect(to(status)).toEqual([])
      expect(decideAbort(at(status), 'r').events).toHaveLength(1)
    }
    const abort = { reason: 'r', by: 'a', at: 1, worldAt: 1 }
    expect(decideAbort(at('aborting', { abort }), 'r')).toEqual({ events: [] })
    expect(decideAbort(at('settling'), 'r').refused).toContain('already put back')
    expect(decideAbort(at('closed'), 'r').refused).toContain('closed')
    expect(decideAbort(at('injecting'), 'r', 'halt').events[0]).toMatchObject({ data: { cause: 'halt' } })
  })

  it('an expiry turns a live run to undo, held or not, and hurries none that is there already', () => {
    const turned = STATUSES.filter((status) => decideExpiry(at(status), 'r').events.length > 0)
    expect(turned).toEqual(['injecting', 'observing', 'responding', 'paused'])
  })

  it('a scribe writes until the end', () => {
    expect(decideNote(at('paused'), 'x').events).toHaveLength(1)
    expect(decideNote(at('missed'), 'x').refused).toContain('missed')
  })

  it('probes run while a run is held, if they ran before', () => {
    expect(isProbed({ status: 'paused', resumesTo: 'planning' })).toBe(false)
    expect(isProbed({ status: 'paused', resumesTo: 'baseline' })).toBe(true)
    expect(isProbed({ status: 'paused' })).toBe(true)
    expect(isProbed({ status: 'booked' })).toBe(false)
  })
})

describe('the reaper’s copy', () => {
  it('counts once, and only for the plan that stands', () => {
    const steps = { one: step('planned', { undo: 'u' }) }
    expect(decideAcknowledge(at('injecting', { steps }), 'one', 'u', 'r').events).toHaveLength(1)
    expect(decideAcknowledge(at('injecting', { steps }), 'one', 'other', 'r').events).toEqual([])
    expect(decideAcknowledge(at('injecting', { steps }), 'none', 'u', 'r').events).toEqual([])
    const known = { one: step('planned', { undo: 'u', acknowledged: true }) }
    expect(decideAcknowledge(at('injecting', { steps: known }), 'one', 'u', 'r').events).toEqual([])
  })
})

describe('leaving a step out', () => {
  const skip = (state: RunState, name = 'one') => words(decideSkip(state, scenario, name, 'r'))

  it('is refused when its fault is in or may be, with the way to take it out', () => {
    for (const injection of ['requested', 'injected', 'unknown', 'recovering'] as const)
      expect(skip(at('injecting', { steps: { one: step(injection) } }))).toContain('abort the run')
    for (const injection of ['planned', 'failed-to-inject', 'restored'] as const)
      expect(skip(at('injecting', { steps: { one: step(injection) } }))).toBe('done')
  })

  it('is refused when there is nothing to leave out', () => {
    expect(skip(at('injecting'), 'nope')).toContain('it has one, two, rest')
    expect(skip(at('closed'))).toContain('closed')
    expect(skip(at('verifying'))).toContain('no step follows')
    expect(skip(at('observing'))).toContain('done')
    expect(skip(at('paused', { resumesTo: 'responding' }))).toContain('done')
    expect(skip(at('settling'))).toContain('done')
    expect(skip(at('injecting', { waited: ['rest'] }), 'rest')).toContain('already')
    expect(skip(at('injecting'), 'rest')).toBe('done')
    const again = { by: 'a', reason: 'b', at: 1 }
    expect(skip(at('injecting', { steps: { one: step('failed-to-inject', { again }) } }))).toContain(
      'cleared',
    )
    const skipped = { one: { by: 'a', reason: 'b' } }
    expect(decideSkip(at('injecting', { skipped }), scenario, 'one', 'r')).toEqual({ events: [] })
  })
})

describe('trying a step again', () => {
  const retry = (state: RunState, name = 'one') => words(decideRetry(state, scenario, name, 'r'))

  it('is only for one that surely took effect nowhere', () => {
    expect(retry(at('injecting', { steps: { one: step('failed-to-inject') } }))).toBe('done')
    expect(retry(at('injecting', { steps: { one: step('injected') } }))).toContain('did not fail')
    const partly = step('failed-to-inject')
    const targets = { ...partly.targets, 'i-2': { injection: 'injected', seen: '' } } as const
    expect(retry(at('paused', { resumesTo: 'injecting', steps: { one: { ...partly, targets } } }))).toContain(
      'abort the run',
    )
  })

  it('is refused when there is nothing to try', () => {
    expect(retry(at('injecting'), 'nope')).toContain('no step nope')
    expect(retry(at('injecting'), 'rest')).toContain('is a wait')
    expect(retry(at('recovering'))).toContain('no step follows')
    expect(retry(at('planning'))).toContain('no targets yet')
    const steps = { one: step('failed-to-inject') }
    const skipped = { one: { by: 'a', reason: 'b' } }
    expect(retry(at('injecting', { steps, skipped }))).toContain('skipped')
    const again = { by: 'a', reason: 'b', at: 1 }
    const pending = at('injecting', { steps: { one: step('failed-to-inject', { again }) } })
    expect(decideRetry(pending, scenario, 'one', 'r')).toEqual({ events: [] })
  })
})

describe('an undo in a person’s hands', () => {
  const resolve = (state: RunState, answer: Parameters<typeof decideResolve>[1]['answer'], leave = false) =>
    decideResolve(state, { step: 'one', target: 'i-1', answer, reason: 'r', leave })
  const disputed = asked({ targets: { 'i-1': { injection: 'unknown', seen: '', foreign } } })
  const moves = ({ events }: ReturnType<typeof resolve>) =>
    events.flatMap((event) => (event.type === 'status-changed' ? [event.data.to] : []))

  it('is taken over while something is left to take out, also from somebody else', () => {
    const steps = { one: asked() }
    expect(decideTakeOver(at('aborting', { steps }), 'r').events.map(({ type }) => type)).toEqual([
      'taken-over',
      'status-changed',
    ])
    expect(decideTakeOver(at('needs-person', { steps }), 'r').events).toHaveLength(1)
    expect(decideTakeOver(at('observing', { steps }), 'r').refused).toContain('observing')
    expect(decideTakeOver(at('verifying'), 'r').refused).toContain('put back already')
  })

  it('is answered only about what is open, and never overwrites unasked', () => {
    const state = at('needs-person', { steps: { one: disputed } })
    expect(resolve(at('observing'), 'retry').refused).toContain('observing')
    expect(resolve(at('needs-person'), 'retry').refused).toContain('nothing of the run')
    expect(resolve(at('needs-person', { steps: { one: step('unknown') } }), 'retry').refused).toContain(
      'nothing of',
    )
    expect(
      resolve(
        at('verifying', {
          steps: { one: asked({ targets: { 'i-1': { injection: 'restored', seen: '' } } }) },
        }),
        'retry',
      ).refused,
    ).toContain('already')
    expect(resolve(at('verifying', { steps: { one: asked() } }), 'keep-theirs').refused).toContain(
      'nobody else',
    )
    expect(resolve(at('verifying', { steps: { one: asked() } }), 'restore-ours').refused).toContain(
      'nobody else',
    )
    expect(resolve(state, 'retry').refused).toContain('never overwritten unasked')
    expect(resolve(state, 'accept-as-is').refused).toContain('touch.irreversible')
    expect(resolve(state, 'accept-as-is', true).events).toHaveLength(1)
    expect(resolve(state, 'keep-theirs').events).toHaveLength(1)
    expect(resolve(state, 'mark-restored').events).toHaveLength(1)
  })

  it('goes back to the platform once nothing else waits for a person', () => {
    const state = at('needs-person', { steps: { one: disputed } })
    expect(moves(resolve(state, 'restore-ours'))).toEqual(['recovering'])
    expect(moves(resolve({ ...state, status: 'verifying' }, 'restore-ours'))).toEqual([])
    const two = { ...state, steps: { one: disputed, two: disputed } }
    expect(moves(resolve(two, 'restore-ours'))).toEqual([])
    const takenOver = { by: 'a', reason: 'b', at: 1 }
    const hands = at('needs-person', { takenOver, steps: { one: asked(), two: asked() } })
    expect(moves(resolve(hands, 'retry'))).toEqual([])
    const given = at('needs-person', { takenOver, steps: { one: asked(), two: asked({ handedBack: true }) } })
    expect(moves(resolve(given, 'retry'))).toEqual(['recovering'])
  })
})
