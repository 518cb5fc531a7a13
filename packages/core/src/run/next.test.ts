import { describe, expect, it } from 'vitest'
import type { CompiledEnvironment } from '../environment/environment.ts'
import type { CompiledScenario, CompiledStep } from '../scenario/scenario.ts'
import type { PlatformInstant, WorldInstant } from '../time/instant.ts'
import { ACKNOWLEDGE_WITHIN_MS, next } from './next.ts'
import { PAGE_EVERY_MS } from './next-undo.ts'
import type { RunState, StepState } from './state.ts'
import { STATUSES, type Status } from './status.ts'
import { scenario as two } from './testing/play.ts'

const NOW = 1_800_000_000_000_000
const S = 1_000_000
const environment = { approvalsNeeded: 0 } as CompiledEnvironment
const [one] = two.steps
if (one === undefined || one.kind !== 'inject') throw new Error('the scenario begins with a fault')
const single: CompiledScenario = { ...two, steps: [one] }

const planned = (injection: StepState['targets'][string]['injection'] = 'planned'): StepState => ({
  acknowledged: false,
  attempts: 0,
  targets: { 'i-1': { injection, seen: '' } },
})
const live: StepState = {
  ...planned('injected'),
  undo: 'u',
  acknowledged: true,
  requestedAt: NOW - 10 * S,
  expiresAt: NOW + 590 * S,
  injected: { lo: NOW - 9 * S, hi: NOW - 8 * S },
}

function at(status: Status, over: Partial<RunState> = {}): RunState {
  return {
    status,
    teamId: 't',
    drillId: 'd',
    scenario: { name: 's', hash: '' },
    environment: { name: 'e', hash: '' },
    seed: 1,
    entered: { [status]: NOW - S },
    planned: [],
    steps: { one: planned() },
    waited: [],
    steadyBefore: true,
    ...over,
  }
}

const ask = (
  state: RunState,
  of: CompiledScenario = single,
  over: Readonly<{ environment?: CompiledEnvironment; later?: number; pageEveryMs?: number }> = {},
) =>
  next(state, {
    scenario: of,
    environment: over.environment ?? environment,
    now: (NOW + (over.later ?? 0)) as PlatformInstant,
    worldNow: (NOW + (over.later ?? 0)) as WorldInstant,
    pageEveryMs: over.pageEveryMs,
  })
const goes = (to: Status, why: string | RegExp = /./) => ({
  do: 'record',
  events: [{ type: 'status-changed', data: { to, why: expect.stringMatching(why) as string } }],
})

describe('the one thing to do', () => {
  it.each(STATUSES)('is something for a run that is %s', (status) => {
    expect(ask(at(status, status === 'paused' ? { resumesTo: 'baseline' } : {})).do).toBeTypeOf('string')
  })

  it('waits for approvals where an environment asks for them, and for nobody else', () => {
    const state = at('planning', { planHash: 'p' })
    const strict = { approvalsNeeded: 2 } as CompiledEnvironment
    expect(ask(at('planning'))).toEqual({ do: 'plan' })
    expect(ask(state)).toMatchObject(goes('preflight'))
    expect(ask(state, single, { environment: strict })).toMatchObject(
      goes('awaiting-approval', '2 approvals'),
    )
    expect(ask(at('awaiting-approval'), single, { environment: strict })).toMatchObject({ do: 'wait' })
    expect(ask(at('preflight'))).toEqual({ do: 'check-guardrails' })
  })

  it('backs off after a failed call, but never in an undo', () => {
    const retry = { attempt: 1, code: 'x', at: NOW + S }
    expect(ask(at('planning', { retry }))).toEqual({ do: 'back-off', until: NOW + S })
    expect(ask(at('recovering', { retry }))).toMatchObject(goes('verifying', 'nothing was left'))
  })

  it('watches the steady state for as long as planned', () => {
    expect(ask(at('baseline'))).toMatchObject({ do: 'wait', until: NOW - S + 10 * S })
    expect(ask(at('baseline'), single, { later: 20 * S })).toEqual({ do: 'check-steady-state' })
  })
})

