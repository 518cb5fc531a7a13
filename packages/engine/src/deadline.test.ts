import { manualTime } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { callOut } from './call-out.ts'
import { Hung, withDeadline } from './deadline.ts'

const never = new AbortController().signal

describe('the end of a call', () => {
  it('is seen by the next request after a pause, before any timer fires', async () => {
    // Time jumps and no sleeper wakes: so it is for a process that was stopped and goes on in the middle of its work.
    let nowMs = 0
    const paused = { monotonicMs: () => nowMs, sleep: () => new Promise<void>(() => undefined) }
    const requests: string[] = []
    await withDeadline(paused, 5000, never, async (signal) => {
      for (const request of ['find', 'create', 'start']) {
        if (signal.aborted) return
        requests.push(request)
        if (request === 'create') nowMs += 60_000
      }
    })
    expect(requests).toEqual(['find', 'create'])
  })

  it('is seen as soon as the hold on the run has passed', async () => {
    const time = manualTime()
    let holds = true
    const seen = await withDeadline(
      time.clock,
      60_000,
      never,
      async (signal) => {
        const before = signal.aborted
        holds = false
        return [before, signal.aborted]
      },
      () => holds,
    )
    expect(seen).toEqual([false, true])
  })

  it('comes to work that never settles, as a failure that leaves open what an act has done', async () => {
    const time = manualTime()
    const hangs = () => new Promise<never>(() => undefined)
    const bare = withDeadline(time.clock, 1000, never, hangs)
    const refused = expect(bare).rejects.toBeInstanceOf(Hung)
    const site = { operation: 'fake.Set', timeoutMs: 1000, isAct: true }
    const act = callOut(time.clock, site, never, hangs)
    const look = callOut(time.clock, { ...site, isAct: false }, never, hangs)
    await time.advance(3000)
    await refused
    expect(await act).toMatchObject({ ok: false, failure: { kind: 'ambiguous' } })
    expect(await look).toMatchObject({ ok: false, failure: { kind: 'transient' } })
  })

  it('comes with its parent', async () => {
    const parent = new AbortController()
    const seen = await withDeadline(manualTime().clock, 1000, parent.signal, async (signal) => {
      parent.abort()
      return signal.aborted
    })
    expect(seen).toBe(true)
  })
})
