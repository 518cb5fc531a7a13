import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import type { FaultDriver } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listRecordSets } from '../../route53/list-record-sets.ts'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  type SimulatedAccount,
} from '../../testing/simulated-account.ts'
import { createRoute53RemoveRecord } from './fault.ts'

const NAMES = ['checkout.larkspur.example', 'origin.larkspur.example', 'standby-origin.larkspur.example']

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(async () => account.close())

const zoneId = () => account.environment.hostedZones['public']?.id ?? ''
const aws = () =>
  valueOf(account.clients.get({ environment: account.environment, region: 'primary', purpose: 'observe' }))
const changes = () => account.calls('route53.ChangeResourceRecordSets')

async function zone() {
  const records = []
  for (const name of NAMES)
    records.push(...valueOf(await listRecordSets(aws(), zoneId(), name, account.context.signal)))
  return records
}

/** Three steps of one zone, all in. */
async function removed(driver: FaultDriver) {
  const undos = []
  for (const name of NAMES) {
    const step = injectStep('route53-remove-record', { zone: 'public', record: name })
    const plan = storedPlan(valueOf(await driver.plan(step, 1, account.context)))
    const { handle } = valueOf(await driver.apply(step, plan, `key of ${name}`, account.context))
    undos.push(stored(driver.undo(step, plan, `key of ${name}`, account.environment), handle))
    account.advance(120)
  }
  return undos
}

describe('records of several steps of one zone', () => {
  it('go back in one batch, field by field, and each step knows the change it has to wait for', async () => {
    const before = await zone()
    const driver = createRoute53RemoveRecord(account.clients)
    const undos = await removed(driver)
    expect(await zone()).toEqual([])
    expect(new Set(undos.map((undo) => driver.together?.key(undo))).size).toBe(1)
    const made = changes()
    const outcomes = (await driver.together?.recover(undos, account.context)) ?? []
    expect(changes() - made).toBe(1)
    expect(await zone()).toEqual(before)
    const handles = outcomes.map((outcome) => valueOf(outcome).undoHandle)
    expect(new Set(handles).size).toBe(1)
    expect(handles[0]).toBeDefined()
  })

  it('of which somebody made one anew: that one is left alone, the others go back', async () => {
    const driver = createRoute53RemoveRecord(account.clients)
    const undos = await removed(driver)
    await aws().route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId(),
        ChangeBatch: {
          Changes: [
            {
              Action: 'CREATE',
              ResourceRecordSet: {
                Name: 'origin.larkspur.example',
                Type: 'A',
                TTL: 5,
                ResourceRecords: [{ Value: '192.0.2.77' }],
              },
            },
          ],
        },
      }),
    )
    account.advance(120)
    const recovered = (await driver.together?.recover(undos, account.context)) ?? []
    expect(recovered.map((outcome) => (outcome.ok ? 'asked' : outcome.failure.code))).toEqual([
      'asked',
      'RecordInTheWay',
      expect.stringMatching(/asked|PriorRequestNotComplete/),
    ])
    account.advance(120)
    const again = (await driver.together?.recover(undos.slice(1), account.context)) ?? []
    expect(again.map((one) => (one.ok ? 'asked' : one.failure.code))).toEqual(['RecordInTheWay', 'asked'])
    const now = await zone()
    expect(now.find(({ Name }) => Name.startsWith('origin'))?.ResourceRecords).toEqual([
      { Value: '192.0.2.77' },
    ])
  })
})