describe('injecting', () => {
  it('stores the way back, waits for the reaper, asks, and looks', () => {
    const prepared = { ...planned(), undo: 'u' }
    expect(ask(at('injecting'))).toMatchObject({ do: 'prepare-undo' })
    expect(ask(at('injecting', { steps: { one: prepared } }))).toMatchObject({ do: 'wait', pollMs: 100 })
    expect(ask(at('injecting', { steps: { one: { ...prepared, acknowledged: true } } }))).toMatchObject({
      do: 'inject',
    })
    const { injected: _, ...asked } = live
    expect(ask(at('injecting', { steps: { one: asked } }))).toMatchObject({ do: 'confirm-injection' })
    expect(ask(at('injecting', { steps: { one: live } }))).toMatchObject(goes('observing'))
  })

  it('is refused without reaper or targets, and undone when anything was asked for', () => {
    const prepared = { one: { ...planned(), undo: 'u' } }
    const late = { later: ACKNOWLEDGE_WITHIN_MS * 1000 }
    expect(ask(at('injecting', { steps: prepared }), single, late)).toMatchObject(goes('refused', 'reaper'))
    expect(ask(at('injecting', { steps: {} }))).toMatchObject(goes('refused', 'no frozen targets'))
    const failed = { ...planned('failed-to-inject'), requestedAt: NOW - S }
    expect(ask(at('injecting', { steps: { one: failed } }))).toMatchObject(
      goes('recovering', 'did not take effect'),
    )
  })

  it('gives the reaper its whole time from when the undo was stored, however late a step comes', () => {
    const lateMs = ACKNOWLEDGE_WITHIN_MS / 2
    const one = { ...planned(), undo: 'u', preparedAt: NOW + lateMs * 1000 }
    const inTime = { later: (ACKNOWLEDGE_WITHIN_MS + lateMs) * 1000 - 1 }
    const until = NOW + (lateMs + ACKNOWLEDGE_WITHIN_MS) * 1000
    expect(ask(at('injecting', { steps: { one } }), single, inTime)).toMatchObject({ do: 'wait', until })
    const tooLate = { later: inTime.later + 1 }
    expect(ask(at('injecting', { steps: { one } }), single, tooLate)).toMatchObject(goes('refused', 'reaper'))
  })

  it('counts from when the step may start where its undo was stored before that', () => {
    const one = { ...planned(), undo: 'u', preparedAt: NOW - 100 * S }
    const until = NOW - S + ACKNOWLEDGE_WITHIN_MS * 1000
    expect(ask(at('injecting', { steps: { one } }))).toMatchObject({ do: 'wait', until })
  })

  it('holds the run for a person when the scenario says so', () => {
    const asks: CompiledStep = { ...one, onFailure: 'ask' }
    const failed = { ...planned('failed-to-inject'), requestedAt: NOW - S }
    expect(ask(at('injecting', { steps: { one: failed } }), { ...single, steps: [asks] })).toMatchObject(
      goes('paused', 'retry it, skip it, or abort'),
    )
  })

  it('waits between steps, not counting what the run was held', () => {
    const wait: CompiledStep = { kind: 'wait', name: 'rest', after: ['one'], durationMs: 20_000 }
    const of = { ...single, steps: [one, wait] }
    const state = at('injecting', { steps: { one: live } })
    expect(ask(state, of)).toMatchObject({ do: 'wait', until: NOW - S + 20 * S })
    const pauses = [
      { from: NOW - 20 * S, to: NOW - 15 * S },
      { from: NOW - S / 2, to: NOW + 4 * S },
      { from: NOW + 500 * S, to: NOW + 600 * S },
    ]
    expect(ask({ ...state, pauses }, of)).toMatchObject({ until: NOW - S + 24.5 * S })
    expect(ask(state, of, { later: 30 * S })).toMatchObject({ events: [{ type: 'step-waited' }] })
    expect(ask({ ...state, waited: ['rest'] }, of)).toMatchObject(goes('observing'))
    expect(ask({ ...state, skipped: { rest: { by: 'a', reason: 'b' } } }, of)).toMatchObject(
      goes('observing', 'but those skipped \\(rest\\)'),
    )
    const early = at('injecting', { steps: { one: { ...live, injected: { lo: NOW, hi: NOW + 2 * S } } } })
    expect(ask(early, of)).toMatchObject({ until: NOW + 22 * S })
  })

  it('does not start a step before what it comes after', () => {
    const orphan: CompiledStep = { kind: 'wait', name: 'never', after: ['nobody'], durationMs: 1 }
    expect(ask(at('injecting', { steps: { one: live } }), { ...single, steps: [one, orphan] })).toMatchObject(
      goes('observing'),
    )
  })

  it('ends a run whose every fault was left out', () => {
    const skipped = { one: { by: 'a', reason: 'b' } }
    expect(ask(at('injecting', { skipped }))).toMatchObject(goes('cancelled', 'every fault was skipped'))
  })
})

