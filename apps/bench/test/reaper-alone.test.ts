import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { connect } from 'node:net'
import { createAwsClients, createFaultCatalogue } from '@firedrill/aws'
import { parseKit } from '@firedrill/engine'
import { SECOND, startSimulator } from '@firedrill/sim'
import { expect, inject, test } from 'vitest'
import { environmentOf } from '../src/sandbox/environment.ts'
import { freePortBase } from '../src/sandbox/port-base.ts'
import { copiesOf } from '../src/sandbox/prepared-state.ts'
import { startByHand, type HandStarted } from '../src/sandbox/start-by-hand.ts'
import { ROOT } from '../src/sandbox/start-sandbox.ts'
import { waitUntil } from '../src/sandbox/wait-until.ts'
import { loggedMutations, witnessRecordSets } from '../src/sandbox/witness.ts'

const RATE = 24
/** World microseconds that the reaper is kept from acting, beyond the expiry. */
const HELD_BACK = 20_000_000

const preparedState = inject('preparedState')
const states = copiesOf(preparedState, dirname(preparedState))

async function startRemoval({ client, awsUrl }: HandStarted, portBase: number): Promise<string> {
  const file = (path: string) => ({ source: readFileSync(path, 'utf8'), origin: 'file' }) as const
  const library = join(ROOT, 'scenarios/dns-record-removal/scenario.yaml')
  const source = (await environmentOf(portBase, awsUrl))
    .replace('kind: sandbox', 'kind: sandbox\n  deadMan: aws-scheduler')
    .replace('fisRoleArn:', 'schedulerRoleArn: arn:aws:iam::111122223333:role/dead-man\n    fisRoleArn:')
  await client.environments.put('sandbox', { source, origin: 'file' })
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

/** Once the fault's expiry and the dead man's own time are past: its slack, and the minute in which it acts. */
const DEAD_MAN_PAST_S = 180 + 60 + 30

/** World time at which nobody but the account itself goes on, in a copy of it. `prepare` may change what is booked there. */
async function accountAlone(
  file: string,
  until: number,
  prepare: (awsUrl: string) => Promise<unknown> = async () => undefined,
) {
  const alone = await startSimulator({ restoreFrom: file, rate: 'manual', throttling: false })
  try {
    await prepare(alone.endpoints.aws)
    const { at } = await witnessRecordSets(alone.endpoints.control)
    alone.advance(until + DEAD_MAN_PAST_S * SECOND - at)
    const { records } = await witnessRecordSets(alone.endpoints.control)
    const acts = await loggedMutations(alone.endpoints.control)
    return {
      checkout: records.filter(({ name }) => name.startsWith('checkout.')),
      byScheduler: acts.filter(({ userAgent }) => userAgent === 'Amazon EventBridge Scheduler'),
    }
  } finally {
    await alone.close()
  }
}

/** Deletes the schedules that a kit's fault has, in the account behind a URL. */
async function deleteSchedules(stateDir: string, awsUrl: string): Promise<void> {
  const [name = ''] = readdirSync(join(stateDir, 'kits')).filter((file) => file.endsWith('.kit.json'))
  const { undo, environment } = parseKit(readFileSync(join(stateDir, 'kits', name), 'utf8'))
  const clients = createAwsClients()
  const there = { ...environment, aws: { ...environment.aws, endpoint: awsUrl } }
  const deadMan = createFaultCatalogue(clients).get(undo.fault)?.deadMan
  const released = await deadMan?.release(undo, { environment: there, signal: new AbortController().signal })
  clients.close()
  expect(released?.ok).toBe(true)
}

test('with API, workers and database killed, the reaper alone puts the records back from its kit, at their expiry; with the reaper gone too, the account does', async () => {
  const portBase = await freePortBase()
  const stateDir = states.fresh()
  const platform = await startByHand(stateDir, portBase, RATE)
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

    platform.signal('reap', 'SIGSTOP')
    // The same world goes on without any of the platform: its own schedule puts them back, and nothing else would.
    const file = join(stateDir, 'gone.snapshot.json')
    writeFileSync(file, await (await fetch(`${platform.controlUrl}/snapshot`)).text())
    const alone = await accountAlone(file, expiresAt)
    expect(alone.checkout).toEqual(before.checkout)
    expect(alone.byScheduler.map(({ outcome }) => outcome)).toEqual(['ok'])
    const unscheduled = await accountAlone(file, expiresAt, (awsUrl) => deleteSchedules(stateDir, awsUrl))
    expect(unscheduled).toEqual({ checkout: [], byScheduler: [] })

    // Control: as long as the reaper is kept from acting, nobody else brings the records back so soon.
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
