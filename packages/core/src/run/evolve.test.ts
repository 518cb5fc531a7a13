import { describe, expect, it } from 'vitest'
import type { RunId } from '../ids/ids.ts'
import type { JournalEvent } from '../journal/envelope.ts'
import type { PlatformInstant, WorldInstant } from '../time/instant.ts'
import { EVENT_SCHEMAS, parseEventBody, type RunEventBody, type RunEventType } from './events.ts'
import { evolve } from './evolve.ts'
import { runStateSchema, type RunState } from './state.ts'

const HASH = 'a'.repeat(64)
const ref = { name: 's', hash: HASH }
const created = {
  type: 'run-created',
  data: { teamId: 't', drillId: 'd', scenario: ref, environment: ref, seed: 1 },
} as const satisfies RunEventBody
const plan = (step: string, ids: readonly string[], planHash = HASH): RunEventBody => ({
  type: 'planned',
  data: {
    planHash,
    permissions: [],
    steps: [
      {
        step,
        fault: 'f',
        faultVersion: 1,
        restoration: 'exact',
        population: 9,
        capture: HASH,
        targets: ids.map((id) => ({ id, label: id, region: 'r' })),
      },
    ],
  },
})
const to = (from: RunState['status'], status: RunState['status'], why = 'w'): RunEventBody => ({
  type: 'status-changed',
  data: { from, to: status, why },
})
const failed = (over: object): RunEventBody => ({
  type: 'call-failed',
  data: { attempt: 1, failure: { kind: 'denied', operation: 'o', code: 'c', message: 'm' }, ...over },
})
const asks = {
  type: 'injection-requested',
  data: { step: 'one', key: 'k', attempt: 1, expiresAt: 99 },
} as const satisfies RunEventBody
const undoes = {
  type: 'recovery-requested',
  data: { step: 'one', reason: 'abort', attempt: 1 },
} as const satisfies RunEventBody

/** Folds bodies, one world second and one platform second apart, by Ana. */
function fold(...bodies: readonly RunEventBody[]): RunState {
  let state: RunState | undefined
  for (const [index, body] of bodies.entries()) {
    const at = (index + 1) * 1_000_000
    const event = {
      runId: 'run_x' as RunId,
      seq: index + 1,
      v: 1,
      type: body.type,
      at: at as PlatformInstant,
      worldAt: at as WorldInstant,
      actor: { kind: 'person', id: 'a', name: 'Ana' },
      data: parseEventBody(body.type, body.data).data,
      prev: '',
      hash: '',
    } as JournalEvent
    state = evolve(state, event)
  }
  return runStateSchema.parse(state)
}

describe('a fold', () => {
  it('begins with one run-created, and knows no step that was never planned', () => {
    expect(() => fold(to('booked', 'planning'))).toThrow('begins with run-created')
    expect(() => fold(created, created)).toThrow('one run-created')
    expect(() => fold(created, asks)).toThrow('never planned')
    expect(() => fold(created, { type: 'step-cleared', data: { step: 'one' } })).toThrow('never planned')
  })

  it('pins what the run was made from, with what is optional', () => {
    const data = { ...created.data, runbook: ref, expectedPlan: HASH }
    expect(fold({ type: 'run-created', data })).toMatchObject({
      runbook: ref,
      expectedPlan: HASH,
    })
  })

  it('adds up the parts of one plan, target by target, and lets another plan take its place', () => {
    const parts = fold(created, plan('one', ['a']), plan('one', ['b']), plan('two', ['c']))
    expect(parts.planned.map(({ step, targets }) => [step, targets.map(({ id }) => id)])).toEqual([
      ['one', ['a', 'b']],
      ['two', ['c']],
    ])
    expect(Object.keys(parts.steps['one']?.targets ?? {})).toEqual(['a', 'b'])
    expect(fold(created, plan('one', ['a']), plan('one', ['b'], 'b'.repeat(64))).planned).toHaveLength(1)
  })

  it('keeps why a run was refused or missed', () => {
    expect(fold(created, to('booked', 'refused', 'no'))).toMatchObject({ refusal: 'no' })
    expect(fold(created, to('booked', 'missed', 'late'))).toMatchObject({ refusal: 'late' })
  })

  it('changes nothing by what only people read', () => {
    const base = fold(created, plan('one', ['a']))
    for (const body of [
      { type: 'note-added', data: { text: 'x' } },
      { type: 'person-needed', data: { why: 'x' } },
      { type: 'stop-condition-breached', data: { condition: 'c', seen: 's' } },
      { type: 'guardrails-checked', data: { answers: [], allowed: true } },
    ] as const satisfies readonly RunEventBody[])
      expect(fold(created, plan('one', ['a']), body)).toEqual(base)
  })

  it('knows every type of event', () => {
    const types = Object.keys(EVENT_SCHEMAS) as readonly RunEventType[]
    expect(types).toContain('target-resolved')
    expect(() => parseEventBody('paged', { page: 'one' })).toThrow(/page/)
  })
})

