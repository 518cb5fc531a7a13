import { expect, test } from 'vitest'
import { INJECTION_WORDS } from './injections.ts'
import { LANE_WORDS } from './lanes.ts'
import { STATUS_WORDS } from './statuses.ts'
import { OPEN_WORD, VERDICT_WORDS } from './verdicts.ts'
import type { Word } from './word.ts'

test('no two verdicts share a shape, so that they are told apart without colour', () => {
  const icons = [...Object.values(VERDICT_WORDS), OPEN_WORD].map(({ icon }) => icon)
  expect(new Set(icons).size).toBe(icons.length)
})

test('words of one kind are all different, and each explains itself', () => {
  const kinds: readonly Readonly<Record<string, Word>>[] = [
    STATUS_WORDS,
    VERDICT_WORDS,
    INJECTION_WORDS,
    LANE_WORDS,
  ]
  for (const words of kinds) {
    const all = Object.values(words)
    expect(new Set(all.map(({ word }) => word)).size).toBe(all.length)
    expect(all.every(({ means }) => means.endsWith('.'))).toBe(true)
  }
})

test('broken on purpose and outside an objective never look alike', () => {
  expect(INJECTION_WORDS.injected.role).toBe('fault')
  expect(VERDICT_WORDS.deviated.role).toBe('deviated')
  expect(INJECTION_WORDS.injected.icon).not.toBe(VERDICT_WORDS.deviated.icon)
})
