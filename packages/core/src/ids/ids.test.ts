import { expect, it } from 'vitest'
import { mintId, parseId } from './ids.ts'

const bytes = (fill: number) => new Uint8Array(10).fill(fill)

it('sort by the time they were minted', () => {
  expect(mintId('run', 1000, bytes(255)) < mintId('run', 1001, bytes(0))).toBe(true)
})

it('are read back as their own kind only', () => {
  const id = mintId('run', 1_700_000_000_000, bytes(7))
  expect(parseId('run', id)).toBe(id)
  expect([parseId('drill', id), parseId('run', `${id}0`), parseId('run', id.toUpperCase())]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

it('carry the version and variant of UUIDv7', () => {
  const body = mintId('run', 0, bytes(255)).slice(4)
  let bits = 0n
  for (const char of body) bits = (bits << 5n) | BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(char))
  expect([(bits >> 76n) & 15n, (bits >> 62n) & 3n]).toEqual([7n, 2n])
})
