import type { FaultDriver, InjectStep, Outcome } from '@firedrill/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createFaultCatalogue } from '../catalogue.ts'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  type SimulatedAccount,
} from '../testing/simulated-account.ts'

const STEPS: readonly InjectStep[] = [
  injectStep('ec2-stop-instances', { tags: { service: 'checkout' } }),
  injectStep('route53-remove-record', { zone: 'public', record: 'checkout.larkspur.example' }),
]
const SEEDS = [11, 12, 13, 14, 15]
const TRIES = 80

let account: SimulatedAccount | undefined
afterEach(async () => account?.close())

/** An account in which a third of all calls is throttled, fails, or is carried out and left unanswered. */
async function hostileAccount(seed: number): Promise<SimulatedAccount> {
  const made = await simulatedAccount({}, seed)
  account = made
  return made
}

function makeHostile({ sim }: SimulatedAccount): void {
  for (const [kind, probability] of [
    ['throttle', 0.12],
    ['fail', 0.08],
    ['drop', 0.15],
  ] as const)
    sim.world.adversity.add({ operation: '*', kind, probability, count: null, delay: 0 })
}

/** Tries again, with world time going on, until an answer satisfies. */
async function until<T>(
  { advance }: SimulatedAccount,
  ask: () => Promise<Outcome<T>>,
  isEnough: (value: T) => boolean = () => true,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await ask()
    if (answer.ok && isEnough(answer.value)) return answer.value
    advance(6)
  }
  throw new Error('it did not come to an end')
}

/** A drill as the engine makes it: at most one act a key, confirm by describing, undo until verified. */
async function drill(
  on: SimulatedAccount,
  driver: FaultDriver,
  step: InjectStep,
  keyOf: (attempt: number) => string,
) {
  const plan = storedPlan(valueOf(await driver.plan(step, 1, on.context)))
  makeHostile(on)
  let attempt = 0
  const { handle } = await until(on, () => driver.apply(step, plan, keyOf(attempt++), on.context))
  let live = stored(driver.undo(step, plan, keyOf(0), on.environment), handle)
  await until(
    on,
    () => driver.confirm(live, on.context),
    ({ observations }) => observations.every(({ injection }) => injection === 'injected'),
  )
  const recover = async () => {
    const done = await driver.recover(live, on.context)
    if (done.ok && done.value.undoHandle !== undefined) live = { ...live, undoHandle: done.value.undoHandle }
    return done
  }
  await until(on, recover)
  return until(
    on,
    async () => {
      const seen = await driver.confirmRecovered(live, on.context)
      if (seen.ok && seen.value.observations.some(({ injection }) => injection === 'injected'))
        await recover()
      return seen
    },
    ({ observations }) => observations.every(({ injection }) => injection === 'restored'),
  )
}

function driverOf(on: SimulatedAccount, step: InjectStep): FaultDriver {
  const driver = createFaultCatalogue(on.clients).get(step.fault)
  if (driver === undefined) throw new Error(`no fault ${step.fault}`)
  return driver
}

/** How often each fault took effect, from the witness. */
function effects({ sim }: SimulatedAccount) {
  const changes = sim.world.calls
    .mutations()
    .filter(({ operation, outcome }) => operation === 'ChangeResourceRecordSets' && outcome === 'ok')
  return {
    experiments: [...sim.world.kernel.store.table('fis-experiments').entries()].length,
    templates: [...sim.world.kernel.store.table('fis-templates').entries()].length,
    removals: changes.filter(({ summary }) => isOnly(summary, 'DELETE')).length,
    restores: changes.filter(({ summary }) => isOnly(summary, 'CREATE')).length,
  }
}

/** A batch that both deletes and creates the same records takes nothing away and puts nothing back. */
function isOnly(summary: string, action: 'DELETE' | 'CREATE'): boolean {
  const other = action === 'DELETE' ? 'CREATE' : 'DELETE'
  return summary.includes(`"Action":"${action}"`) && !summary.includes(`"Action":"${other}"`)
}

function stateOf({ sim }: SimulatedAccount) {
  return {
    records: [...sim.world.kernel.store.table('record-sets').entries()].toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    ),
    instances: [...sim.world.compute.instances.values()].map(({ id, state, appUp }) => ({
      id,
      state,
      appUp,
    })),
  }
}

describe.each(STEPS.map((step) => [step.fault, step] as const))(
  '%s in an account that loses a third of its calls',
  (_, step) => {
    it.each(SEEDS)('takes effect once and is put back as it was (seed %i)', async (seed) => {
      const on = await hostileAccount(seed)
      const before = stateOf(on)
      await drill(on, driverOf(on, step), step, () => 'run_x/step/1')
      expect(effects(on)).toEqual(
        step.fault === 'ec2-stop-instances'
          ? { experiments: 1, templates: 0, removals: 0, restores: 0 }
          : { experiments: 0, templates: 0, removals: 1, restores: 1 },
      )
      expect(stateOf(on)).toEqual(before)
    })
  },
)

describe('control', () => {
  it('an act that takes a new key for each try takes effect more than once', async () => {
    const [step] = STEPS
    if (step === undefined) throw new Error('no step')
    const counts: number[] = []
    for (const seed of SEEDS) {
      const on = await hostileAccount(seed)
      const driver = driverOf(on, step)
      const plan = storedPlan(valueOf(await driver.plan(step, 1, on.context)))
      makeHostile(on)
      let attempt = 0
      await until(on, () => driver.apply(step, plan, `key-${attempt++}`, on.context))
      counts.push(effects(on).templates)
      await on.close()
    }
    expect(Math.max(...counts)).toBeGreaterThan(1)
  })
})
