import { ListExperimentsCommand } from '@aws-sdk/client-fis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEc2StopInstances } from './faults/ec2-stop-instances/fault.ts'
import { createReadiness } from './readiness.ts'
import { createIdentity } from './sts/identity.ts'
import { injectStep, simulatedAccount, valueOf, type SimulatedAccount } from './testing/simulated-account.ts'

const { signal } = new AbortController()
const step = injectStep('ec2-stop-instances', { tags: { service: 'checkout' } })

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(async () => account.close())

const readiness = () => createReadiness(account.clients)
const lever = (region = 'primary') => readiness().safetyLever(account.environment, region, signal)

/** Moves the lever as its owner would; the client has no command for it. */
async function engage(region: string): Promise<void> {
  const { fis } = valueOf(
    account.clients.get({ environment: account.environment, region, purpose: 'inject' }),
  )
  const command = new ListExperimentsCommand({})
  command.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { headers: Record<string, string> }
      const body = JSON.stringify({ state: { status: 'engaged', reason: 'no drills today' } })
      Object.assign(request, { method: 'PATCH', path: '/safetyLevers/default/state', body })
      request.headers['content-type'] = 'application/json'
      request.headers['content-length'] = String(Buffer.byteLength(body))
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'engage' },
  )
  await fis.send(command)
}

async function inject(key: string): Promise<void> {
  const driver = createEc2StopInstances(account.clients)
  const plan = valueOf(await driver.plan(step, 1, account.context))
  valueOf(await driver.apply(step, plan, key, account.context))
}

describe('the safety lever', () => {
  it('is read over the wire as it stands, with its reason, for each Region alone', async () => {
    expect(valueOf(await lever())).toMatchObject({ state: 'disengaged' })
    await inject('run_x/stop/1')
    account.advance(20)
    await engage('primary')
    expect(valueOf(await lever())).toEqual({ state: 'engaging', reason: 'no drills today' })
    account.advance(120)
    expect(valueOf(await lever())).toEqual({ state: 'engaged', reason: 'no drills today' })
    expect(valueOf(await lever('standby'))).toMatchObject({ state: 'disengaged' })
  })

  it('that FIS does not tell is a failure with the code of FIS, never a lever at rest', async () => {
    const refused = { operation: 'fis.GetSafetyLever', probability: 1, count: 1, delay: 0 }
    account.sim.world.adversity.add({ ...refused, kind: 'throttle' })
    expect(await lever()).toMatchObject({
      ok: false,
      failure: { kind: 'throttled', operation: 'fis.GetSafetyLever' },
    })
    account.sim.world.adversity.add({ ...refused, kind: 'drop' })
    expect(await lever()).toMatchObject({ ok: false, failure: { kind: 'transient' } })
    expect(await lever('nowhere')).toMatchObject({ ok: false, failure: { code: 'EnvironmentUnfit' } })
    const ended = await readiness().safetyLever(account.environment, 'primary', AbortSignal.abort())
    expect(ended).toMatchObject({ ok: false, failure: { code: 'NotSent' } })
  })
})

describe('what is used of shared quotas', () => {
  it('counts the experiments of the Region that are not over, anybody’s, by the word that plans use', async () => {
    const used = async (region: string) =>
      valueOf(await readiness().allowances(account.environment, region, signal))
    const plan = valueOf(await createEc2StopInstances(account.clients).plan(step, 1, account.context))
    const shared = plan.demands?.filter(({ isShared }) => isShared).map(({ quota }) => quota)
    expect((await used('primary')).map(({ quota }) => quota)).toEqual(shared)
    expect(await used('primary')).toMatchObject([{ used: 0 }])
    await inject('run_x/stop/1')
    expect(await used('primary')).toMatchObject([{ used: 1 }])
    expect(await used('standby')).toMatchObject([{ used: 0 }])
    account.advance(1000)
    expect(await used('primary')).toMatchObject([{ used: 0 }])
  })
})

describe('who acts', () => {
  it('is asked in every Region, for putting in and for taking out', async () => {
    const identity = createIdentity(account.clients)
    const before = account.calls('sts.GetCallerIdentity')
    expect(valueOf(await identity.whoAmI(account.environment, signal, ['primary'])).account).toBe(
      '111122223333',
    )
    expect(account.calls('sts.GetCallerIdentity') - before).toBe(4)
  })

  it('is nobody when one of the Regions cannot be reached', async () => {
    const answer = await createIdentity(account.clients).whoAmI(account.environment, signal, ['nowhere'])
    expect(answer).toMatchObject({ ok: false, failure: { code: 'EnvironmentUnfit' } })
  })
})
