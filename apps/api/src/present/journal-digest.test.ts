import type { JournalEvent, RunEventBody } from '@firedrill/core'
import { expect, it } from 'vitest'
import { presentEvent } from './event-words.ts'
import { digestEvent, EMPTY_DIGEST } from './journal-digest.ts'

const hash = 'a'.repeat(64)
const targets = Array.from({ length: 120 }, (_, n) => ({
  id: `i-${n}`,
  label: `web-${n}`,
  region: 'eu-west-1',
}))
const halves = [targets.slice(0, 70), targets.slice(70)]

const event = (seq: number, body: RunEventBody): JournalEvent =>
  ({
    ...body,
    seq,
    v: 1,
    runId: 'run_x',
    at: seq,
    worldAt: seq,
    actor: { kind: 'worker', id: 'w', name: 'w' },
    prev: '',
    hash,
  }) as unknown as JournalEvent

const planned = (part: number): RunEventBody => ({
  type: 'planned',
  data: {
    planHash: hash,
    permissions: [],
    steps: [
      {
        step: 'stop',
        fault: 'f',
        faultVersion: 1,
        restoration: 'exact',
        population: 120,
        capture: hash,
        targets: halves[part] ?? [],
      },
    ],
    part: { number: part + 1, of: 2, targets: 120, steps: 1 },
  },
})
const restored = (part: number, injection: 'restored' | 'recovering'): RunEventBody => ({
  type: 'restoration-observed',
  data: {
    step: 'stop',
    observations: (halves[part] ?? []).map(({ id }) => ({ target: id, injection, seen: '' })),
  },
})

it('says of each part of a plan how much the whole of it is', () => {
  const words = [0, 1].map((part) => presentEvent(event(part + 1, planned(part))).summary)
  expect(words).toEqual([
    'Planned: 120 targets frozen in 1 step (part 1 of 2)',
    'Planned: 120 targets frozen in 1 step (part 2 of 2)',
  ])
})

it('calls a step verified when the last of its 120 targets is, not when one event of it says so', () => {
  const bodies = [
    planned(0),
    planned(1),
    restored(0, 'restored'),
    restored(1, 'recovering'),
    restored(0, 'restored'),
  ]
  const open = bodies.reduce((digest, body, n) => digestEvent(digest, event(n + 1, body)), EMPTY_DIGEST)
  expect(open.verifiedAt).toEqual({})
  const done = digestEvent(open, event(6, restored(1, 'restored')))
  expect(done.verifiedAt).toEqual({ stop: 6 })
  expect(digestEvent(done, event(7, restored(1, 'restored'))).verifiedAt).toEqual({ stop: 6 })
})