describe('a pause', () => {
  it('remembers what the run goes on with, and since when it was in that', () => {
    const held = fold(created, to('booked', 'baseline'), to('baseline', 'paused'))
    expect(held).toMatchObject({ status: 'paused', resumesTo: 'baseline', pauses: [{ from: 3_000_000 }] })
    const on = fold(created, to('booked', 'baseline'), to('baseline', 'paused'), to('paused', 'baseline'))
    expect(on.entered.baseline).toBe(2_000_000)
    expect(on.pauses).toEqual([{ from: 3_000_000, to: 4_000_000 }])
    expect(on).not.toHaveProperty('resumesTo')
  })

  it('ends with whatever ends it, and may come again', () => {
    const undone = fold(
      created,
      to('booked', 'injecting'),
      to('injecting', 'paused'),
      to('paused', 'recovering'),
    )
    expect(undone).toMatchObject({ pauses: [{ to: 4_000_000 }], entered: { recovering: 4_000_000 } })
    const again = fold(created, to('booked', 'paused'), to('paused', 'booked'), to('booked', 'paused'))
    expect(again.pauses).toEqual([{ from: 2_000_000, to: 3_000_000 }, { from: 4_000_000 }])
  })
})

describe('calls', () => {
  const one = [created, plan('one', ['a'])]

  it('that failed count by themselves, or for the step they belong to', () => {
    expect(fold(...one, failed({})).retry).toEqual({ attempt: 1, code: 'c' })
    expect(fold(...one, failed({ retryAt: 7 })).retry).toEqual({ attempt: 1, code: 'c', at: 7 })
    expect(fold(...one, failed({ step: 'unheard-of' })).retry?.code).toBe('c')
    const undoing = fold(
      ...one,
      asks,
      undoes,
      failed({ step: 'one', act: 'recover', retryAt: 9 }),
      failed({ step: 'one' }),
    )
    expect(undoing.steps['one']?.recovery).toMatchObject({ failures: 2 })
    expect(
      fold(...one, asks, undoes, failed({ step: 'one', retryAt: 9 }), undoes).steps['one']?.recovery,
    ).toMatchObject({
      failures: 1,
      accepted: false,
    })
  })

  it('that surely did nothing leave no doubt; those that may have do', () => {
    const doubts = (kind: string) =>
      fold(
        ...one,
        asks,
        failed({ step: 'one', act: 'inject', failure: { kind, operation: 'o', code: 'c', message: 'm' } }),
      ).steps['one']?.doubts?.length
    expect(doubts('denied')).toBe(0)
    expect(doubts('ambiguous')).toBe(1)
    expect(doubts('unexpected')).toBe(1)
  })

  it('that a reaper acknowledges late for another plan change nothing', () => {
    const stored: RunEventBody = { type: 'undo-prepared', data: { step: 'one', undo: HASH, expiresAt: 9 } }
    const late: RunEventBody = {
      type: 'kit-acknowledged',
      data: { step: 'one', undo: 'b'.repeat(64), reaper: 'r' },
    }
    expect(fold(...one, stored, late).steps['one']?.acknowledged).toBe(false)
  })

  it('that store an undo date it by the world, anew each time', () => {
    const stored: RunEventBody = { type: 'undo-prepared', data: { step: 'one', undo: HASH, expiresAt: 9 } }
    const count = [...one, stored].length
    expect(fold(...one, stored).steps['one']?.preparedAt).toBe(count * 1_000_000)
    expect(fold(...one, stored, stored).steps['one']?.preparedAt).toBe((count + 1) * 1_000_000)
    expect(fold(...one).steps['one']?.preparedAt).toBeUndefined()
  })

  it('that bring the effect in date it between the last look without it and the first look with it', () => {
    const seen = (data: object): RunEventBody => ({
      type: 'injection-observed',
      data: { step: 'one', observations: [{ target: 'a', injection: 'injected', seen: '' }], ...data },
    })
    expect(fold(...one, asks, seen({})).steps['one']?.injected).toEqual({ lo: 3_000_000, hi: 4_000_000 })
    expect(fold(...one, asks, seen({ after: 3_500_000 })).steps['one']?.injected?.lo).toBe(3_500_000)
    expect(fold(...one, asks, seen({ actedAt: 3_100_000 })).steps['one']?.injected).toMatchObject({
      lo: 3_000_000,
      actedAt: 3_100_000,
    })
    expect(fold(...one, seen({})).steps['one']?.injected).toEqual({ lo: 3_000_000, hi: 3_000_000 })
    expect(fold(...one, asks, seen({}), seen({})).steps['one']?.injected?.hi).toBe(4_000_000)
  })

  it('that undo before anything was asked for are folded all the same', () => {
    const accepted: RunEventBody = { type: 'recovery-accepted', data: { step: 'one', requestIds: [] } }
    expect(fold(...one, accepted).steps['one']).not.toHaveProperty('recovery')
    const look: RunEventBody = {
      type: 'restoration-observed',
      data: { step: 'one', observations: [{ target: 'a', injection: 'restored', seen: '' }] },
    }
    expect(fold(...one, look).steps['one']?.targets['a']?.injection).toBe('restored')
    const gone: RunEventBody = { type: 'recovery-requested', data: { ...undoes.data, gone: ['a'] } }
    expect(fold(...one, asks, gone, undoes).steps['one']?.recovery?.gone).toEqual(['a'])
  })
})

