import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileEnvironment } from '../environment/compile-environment.ts'
import { compileRunbook } from '../runbook/compile-runbook.ts'
import { compileScenario } from './compile-scenario.ts'

const SEED = 20_261_119
const ROUNDS = 1500

const read = (name: string) => readFileSync(new URL(`../../../../scenarios/${name}`, import.meta.url), 'utf8')
const RUNBOOK = `---
apiVersion: firedrill.dev/v1
kind: Runbook
metadata: { name: evacuate }
---
## Declare
Role: lead
Expected: 2m

Say so.
`

/** Mulberry32: small, seeded, good enough to choose mutations. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '\t',
  '"',
  "'",
  '|',
  '>',
  '&a ',
  '*a',
  '!!map ',
  '? ',
  '#',
  '${',
  '}',
  'null',
  '~',
  '-1',
  '1e999',
  '.nan',
  '0x1F',
  '---\n',
  '%',
  '@',
  '\u0000',
  '\uFEFF',
  '😀',
  '\ud800',
  '__proto__: ',
  'spec:\n',
  '  ',
]

function mutate(text: string, random: () => number): string {
  const pick = (length: number) => Math.floor(random() * length)
  let mutated = text
  for (let times = 1 + pick(4); times > 0; times--) {
    const [from, to] = [pick(mutated.length), pick(mutated.length)].sort((a, b) => a - b) as [number, number]
    const lines = mutated.split('\n')
    const line = pick(lines.length)
    switch (pick(6)) {
      case 0:
        mutated = mutated.slice(0, from) + (PIECES[pick(PIECES.length)] ?? '') + mutated.slice(from)
        break
      case 1:
        mutated = mutated.slice(0, from) + mutated.slice(Math.min(to, from + 40))
        break
      case 2:
        mutated = lines.toSpliced(line, 1).join('\n')
        break
      case 3:
        mutated = lines.toSpliced(line, 0, lines[pick(lines.length)] ?? '').join('\n')
        break
      case 4:
        mutated = lines.with(line, `  ${lines[line] ?? ''}`).join('\n')
        break
      default:
        mutated = mutated.replace(/[a-z]{4,}/g, (word) => (random() < 0.01 ? word.slice(1) : word))
    }
  }
  return mutated
}

const TARGETS = [
  ['instance-kill', read('instance-kill/scenario.yaml'), compileScenario],
  ['dns-record-removal', read('dns-record-removal/scenario.yaml'), compileScenario],
  ['sandbox', read('environments/sandbox.yaml'), (text: string) => compileEnvironment(text)],
  ['runbook', RUNBOOK, compileRunbook],
] as const

describe('random changes to good files', () => {
  it.each(TARGETS)(
    `never crash, never take a second, and always have a place: %s, ${ROUNDS} rounds`,
    (_, good, compile) => {
      const random = generator(SEED)
      let refused = 0
      for (let round = 0; round < ROUNDS; round++) {
        const text = mutate(good, random)
        const before = process.cpuUsage()
        const result = compile(text)
        const { user, system } = process.cpuUsage(before)
        const where = `seed ${SEED}, round ${round}`
        expect(user + system, where).toBeLessThan(1_000_000)
        if (result.ok) continue
        refused++
        expect(result.problems.length, where).toBeGreaterThan(0)
        const lines = text.split('\n').length
        for (const problem of result.problems) {
          expect(problem.line >= 1 && problem.line <= lines + 1 && problem.column >= 1, where).toBe(true)
          expect(problem.message.length > 0 && !problem.message.includes('\u0001'), where).toBe(true)
        }
      }
      // The control: mutations that break nothing would prove nothing, and so would a compiler that refuses everything.
      expect(refused).toBeGreaterThan(ROUNDS / 4)
      expect(compile(good).ok).toBe(true)
    },
  )
})
