import { fakeFaultDriver, fakeWorld } from '@firedrill/testkit'
import { worldInstant, type FaultDriver, type RunId, type UndoPlan } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { groupsOf, type Ask } from './ask-to-go.ts'

const { driver: plain } = fakeFaultDriver({ world: fakeWorld([]) })

function asks(count: number, driver: FaultDriver): readonly Ask[] {
  return Array.from({ length: count }, (_, n): Ask => {
    const step = `step-${n}`
    const plan: UndoPlan = {
      fault: driver.name,
      faultVersion: 1,
      targets: [],
      restoration: 'exact',
      capture: n % 2,
      key: step,
      commands: [],
    }
    const about = { teamId: 't', runId: 'run_x' as RunId, step, hash: 'h', environmentHash: 'e' }
    const record = { ...about, plan, expiresAt: worldInstant(0), status: 'live' } as const
    return { step, undo: { ok: true, value: { record, driver, isNewlyDecided: false } } }
  })
}

const sizes = (groups: readonly (readonly Ask[])[]) =>
  groups.map(({ length }) => length).toSorted((a, b) => b - a)

describe('undos of one run', () => {
  it('go together where one call can carry them out, and no more at once than it can answer in time', () => {
    const recover = async () => []
    const together = (most?: number): FaultDriver => ({
      ...plain,
      together: {
        key: ({ capture }) => JSON.stringify(capture),
        recover,
        ...(most === undefined ? {} : { most }),
      },
    })
    expect(sizes(groupsOf(asks(46, together(10))))).toEqual([10, 10, 10, 10, 3, 3])
    expect(sizes(groupsOf(asks(46, together())))).toEqual([23, 23])
    expect(sizes(groupsOf(asks(3, plain)))).toEqual([1, 1, 1])
  })
})