describe('a step that is tried again', () => {
  const again = { by: 'a', reason: 'b', at: NOW - S }
  const failed: StepState = { ...planned('failed-to-inject'), requestedAt: NOW - 2 * S, again }
  const recovery = {
    reason: 'retry',
    requestedAt: NOW,
    requestedAtPlatform: NOW,
    attempts: 1,
    accepted: false,
  } as const

  it('is cleared first: asked to go, looked at, and only then as if never tried; held or not', () => {
    for (const status of ['injecting', 'paused'] as const) {
      const run = (step: StepState) => ask(at(status, { resumesTo: 'injecting', steps: { one: step } }))
      expect(run(failed)).toEqual({ do: 'recover', step: 'one', reason: 'retry' })
      expect(run({ ...failed, recovery: { ...recovery, retryAt: NOW + 5 } })).toEqual({
        do: 'back-off',
        until: NOW + 5,
      })
      expect(run({ ...failed, recovery: { ...recovery, accepted: true } })).toEqual({
        do: 'confirm-recovery',
        step: 'one',
      })
      const targets = { 'i-1': { injection: 'restored', seen: '' } } as const
      expect(run({ ...failed, targets })).toMatchObject({ events: [{ type: 'step-cleared' }] })
    }
  })

  it('is undone with everything else when it cannot be cleared in time', () => {
    const run = at('injecting', { steps: { one: failed } })
    expect(ask(run, single, { later: 120 * S })).toMatchObject(goes('recovering', 'could not be cleared'))
  })
})

describe('a held run', () => {
  it('looks at what was asked for, and waits for people otherwise', () => {
    const { injected: _, ...asked } = live
    const held = (step: StepState) => ask(at('paused', { resumesTo: 'injecting', steps: { one: step } }))
    expect(held(asked)).toMatchObject({ do: 'confirm-injection' })
    expect(held(live)).toMatchObject({ do: 'wait', until: (live.requestedAt ?? 0) + 600 * S })
    expect(held({ ...planned('failed-to-inject'), requestedAt: NOW })).toMatchObject({ do: 'wait' })
    expect(held(planned())).toEqual({ do: 'wait', why: 'paused' })
  })

  it('is undone when a fault was in as long as it was approved for', () => {
    const state = at('paused', { resumesTo: 'injecting', steps: { one: live }, pauses: [{ from: NOW }] })
    expect(ask(state, single, { later: 600 * S })).toMatchObject(goes('recovering', 'approved for'))
    const late = { ...live, expiresAt: NOW + 10_000 * S }
    const undoing = at('recovering', { steps: { one: late }, pauses: [{ from: NOW, to: NOW }] })
    expect(ask(undoing)).toEqual({ do: 'recover', step: 'one', reason: 'expiry' })
  })
})

