import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EvidenceStore, RunId } from '@firedrill/core'
import { seededIds } from '../time/seeded.ts'
import { sha256, sha256Bytes } from '../memory/sha256.ts'

/** An evidence store under test, and runs that it knows. */
export type EvidenceUnderTest = Readonly<{
  evidence: EvidenceStore
  /** A run that is there. */
  run(): Promise<RunId>
  close(): Promise<void>
}>

/** What every store of evidence promises, whatever it keeps the bytes in. */
export function evidenceStoreSuite(name: string, open: () => Promise<EvidenceUnderTest>): void {
  describe(`${name}: evidence`, () => {
    const ids = seededIds(17)
    let opened: EvidenceUnderTest | undefined
    const now = () => {
      if (opened === undefined) throw new Error('the store is open only while tests run')
      return opened
    }
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened?.close())

    test('is found by the hash of its bytes, which are kept once, however often they are put', async () => {
      const { evidence } = now()
      const run = await now().run()
      const bytes = new TextEncoder().encode('{"answer":42}')
      const hash = await evidence.put(run, 'capture', bytes)
      expect(hash).toBe(sha256Bytes(bytes))
      expect(await evidence.put(run, 'capture', bytes)).toBe(hash)
      await evidence.put(run, 'samples', bytes)
      expect(Buffer.from((await evidence.get(hash)) ?? [])).toEqual(Buffer.from(bytes))
      const kept = await evidence.ofRun(run)
      expect(kept.map(({ kind, size }) => `${kind} ${size}`).sort()).toEqual(['capture 13', 'samples 13'])
      expect(kept.every((entry) => entry.hash === hash && entry.at > 1_600_000_000_000_000)).toBe(true)
    })

    test('keeps every byte, none at all, and kinds of any text', async () => {
      const { evidence } = now()
      const run = await now().run()
      const every = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256)
      for (const [kind, bytes] of [
        ['bytes of/every kind?', every],
        ['nothing', new Uint8Array()],
      ] as const) {
        const hash = await evidence.put(run, kind, bytes)
        expect(Buffer.from((await evidence.get(hash)) ?? [1]).equals(bytes)).toBe(true)
      }
      expect((await evidence.ofRun(run)).map(({ kind, size }) => `${kind} ${size}`).sort()).toEqual([
        'bytes of/every kind? 70000',
        'nothing 0',
      ])
    })

    test('two that put the same at once both succeed', async () => {
      const { evidence } = now()
      const run = await now().run()
      const bytes = new TextEncoder().encode('at once')
      const hashes = await Promise.all(Array.from({ length: 5 }, () => evidence.put(run, 'plan', bytes)))
      expect(new Set(hashes).size).toBe(1)
      expect(await evidence.ofRun(run)).toHaveLength(1)
    })

    test('of no run is refused, and what nobody put is not found', async () => {
      const { evidence } = now()
      await expect(evidence.put(ids.mint('run'), 'capture', new Uint8Array([1]))).rejects.toThrow(/no run/)
      expect(await evidence.get(sha256('other'))).toBeUndefined()
      expect(await evidence.ofRun(await now().run())).toEqual([])
    })
  })
}
