import type { Actor, CompiledEnvironment, FaultDriver, RunId } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { createAskByPerson } from './ask-by-person.ts'
import { cleanUpLab, type LabOptions } from './testing/clean-up-lab.ts'

const person = (id: string): Actor => ({ kind: 'person', id, name: id })
/** An account: nobody approves their own run. Ana starts every run of a lab. */
const ACCOUNT = {
  environmentKind: 'cloud',
  approvalsNeeded: 2,
  aws: {
    endpoint: 'http://127.0.0.1:4601',
    credentials: { source: 'profile', profile: 'drills' },
    fisRoleArn: 'arn:aws:iam::123456789012:role/fis',
  },
} as const satisfies Partial<CompiledEnvironment>

async function waiting(options: LabOptions = {}) {
  const lab = cleanUpLab({ environment: ACCOUNT, sandboxOnly: false, ...options })
  const run: RunId = await lab.start()
  const { planHash: plan = '' } = await lab.until(run, ({ status }) => status === 'awaiting-approval')
  const people = createAskByPerson({ ...lab.ports, cloud: async () => ({ faults: lab.ports.faults }) })
  const answer = async (what: 'approveRun' | 'declineRun', by: string) => {
    const row = await lab.ports.runs.get('default', run)
    if (row === undefined) throw new Error('no such run')
    await people[what]({ run: row, actor: person(by), reason: 'looked at it', plan })
  }
  const goesOn = async () => {
    for (let round = 0; round < 30; round++) await lab.round(run)
    return lab.state(run)
  }
  return { lab, run, answer, goesOn }
}

/** Other targets from the second look on. */
const drifting = (driver: FaultDriver): FaultDriver => {
  let asked = 0
  return {
    ...driver,
    plan: async (...about) => {
      const plan = await driver.plan(...about)
      asked += 1
      if (!plan.ok || asked === 1) return plan
      const targets = plan.value.targets.map((target) => ({ ...target, id: `${target.id}0` }))
      return { ok: true, value: { ...plan.value, targets } }
    },
  }
}

describe('a run that has to be approved', () => {
  it('goes in once two others have approved it, and not before', async () => {
    const { lab, run, answer, goesOn } = await waiting()
    await expect(answer('approveRun', 'ana')).rejects.toMatchObject({ code: 'state-conflict' })
    await answer('approveRun', 'bo')
    expect((await goesOn()).status).toBe('awaiting-approval')
    expect(lab.world.mutations).toEqual([])
    await answer('approveRun', 'cy')
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.world.mutations.length).toBeGreaterThan(0)
  })

  it('is refused when the targets are no longer those that were approved', async () => {
    const { lab, run, answer } = await waiting({ wrap: drifting })
    await answer('approveRun', 'bo')
    await answer('approveRun', 'cy')
    const { status, refusal = '' } = await lab.toEnd(run)
    expect(status).toBe('refused')
    expect(refusal).toContain('bo’s does not count: of other targets')
    expect(lab.world.mutations).toEqual([])
  })

  it('ends untouched when one person declines it', async () => {
    const { lab, run, answer } = await waiting()
    await answer('approveRun', 'bo')
    await answer('declineRun', 'cy')
    expect(await lab.toEnd(run)).toMatchObject({ status: 'cancelled', declined: { by: 'cy' } })
    expect(lab.world.mutations).toEqual([])
  })
})
