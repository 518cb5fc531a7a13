import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { evolve, journalProblem, type JournalEvent, type RunState } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { sha256 } from './judge.ts'

const FOLDER = fileURLToPath(new URL('../../../../fixtures/histories/', import.meta.url))
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'))

/** The first line of a history: the state that its journal folded to when it was written. */
type Head = Readonly<{ history: string; shows: string; state: RunState }>

function read(file: string): Readonly<{ head: Head; events: readonly JournalEvent[] }> {
  const [first = '', ...rest] = readFileSync(`${FOLDER}${file}`, 'utf8').trim().split('\n')
  return { head: JSON.parse(first) as Head, events: rest.map((line) => JSON.parse(line) as JournalEvent) }
}

function folded(events: readonly JournalEvent[]): RunState | undefined {
  return events.reduce<RunState | undefined>((state, event) => evolve(state, event), undefined)
}

describe('journals of earlier versions', () => {
  it('are at least twenty, and no two show the same', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(20)
    expect(new Set(FILES.map((file) => read(file).head.shows)).size).toBe(FILES.length)
  })

  it.each(FILES)('%s: the chain holds, and it folds to the state and the verdict of its time', (file) => {
    const { head, events } = read(file)
    expect(journalProblem(events, sha256)).toBeUndefined()
    // A later version may know more of a run; what was known must not become something else.
    expect(folded(events)).toMatchObject(head.state)
    expect(folded(events)?.measurement?.verdict).toBe(head.state.measurement?.verdict)
  })

  it('control: one that lacks an event neither holds nor folds to the same', () => {
    const { head, events } = read(FILES[0] ?? '')
    const torn = events.filter(({ type }) => type !== 'undo-prepared')
    expect(journalProblem(torn, sha256)).toBeDefined()
    expect(isDeepStrictEqual(folded(torn), head.state)).toBe(false)
  })
})
