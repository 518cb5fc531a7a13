import { EVENT_VERSIONS } from '@firedrill/core'
import { buildJournal, buildRunCreated } from '@firedrill/testkit'
import { expect, test } from 'vitest'
import { lifted } from './upcast.ts'

const [event] = buildJournal([buildRunCreated()])
if (event === undefined) throw new Error('a journal has a first event')

test('an event of an old version is lifted step by step and keeps the hash it was written with', () => {
  const upcasters = {
    'run-created': {
      1: (data: unknown) => ({ ...(data as object), two: 2 }),
      2: (data: unknown) => ({ ...(data as object), three: 3 }),
    },
  }
  const current = lifted(event, upcasters, { ...EVENT_VERSIONS, 'run-created': 3 })
  expect(current).toMatchObject({ v: 3, hash: event.hash, data: { two: 2, three: 3 } })
  expect(lifted(event)).toBe(event)
})

test('an event that cannot be lifted, or is from the future, is an error and not a guess', () => {
  expect(() => lifted(event, {}, { ...EVENT_VERSIONS, 'run-created': 2 })).toThrow(/no upcaster/)
  expect(() => lifted({ ...event, v: 9 })).toThrow(/newer version/)
})