describe('people', () => {
  const one = [created, plan('one', ['a', 'b']), asks, undoes]
  const look = (injection: 'unknown' | 'injected' | 'restored' | 'left', foreign?: object): RunEventBody => ({
    type: 'restoration-observed',
    data: {
      step: 'one',
      observations: [
        { target: 'a', injection, seen: '', ...(foreign === undefined ? {} : { foreign: foreign as never }) },
      ],
    },
  })
  const resolved = (answer: string, target = 'a'): RunEventBody => ({
    type: 'target-resolved',
    data: { step: 'one', target, answer: answer as never, reason: 'r' },
  })
  const foreign = { captured: 'a', ours: 'b', now: 'c' }

  it('who were called are counted, and calls that failed wait', () => {
    const paged: RunEventBody = { type: 'paged', data: { page: 1, via: 'command', seen: 's' } }
    const failing: RunEventBody = {
      type: 'page-failed',
      data: { page: 2, attempt: 1, via: 'command', why: 'w', retryAt: 9 },
    }
    expect(fold(...one, failing).pages).toEqual({ sent: 0, failures: 1, retryAt: 9 })
    expect(fold(...one, paged, failing).pages).toEqual({
      sent: 1,
      lastAt: 5_000_000,
      failures: 1,
      retryAt: 9,
    })
    expect(fold(...one, failing, paged).pages).toEqual({ sent: 1, lastAt: 6_000_000, failures: 0 })
  })

  it('a decision stands until it was seen not to have helped; to leave something stands for good', () => {
    const decision = (...more: readonly RunEventBody[]) =>
      fold(...one, look('unknown', foreign), ...more).steps['one']?.targets['a']?.decision?.answer
    expect(decision(resolved('restore-ours'))).toBe('restore-ours')
    expect(decision(resolved('restore-ours'), look('unknown', foreign))).toBeUndefined()
    expect(decision(resolved('restore-ours'), look('restored'))).toBe('restore-ours')
    expect(decision(resolved('keep-theirs'), look('unknown', foreign))).toBe('keep-theirs')
    expect(decision(resolved('keep-theirs', 'nobody'))).toBeUndefined()
  })

  it('what is over for one target is not over for its step', () => {
    expect(fold(...one, look('left')).steps['one']?.recovery).not.toHaveProperty('verifiedAt')
  })

  it('who take over have every step until they give it back', () => {
    const taken: RunEventBody = { type: 'taken-over', data: { reason: 'mine' } }
    expect(fold(...one, taken).takenOver).toMatchObject({ by: 'Ana', reason: 'mine' })
    const back = fold(...one, taken, resolved('retry'))
    expect(back).not.toHaveProperty('takenOver')
    expect(back.handedBackAt).toBe(6_000_000)
    const two = [created, plan('one', ['a']), plan('two', ['c']), asks, undoes]
    const asksTwo: RunEventBody = {
      type: 'injection-requested',
      data: { ...asks.data, step: 'two' },
    }
    expect(fold(...two, asksTwo, taken, resolved('retry'))).toMatchObject({
      takenOver: { by: 'Ana' },
      steps: { one: { handedBack: true } },
    })
    expect(fold(...two, taken, resolved('retry'))).not.toHaveProperty('takenOver')
    expect(fold(created, plan('one', ['a']), asks, resolved('retry')).steps['one']).not.toHaveProperty(
      'recovery',
    )
  })

  it('who skip a step, or have it tried again, are named with their reason', () => {
    const skipped = fold(created, { type: 'step-skipped', data: { step: 'one', reason: 'r' } })
    expect(skipped.skipped).toEqual({ one: { by: 'Ana', reason: 'r' } })
    const again: RunEventBody = { type: 'step-retry-asked', data: { step: 'one', reason: 'r' } }
    expect(fold(...one, again).steps['one']?.again).toMatchObject({ by: 'Ana', reason: 'r' })
    const cleared: RunEventBody = { type: 'step-cleared', data: { step: 'one' } }
    const once = fold(...one, again, cleared)
    expect(once.steps['one']).toEqual({
      acknowledged: false,
      attempts: 0,
      doubts: [3_000_000],
      round: 1,
      targets: { a: { injection: 'planned', seen: '' }, b: { injection: 'planned', seen: '' } },
    })
    expect(fold(...one, again, cleared, cleared).steps['one']?.round).toBe(2)
    expect(fold(created, plan('one', ['a']), cleared).steps['one']).not.toHaveProperty('doubts')
  })

  it('a clean-up before another try is not why the run is undone', () => {
    const clears: RunEventBody = {
      type: 'recovery-requested',
      data: { step: 'one', reason: 'retry', attempt: 1 },
    }
    expect(fold(created, plan('one', ['a']), asks, clears)).not.toHaveProperty('recoverReason')
    expect(fold(...one)).toMatchObject({ recoverReason: 'abort' })
  })
})

it('what was measured, waited for and answered is kept', () => {
  const measurement = {
    provisional: true,
    verdict: 'held',
    reason: 'r',
    objectives: [],
    points: {},
    parts: {},
    crossChecks: [],
    samples: [],
    evidence: [],
  } as const
  const state = fold(
    created,
    { type: 'steady-state-checked', data: { holds: true, seen: '' } },
    { type: 'step-waited', data: { step: 'rest' } },
    { type: 'response-seen', data: { seen: '' } },
    {
      type: 'measured',
      data: { measurement: { ...measurement, objectives: [], crossChecks: [], samples: [], evidence: [] } },
    },
    { type: 'abort-requested', data: { reason: 'x', cause: 'halt' } },
  )
  expect(state).toMatchObject({
    steadyBefore: true,
    waited: ['rest'],
    responseSeenAt: 4_000_000,
    measurement: { verdict: 'held' },
    abort: { cause: 'halt', by: 'Ana' },
  })
})
