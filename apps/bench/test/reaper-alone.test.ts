import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { connect } from 'node:net'
import { expect, inject, test } from 'vitest'
import { environmentOf } from '../src/sandbox/environment.ts'
import { freePortBase } from '../src/sandbox/port-base.ts'
import { copiesOf } from '../src/sandbox/prepared-state.ts'
import { startByHand, type HandStarted } from '../src/sandbox/start-by-hand.ts'
import { ROOT } from '../src/sandbox/start-sandbox.ts'
import { waitUntil } from '../src/sandbox/wait-until.ts'
import { witnessRecordSets } from '../src/sandbox/witness.ts'

const RATE = 24
/** World microseconds that the reaper is kept from acting, beyond the expiry. */
const HELD_BACK = 20_000_000

const preparedState = inject('preparedState')
const states = copiesOf(preparedState, dirname(preparedState))

async function startRemoval({ client, awsUrl }: HandStarted, portBase: number): Promise<string> {
  const file = (path: string) => ({ source: readFileSync(path, 'utf8'), origin: 'file' }) as const
  const library = join(ROOT, 'scenarios/dns-record-removal/scenario.yaml')
  await client.environments.put('sandbox', { source: await environmentOf(portBase, awsUrl), origin: 'file' })
  await client.scenarios.put('dns-record-removal', file(library))
  await client.scenarios.put('brief-removal', file(join(import.meta.dirname, 'fixtures/brief-removal.yaml')))
  const drill = await client.drills.book({ scenario: 'brief-removal', environment: 'sandbox' })
  return (await client.runs.start({ drillId: drill.id, seed: 1 })).id
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

test('with API, workers and database killed, the reaper alone puts the records back from its kit, at their expiry', async () => {
  const portBase = await freePortBase()
  const platform = await startByHand(states.fresh(), portBase, RATE)
  try {
    const records = async () => {
      const { records: all, at } = await witnessRecordSets(platform.controlUrl)
      return { at, checkout: all.filter(({ name }) => name.startsWith('checkout.')) }
    }
    const before = await records()
    expect(before.checkout).toHaveLength(2)
    const id = await startRemoval(platform, portBase)
    const expiresAt = await waitUntil('the records are gone', 60_000, async () => {
      const { status, steps, isOver, reason } = await platform.client.runs.get(id)
      if (isOver) throw new Error(`the run is ${status}: ${reason}`)
      return status === 'observing' ? steps[0]?.expiresWorldAt : undefined
    })

    for (const part of ['api', 'advance', 'recover', 'probe'] as const) platform.signal(part, 'SIGKILL')
    await platform.killPostgres()
    expect(await isListening(portBase + 10)).toBe(false)

    // Control: as long as the reaper is kept from acting, nobody else brings the records back.
    platform.signal('reap', 'SIGSTOP')
    const held = await waitUntil('the expiry is past', 60_000, async () => {
      const now = await records()
      return now.at > expiresAt + HELD_BACK ? now : undefined
    })
    expect(held.checkout).toEqual([])

    platform.signal('reap', 'SIGCONT')
    const after = await waitUntil('the records are back', 30_000, async () => {
      const now = await records()
      return now.checkout.length > 0 ? now : undefined
    })
    expect(after.checkout).toEqual(before.checkout)
    expect(await isListening(portBase + 10)).toBe(false)
  } finally {
    await platform.stop()
  }
})
