import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../server.ts'
import { runLockstepDrill } from '../testing/lockstep-drill.ts'
import { joinAsMember } from '../testing/lockstep-member.ts'
import { SECOND } from '../world/model.ts'

const START = 1_800_000_000 * SECOND

const running: Simulator[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

const begin = async (): Promise<Simulator> => {
  const simulator = await startSimulator({ rate: 'lockstep', startAt: START })
  running.push(simulator)
  return simulator
}

const seconds = ({ world }: Simulator): number => (world.now() - START) / SECOND

describe('lockstep time', () => {
  it('gives the same drill every time over processes and sockets: transitions and what a visitor saw, by seed', async () => {
    const runs = []
    for (let run = 0; run < 2; run += 1) runs.push(await runLockstepDrill({ seed: 5, minutes: 7 }))
    const [first, ...others] = runs
    expect(first?.seen).toMatch(/^2{60}.*5.*2{100}$/)
    expect(first?.seen).toHaveLength(420)
    for (const other of others) {
      expect(other.seen).toBe(first?.seen)
      expect(other.transitions).toEqual(first?.transitions)
    }
    const another = await runLockstepDrill({ seed: 6, minutes: 7 })
    expect(another.transitions).not.toEqual(first?.transitions)
    // Six processes of their own, which a busy machine takes its time to start.
  }, 90_000)

  it('waits for every member, whatever the others want, and takes those due at one instant by name', async () => {
    const simulator = await begin()
    const slow = await joinAsMember(simulator.endpoints.control, 'b-slow')
    const quick = await joinAsMember(simulator.endpoints.control, 'a-quick')
    const order: string[] = []
    const hurry = (async () => {
      for (let turn = 0; turn < 5; turn += 1) {
        await quick.wait(10)
        order.push(`quick ${seconds(simulator)}`)
      }
      await quick.leave()
    })()
    // The slow one has not said when it wakes; nothing may happen meanwhile.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((next) => setImmediate(next))
    expect(seconds(simulator)).toBe(0)
    await slow.wait(30)
    order.push(`slow ${seconds(simulator)}`)
    await slow.leave()
    await hurry
    expect(order.slice(0, 4)).toEqual(['quick 10', 'quick 20', 'quick 30', 'slow 30'])
  })

  it('goes on without a member that fell silent while it was busy, after its lease', async () => {
    const simulator = await begin()
    const { control } = simulator.endpoints
    const dead = { member: 'dead', leaseMs: 300 }
    await fetch(`${control}/lockstep/join`, { method: 'POST', body: JSON.stringify(dead) })
    const alive = await joinAsMember(control, 'alive')
    await alive.wait(60)
    expect(seconds(simulator)).toBe(60)
    const late = await fetch(`${control}/lockstep/wait`, {
      method: 'POST',
      body: JSON.stringify({ member: 'dead', ms: 1 }),
    })
    expect(late.status).toBe(410)
  })

  it('stands still with nobody in it', async () => {
    const simulator = await begin()
    for (let turn = 0; turn < 50; turn += 1) await new Promise((next) => setImmediate(next))
    expect(seconds(simulator)).toBe(0)
  })

  it('is refused on a clock that runs by itself', async () => {
    const simulator = await startSimulator({ rate: 1 })
    running.push(simulator)
    await expect(joinAsMember(simulator.endpoints.control, 'a')).rejects.toThrow('409')
  })
})
