import { describe, expect, it } from 'vitest'
import { hostClock } from '../testing/loopback.ts'
import { createBatcher, type BatcherOptions } from './batcher.ts'

function collect(options: Partial<BatcherOptions<number>> = {}) {
  const taken: number[][] = []
  const failures: number[] = []
  const batcher = createBatcher<number>({
    deliver: (batch) => {
      taken.push([...batch])
      return Promise.resolve()
    },
    clock: hostClock,
    everyMs: 20,
    batchMax: 4,
    keepMax: 100,
    onFailure: (_error, pending) => void failures.push(pending),
    ...options,
  })
  return { batcher, taken, failures }
}

describe('a batcher', () => {
  it('hands everything over once, in order, in bounded batches, and drains when closed', async () => {
    const { batcher, taken } = collect()
    for (let item = 0; item < 10; item++) batcher.add(item)
    expect(taken).toEqual([])
    expect(await batcher.close(1000)).toBe(0)
    expect(taken).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ])
  })

  it('delivers at most once in its period while items trickle in', async () => {
    const { batcher, taken } = collect({ everyMs: 100, batchMax: 1000 })
    for (let item = 0; item < 25; item++) {
      batcher.add(item)
      await hostClock.sleep(10)
    }
    await batcher.close(1000)
    expect(taken.flat()).toEqual(Array.from({ length: 25 }, (_, item) => item))
    expect(taken.length).toBeLessThanOrEqual(8)
  })

  it('loses nothing while the receiver fails, and says that it fails', async () => {
    let failing = 3
    const received: number[] = []
    const { batcher, failures } = collect({
      deliver: (batch) => {
        if (failing-- > 0) return Promise.reject(new Error('the database is away'))
        received.push(...batch)
        return Promise.resolve()
      },
    })
    for (let item = 0; item < 6; item++) batcher.add(item)
    expect(await batcher.close(5000)).toBe(0)
    expect(received).toEqual([0, 1, 2, 3, 4, 5])
    expect(failures).toEqual([6, 6, 6])
  })

  it('keeps a bounded number and counts what it had to give up', async () => {
    const { batcher } = collect({ keepMax: 5, deliver: () => Promise.reject(new Error('away')) })
    for (let item = 0; item < 8; item++) batcher.add(item)
    expect([batcher.pending(), batcher.lost()]).toEqual([5, 3])
    expect(await batcher.close(50)).toBe(5)
  })

  it('does not wait for ever for a receiver that never answers', async () => {
    const { batcher } = collect({ deliver: () => new Promise(() => undefined) })
    batcher.add(1)
    expect(await batcher.close(100)).toBe(1)
  })
})
