import { expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

it('sorts keys by code unit, at every depth, and leaves undefined out', () => {
  expect(canonicalJson({ b: [{ z: 1, a: 'é' }], a: undefined, '€': 1, '\r': 2 })).toBe(
    '{"\\r":2,"b":[{"a":"é","z":1}],"€":1}',
  )
})

it('names the place of what JSON cannot hold', () => {
  expect(() => canonicalJson({ a: [1, Number.NaN] })).toThrow('$.a[1]')
})
