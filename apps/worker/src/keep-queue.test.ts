import { AppError, mintId, type RunId } from '@firedrill/core'
import type { Workers } from '@firedrill/queue'
import { manualTime } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { keepQueue } from './keep-queue.ts'
import { createDueServer } from './serve-without-queue.ts'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const run = (n: number): RunId => mintId('run', 1_767_225_600_000 + n, new Uint8Array(10))

/** Workers that only say whether they live, and count what was sent. */
function workers() {
  const state = { isHealthy: true, sent: 0, closed: 0 }
  const made: Workers = {
    hints: { send: async () => void state.sent++ },
    healthy: () => state.isHealthy,
    close: async () => {
      state.closed++
      return true
    },
  }
  return { state, made }
}

describe('a queue that comes and goes', () => {
  it('starts without its queue and opens it once it is there', async () => {
    const time = manualTime()
    const { state, made } = workers()
    let isAway = true
    const queue = keepQueue({
      open: async () => {
        if (isAway) throw new AppError('queue-away', 'away')
        return made
      },
      clock: time.clock,
      log: silent,
    })
    await queue.start()
    expect(queue.isOpen()).toBe(false)
    await expect(queue.hints.send('advance', run(1))).rejects.toMatchObject({ code: 'queue-away' })
    isAway = false
    await time.advance(2000)
    expect(queue.isOpen()).toBe(true)
    await queue.hints.send('advance', run(1))
    expect(state.sent).toBe(1)
    expect(await queue.close()).toBe(true)
    expect(state.closed).toBe(1)
  })

  it('replaces workers that no job comes to any more', async () => {
    const time = manualTime()
    const [first, second] = [workers(), workers()]
    const made = [first.made, second.made]
    const queue = keepQueue({
      open: async () => {
        const next = made.shift()
        if (next === undefined) throw new AppError('queue-away', 'away')
        return next
      },
      clock: time.clock,
      log: silent,
    })
    await queue.start()
    await time.advance(10_000)
    expect(first.state.closed).toBe(0)
    first.state.isHealthy = false
    await time.advance(2000)
    expect(first.state.closed).toBe(1)
    await queue.hints.send('recover', run(1))
    expect(second.state.sent).toBe(1)
    await queue.close()
  })

  it('gives up an opening that hangs, and never uses what opens too late', async () => {
    const time = manualTime()
    const [late, next] = [workers(), workers()]
    const hanging = Promise.withResolvers<Workers>()
    const opened = [hanging.promise, Promise.resolve(next.made)]
    const queue = keepQueue({
      open: () => opened.shift() ?? Promise.reject(new AppError('queue-away', 'away')),
      clock: time.clock,
      log: silent,
    })
    const started = queue.start()
    await time.advance(10_000)
    await started
    expect(queue.isOpen()).toBe(false)
    await time.advance(2000)
    expect(queue.isOpen()).toBe(true)
    hanging.resolve(late.made)
    await queue.hints.send('advance', run(1))
    expect([late.state.sent, late.state.closed, next.state.sent]).toEqual([0, 1, 1])
    await queue.close()
  })

  it('does not start on a queue that may lose jobs', async () => {
    const open = () => Promise.reject(new AppError('config-invalid', 'noeviction'))
    const queue = keepQueue({ open, clock: manualTime().clock, log: silent })
    await expect(queue.start()).rejects.toMatchObject({ code: 'config-invalid' })
  })
})

describe('serving without a queue', () => {
  it('serves every due run of its role, also past one that fails', async () => {
    const served: RunId[] = []
    const server = createDueServer({
      runs: {
        due: async () => [
          { id: run(1), status: 'observing' },
          { id: run(2), status: 'recovering' },
          { id: run(3), status: 'planning' },
        ],
      },
      role: 'advance',
      concurrency: 1,
      serve: async (id) => {
        served.push(id)
        if (id === run(1)) throw new Error('poison')
      },
    })
    await server.look()
    await server.settled()
    expect(served).toEqual([run(1), run(3)])
  })

  it('lets an undo that comes later begin while an earlier one takes long, as far as there is room', async () => {
    const due = [{ id: run(1), status: 'recovering' as const }]
    const begun: RunId[] = []
    const hung = Promise.withResolvers<void>()
    const server = createDueServer({
      runs: { due: async () => due },
      role: 'recover',
      concurrency: 2,
      serve: (id) => {
        begun.push(id)
        return hung.promise
      },
    })
    await server.look()
    due.push({ id: run(2), status: 'recovering' }, { id: run(3), status: 'recovering' })
    await server.look()
    await server.look()
    expect(begun).toEqual([run(1), run(2)])
    due.shift()
    due.shift()
    hung.resolve()
    await server.look()
    await server.settled()
    expect(begun).toEqual([run(1), run(2), run(3)])
  })
})
