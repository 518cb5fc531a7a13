import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { knownOperations } from '../testing/known-operations.ts'
import { MATH_FUNCTIONS } from './cloudwatch/metric-math.ts'
import { ACTION_CATALOGUE, ACTION_IDS, TARGETLESS_ACTION_IDS } from './fis/action-catalogue.ts'

const page = readFileSync(new URL('../../../../docs/simulator.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `([a-z0-9-]+\.[A-Z]\w+)` +\| (\w+) +\| (.*)\|$/gm)].map(
  ([, name = '', state = '', notes = '']) => ({
    name,
    state,
    notes: notes.trim(),
  }),
)

it('documents exactly the operations that are there, and as absent only such as are not', () => {
  const documented = rows.filter(({ state }) => state !== 'absent').map(({ name }) => name)
  expect(documented.toSorted()).toEqual(knownOperations().toSorted())
  expect(rows.filter(({ name, state }) => state === 'absent' && knownOperations().includes(name))).toEqual([])
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
})

it('says of every simplified operation what is left out', () => {
  expect(
    rows.map(({ state }) => state).filter((state) => !['full', 'simplified', 'absent'].includes(state)),
  ).toEqual([])
  expect(rows.filter(({ state, notes }) => state === 'simplified' && notes === '')).toEqual([])
})

it('names exactly the FIS actions that can be carried out, and those that find nothing to act on', () => {
  const actions = [...page.matchAll(/^\| `(aws:[a-z0-9:-]+)` +\| (\w+)/gm)]
  const named = (kind: string) => actions.flatMap(([, id = '', state]) => (state === kind ? [id] : []))
  expect(named('effect').toSorted()).toEqual([...ACTION_IDS].toSorted())
  expect(named('empty').toSorted()).toEqual([...TARGETLESS_ACTION_IDS].toSorted())
  expect(named('refused').filter((id) => ACTION_CATALOGUE.has(id))).toEqual([])
})

it('names exactly the functions of metric math that can be worked out', () => {
  const notes = rows.find(({ name }) => name === 'cloudwatch.GetMetricData')?.notes ?? ''
  const named = notes.match(/\b[A-Z]{2,}(?:_[A-Z]+)?\b/g) ?? []
  expect(named.toSorted()).toEqual([...MATH_FUNCTIONS].toSorted())
})
