import { worldInstant, type MarkerReading, type MarkerWrite } from '@firedrill/core'
import { describe, expect, test } from 'vitest'
import { openBench, type StoreFactory } from './store-factory.ts'

const at = (second: number) => worldInstant(1_700_000_000_000_000 + second * 1_000_000)
const write = (seq: number, outcome: MarkerWrite['outcome'] = 'acknowledged'): MarkerWrite => ({
  seq,
  sentAt: at(seq),
  endedAt: at(seq + 1),
  outcome,
  ...(outcome === 'acknowledged' ? {} : { detail: 'timeout connect' }),
})

/** What the store of numbered writes promises. */
export function markerStoreSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: markers`, () => {
    const bench = openBench(factory)

    test('writes and readings come back in order, and what is sent twice counts once', async () => {
      const { markers } = bench.stores
      const { id } = await bench.run()
      expect(await markers.open(id, 'orders')).toBe(-1)
      await markers.append(id, 'orders', [write(2, 'failed'), write(1), write(0)])
      await markers.append(id, 'orders', [write(1, 'failed'), write(3, 'unusable')])
      await markers.append(id, 'orders', [])
      expect(await markers.open(id, 'orders')).toBe(3)
      const reading: MarkerReading = {
        why: 'switch',
        startedAt: at(5),
        endedAt: at(6),
        upTo: 1,
        present: [
          [0, 0],
          [4, 9],
        ],
      }
      const returned: MarkerReading = { ...reading, why: 'return', startedAt: at(9), endedAt: at(9) }
      await markers.addReading(id, 'orders', returned)
      await markers.addReading(id, 'orders', reading)
      await markers.addReading(id, 'orders', reading)
      await markers.open(id, 'ledger')
      expect(await markers.read(id)).toEqual([
        { marker: 'ledger', writes: [], readings: [] },
        {
          marker: 'orders',
          writes: [write(0), write(1), write(2, 'failed'), write(3, 'unusable')],
          readings: [reading, returned],
        },
      ])
      expect(await markers.read((await bench.run()).id)).toEqual([])
    })

    test('nothing is written for a run, or a marker, that was not opened', async () => {
      const { markers } = bench.stores
      const { id } = await bench.run()
      await expect(markers.open(bench.runId(), 'orders')).rejects.toThrow(/no run/)
      await expect(markers.append(id, 'orders', [write(0)])).rejects.toThrow()
    })

    test('writes count as left behind from the end of the probes until they are seen to be gone, or stay by consent', async () => {
      const { markers } = bench.stores
      const { id, teamId } = await bench.run()
      const left = async () => (await markers.leftBehind()).filter(({ runId }) => runId === id)
      await markers.open(id, 'orders')
      expect(await left()).toEqual([{ runId: id, teamId, marker: 'orders' }])
      await markers.conclude(id, 'orders', { state: 'failed', note: 'status 503' })
      expect(await left()).toHaveLength(1)
      await markers.conclude(id, 'orders', { state: 'removed', note: '3 writes' })
      await markers.conclude(id, 'orders', { state: 'failed', note: 'too late' })
      expect(await left()).toEqual([])
      expect((await markers.read(id))[0]?.cleanUp).toEqual({ state: 'removed', note: '3 writes' })
    })
  })
}
