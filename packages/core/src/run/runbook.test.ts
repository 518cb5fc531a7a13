import { describe, expect, it } from 'vitest'
import { checkStep } from '../runbook/check-step.ts'
import type { CompiledRunbook } from '../runbook/runbook.ts'
import { worldInstant } from '../time/instant.ts'
import { decideRunbookStep, type AskOfRunbook } from './decide-runbook.ts'
import { evolve } from './evolve.ts'
import type { RunEventBody } from './events.ts'
import type { RunState } from './state.ts'

const ref = { name: 'x', hash: 'a'.repeat(64) }
const step = { role: 'lead', expectedMs: 60_000, instructions: '' }
const RUNBOOK: CompiledRunbook = {
  apiVersion: 'firedrill.dev/v1',
  kind: 'Runbook',
  name: 'x',
  title: 'X',
  steps: [
    { ...step, name: 'decide', title: 'Decide', marks: 'decided' },
    { ...step, name: 'look', title: 'Look', check: 'web' },
    { ...step, name: 'stop', title: 'Stop', action: 'abort' },
    { ...step, name: 'go-on', title: 'Go on', action: 'continue' },
  ],
}

/** A run and what people say of it, folded event by event. */
function running(status: RunState['status'] = 'observing') {
  let seq = 0
  let state: RunState | undefined
  const append = (events: readonly RunEventBody[]): RunState => {
    for (const { type, data } of events) {
      seq += 1
      const at = seq * 1_000_000
      const actor = { kind: 'person', id: 'ana', name: 'Ana' } as const
      state = evolve(state, { seq, v: 1, type, data, at, worldAt: at, actor } as Parameters<typeof evolve>[1])
    }
    if (state === undefined) throw new Error('nothing was folded')
    return state
  }
  const created = { teamId: 't', drillId: 'd', scenario: ref, environment: ref, runbook: ref, seed: 1 }
  append([{ type: 'run-created', data: created }])
  if (status !== 'booked')
    append([
      { type: 'status-changed', data: { from: 'baseline', to: 'injecting', why: '' } },
      { type: 'status-changed', data: { from: 'injecting', to: 'observing', why: '' } },
    ])
  return {
    append,
    say(asked: Omit<AskOfRunbook, 'note'> & Readonly<{ note?: string }>) {
      const answer = decideRunbookStep(append([]), RUNBOOK, { note: '', ...asked })
      append(answer.events)
      return answer.refused ?? answer.events.map(({ type }) => type)
    },
    state: () => append([]),
  }
}

describe('a step of a runbook', () => {
  it('is begun, then done, by whoever says so, and saying it twice changes nothing', () => {
    const run = running()
    expect(run.say({ step: 'decide', act: 'done' })).toContain('was not started')
    expect(run.say({ step: 'decide', act: 'start', note: 'it is me' })).toEqual(['runbook-step-started'])
    expect(run.say({ step: 'decide', act: 'start' })).toEqual([])
    expect(run.say({ step: 'decide', act: 'done' })).toEqual(['runbook-step-done'])
    expect(run.say({ step: 'decide', act: 'done' })).toEqual([])
    expect(run.say({ step: 'decide', act: 'skip', note: 'no' })).toContain('was done by Ana')
    expect(run.state().runbookSteps?.['decide']).toMatchObject({
      marks: 'decided',
      started: { by: 'Ana', note: 'it is me', at: 4_000_000 },
      done: { at: 5_000_000 },
    })
  })

  it('is left out only with a note, and is not begun after that', () => {
    const run = running()
    expect(run.say({ step: 'decide', act: 'skip' })).toContain('takes a note')
    expect(run.say({ step: 'decide', act: 'skip', note: 'known' })).toEqual(['runbook-step-skipped'])
    expect(run.say({ step: 'decide', act: 'start' })).toContain('was left out by Ana')
  })

  it('with a check is done only when that passes; control: without one it needs none', () => {
    const run = running()
    run.say({ step: 'look', act: 'start' })
    expect(run.say({ step: 'look', act: 'done' })).toContain('was not looked at')
    expect(run.say({ step: 'look', act: 'done', check: { passes: false, seen: 'refused' } })).toContain(
      'refused',
    )
    expect(run.say({ step: 'look', act: 'done', check: { passes: true, seen: '3 good' } })).toEqual([
      'runbook-step-done',
    ])
    expect(run.state().runbookSteps?.['look']?.done?.checked).toBe('3 good')
  })

  it('has the platform abort the run, or let a held one go on, in the same breath', () => {
    const stopped = running()
    expect(stopped.say({ step: 'stop', act: 'start' })).toEqual([
      'runbook-step-started',
      'abort-requested',
      'status-changed',
    ])
    expect(stopped.state().status).toBe('aborting')
    const held = running()
    held.append([{ type: 'status-changed', data: { from: 'observing', to: 'paused', why: '' } }])
    held.say({ step: 'go-on', act: 'start' })
    expect(held.state().status).toBe('observing')
  })

  it('is not there before faults go in, after the end, or under another name', () => {
    expect(running('booked').say({ step: 'decide', act: 'start' })).toContain('begins when faults go in')
    const over = running()
    over.append([{ type: 'status-changed', data: { from: 'settling', to: 'closed', why: '' } }])
    expect(over.say({ step: 'decide', act: 'start' })).toContain('already closed')
    expect(running().say({ step: 'dcide', act: 'start' })).toContain('it has decide, look')
  })
})

describe('the check of a step', () => {
  const at = (second: number, outcome: 'good' | 'bad' | 'unusable', vantage = 'a') => ({
    probe: 'web',
    vantage,
    start: worldInstant(second * 1_000_000),
    end: worldInstant(second * 1_000_000 + 1000),
    outcome,
  })
  const ask = { probe: 'web', vantages: ['a'], since: worldInstant(10_000_000) }
  const good = [11, 12, 13].map((second) => at(second, 'good'))

  it('passes by three good in a row from every vantage since the step was begun', () => {
    expect(checkStep([at(10, 'bad'), ...good], ask).passes).toBe(true)
    expect(checkStep([...good, at(14, 'unusable')], ask).passes).toBe(true)
  })

  it('does not by what was good before, by a bad one among the last, or where a vantage says nothing', () => {
    expect(
      checkStep(
        [7, 8, 9].map((second) => at(second, 'good')),
        ask,
      ).passes,
    ).toBe(false)
    expect(checkStep([...good, at(14, 'bad')], ask).passes).toBe(false)
    expect(checkStep(good, { ...ask, vantages: ['a', 'b'] }).passes).toBe(false)
  })
})