describe('observing', () => {
  it('lasts until the response was seen, or as long as planned, or until the planned restore', () => {
    const state = at('observing', { steps: { one: live } })
    expect(ask(state)).toEqual({ do: 'watch' })
    expect(ask({ ...state, responseSeenAt: NOW })).toMatchObject(goes('recovering', 'response was seen'))
    expect(ask(state, single, { later: 200 * S })).toMatchObject(goes('recovering', 'as long as planned'))
    const restore: CompiledScenario = { ...single, response: 'restore' }
    expect(ask({ ...state, responseSeenAt: NOW }, restore)).toEqual({ do: 'watch' })
    expect(ask(state, restore, { later: 600 * S })).toMatchObject(goes('recovering', 'lasted as long'))
  })
})

describe('undo', () => {
  const asked = (over: Partial<NonNullable<StepState['recovery']>> = {}): StepState => ({
    ...live,
    targets: { 'i-1': { injection: 'recovering', seen: '' } },
    recovery: {
      reason: 'abort',
      requestedAt: NOW,
      requestedAtPlatform: NOW,
      attempts: 1,
      accepted: true,
      ...over,
    },
  })

  it.each([
    [{ recoverReason: 'drift' }, 'drift'],
    [{ abort: { reason: 'x', by: 'a', at: NOW, worldAt: NOW } }, 'abort'],
    [{ abort: { reason: 'x', by: 'a', at: NOW, worldAt: NOW, cause: 'halt' } }, 'halt'],
    [{ responseSeenAt: NOW }, 'response-seen'],
    [{ steps: { one: { ...live, expiresAt: NOW } } }, 'expiry'],
    [{ entered: { recovering: NOW, observing: NOW } }, 'observed-long-enough'],
    [{}, 'injection-failed'],
  ] as const)('says why the faults go: %j', (over, reason) => {
    expect(ask(at('recovering', { steps: { one: live }, ...over }))).toEqual({
      do: 'recover',
      step: 'one',
      reason,
    })
  })

  it('asks for everything before it looks at anything, and lets no step that fails hold up another', () => {
    const both = { one: asked({ accepted: false, attempts: 3, retryAt: NOW + S }), two: live }
    expect(ask(at('aborting', { steps: both }))).toMatchObject({ do: 'recover', step: 'two' })
    expect(ask(at('aborting', { steps: { ...both, two: asked() } }))).toEqual({
      do: 'confirm-recovery',
      step: 'two',
    })
    expect(ask(at('verifying', { steps: { one: asked({ retryAt: NOW + S }) } }))).toEqual({
      do: 'back-off',
      until: NOW + S,
    })
    expect(ask(at('recovering', { steps: { one: asked() } }))).toMatchObject(goes('verifying'))
    const back = { one: { ...asked(), targets: { 'i-1': { injection: 'restored', seen: '' } } } } as const
    expect(ask(at('verifying', { steps: back }))).toMatchObject(goes('settling', 'as it was captured$'))
    const left = { one: { ...asked(), targets: { 'i-1': { injection: 'left', seen: '' } } } } as const
    expect(ask(at('needs-person', { steps: left }))).toMatchObject(
      goes('settling', 'a person left as it is: i-1'),
    )
  })

  it('calls a person when its time is up, counted anew once it was given back', () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [`i-${n}`, { injection: 'unknown', seen: '' } as const]),
    )
    const state = at('verifying', {
      steps: { one: { ...asked(), targets: many } },
      entered: { aborting: NOW },
    })
    const late = { later: 61 * S }
    expect(ask(state, single, late)).toMatchObject({
      events: [
        { type: 'person-needed', data: { why: expect.stringContaining('and 10 more') as string } },
        { data: { to: 'needs-person' } },
      ],
    })
    expect(ask({ ...state, handedBackAt: NOW + 30 * S }, single, late).do).toBe('confirm-recovery')
    expect(ask({ ...state, entered: {} }, single, late).do).toBe('confirm-recovery')
  })

  it('asks a person at once about somebody else’s change, and goes on with the rest', () => {
    const foreign = { captured: 'a', ours: 'b', now: 'c' }
    const disputed: StepState = {
      ...asked({ accepted: false }),
      targets: { 'i-1': { injection: 'unknown', seen: '', foreign } },
    }
    expect(ask(at('recovering', { steps: { one: disputed } }))).toMatchObject({
      events: [
        { type: 'person-needed', data: { why: expect.stringContaining('keep theirs') as string } },
        {},
      ],
    })
    const needy = at('needs-person', {
      steps: { one: disputed, two: live },
      pages: { sent: 1, lastAt: NOW, failures: 0 },
    })
    expect(ask(needy)).toMatchObject({ do: 'recover', step: 'two' })
    expect(ask({ ...needy, steps: { one: disputed } })).toEqual({ do: 'confirm-recovery', step: 'one' })
  })

  it('calls again and again until somebody takes over, and then only describes', () => {
    const state = at('needs-person', { steps: { one: asked({ accepted: false, retryAt: NOW + 900 * S }) } })
    expect(ask(state)).toMatchObject({ do: 'page', page: 1, why: expect.stringContaining('i-1') as string })
    const called = { ...state, pages: { sent: 1, lastAt: NOW, failures: 0 } }
    expect(ask(called)).toMatchObject({ do: 'back-off', at: NOW + PAGE_EVERY_MS * 1000 })
    expect(ask(called, single, { later: PAGE_EVERY_MS * 1000 })).toMatchObject({ do: 'page', page: 2 })
    const sooner = { pageEveryMs: 60_000 }
    expect(ask(called, single, sooner)).toMatchObject({ do: 'back-off', at: NOW + 60_000_000 })
    expect(ask(called, single, { ...sooner, later: 60_000_000 })).toMatchObject({ do: 'page', page: 2 })
    const failed = { ...state, pages: { sent: 0, failures: 1, retryAt: NOW + 5 * S } }
    expect(ask(failed)).toMatchObject({ do: 'back-off', at: NOW + 5 * S })
    expect(ask(failed, single, { later: 5 * S })).toMatchObject({ do: 'page', page: 1 })
    const taken = { ...state, takenOver: { by: 'a', reason: 'b', at: NOW } }
    expect(ask(taken)).toEqual({ do: 'confirm-recovery', step: 'one' })
    const given = { ...taken, steps: { one: { ...asked({ accepted: false }), handedBack: true } } }
    expect(ask(given)).toMatchObject({ do: 'recover', step: 'one' })
    const foreign = { captured: 'a', ours: 'b', now: 'theirs' }
    const asking = {
      ...state,
      steps: { one: { ...live, targets: { 'i-1': { injection: 'unknown' as const, seen: '', foreign } } } },
    }
    expect(ask(asking)).toMatchObject({ do: 'page', why: expect.stringContaining('now theirs') as string })
  })
})

describe('settling', () => {
  it('measures provisionally at once, for good when metrics have settled, and closes with the verdict', () => {
    const measurement = { provisional: true, verdict: 'held', reason: 'r' } as RunState['measurement']
    const state = at('settling')
    const late = { later: 60 * S }
    expect(ask(state)).toEqual({ do: 'measure', provisional: true })
    if (measurement === undefined) return
    expect(ask({ ...state, measurement })).toMatchObject({ do: 'wait' })
    expect(ask({ ...state, measurement }, single, late)).toEqual({ do: 'measure', provisional: false })
    const final = { ...measurement, provisional: false }
    expect(ask({ ...state, measurement: final }, single, late)).toMatchObject(goes('closed', 'held: r'))
    const abort = { reason: 'x', by: 'a', at: NOW, worldAt: NOW }
    expect(ask({ ...state, abort })).toEqual({ do: 'measure', provisional: false })
  })
})
