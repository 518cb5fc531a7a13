import type { Drill } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { createStartRun } from './start-run.ts'
import { harshLab } from './testing/mortal-worker.ts'

const eve = { kind: 'person', id: 'eve', name: 'Eve' } as const

/** A start while something happens between its first look and the run it makes. */
async function startWhile(happens: (lab: ReturnType<typeof harshLab>) => Promise<unknown>) {
  const lab = harshLab()
  const { teamId, drillId, scenario, environment } = await lab.state(await lab.start())
  const drill = { teamId, id: drillId, scenario: scenario.name, environment: environment.name } as Drill
  const start = createStartRun({
    ...lab.ports,
    ids: lab.ids,
    clockOf: async (...asked) => {
      await happens(lab)
      return lab.ports.clockOf(...asked)
    },
  })
  return (await start(drill, eve, { sandboxOnly: true })).state
}

describe('a start', () => {
  it('is refused by a halt that was set after it had asked', async () => {
    const state = await startWhile((lab) => lab.ports.halt.set(eve, 'enough'))
    expect(state).toMatchObject({ status: 'refused', refusal: 'the global halt is set (enough)' })
  })

  it('control: goes on without one', async () => {
    expect((await startWhile(async () => undefined)).status).toBe('booked')
  })
})
