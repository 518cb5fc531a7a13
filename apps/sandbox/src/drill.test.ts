import { join } from 'node:path'
import { expect, test } from 'vitest'
import { libraryScenarios, parentsFirst } from './drill.ts'

const ROOT = join(import.meta.dirname, '../../..')

test('a scenario of the library is stored after the one it extends', () => {
  const library = libraryScenarios(ROOT)
  const names = parentsFirst(library).map(({ name }) => name)
  expect(names.toSorted()).toEqual(library.map(({ name }) => name).toSorted())
  expect(names.indexOf('az-evacuation')).toBeGreaterThan(names.indexOf('az-loss'))
  expect(names.indexOf('spot-interruption')).toBeGreaterThan(names.indexOf('instance-terminate'))
  // Control: the order of the folders is not that.
  const folders = library.map(({ name }) => name)
  expect(folders.indexOf('az-evacuation')).toBeLessThan(folders.indexOf('az-loss'))
})

test('scenarios that extend each other in a circle are no endless loop; the API refuses them', () => {
  const file = (name: string, parent: string) => ({
    name,
    source: `spec:\n  extends: ${parent}\n`,
    path: name,
  })
  expect(parentsFirst([file('a', 'b'), file('b', 'a')])).toHaveLength(2)
})
