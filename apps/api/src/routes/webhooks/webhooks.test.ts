import { ApiError } from '@firedrill/contracts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi({ change: { webhookReach: 'public' } })
})
afterEach(() => api.close())

const URL = 'https://receiver.example/hook'
const statusOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 200,
    (error: unknown) => (error instanceof ApiError ? (error.problem?.status ?? 0) : 0),
  )

it('shows the signing key once and the address of Slack never, and logs neither', async () => {
  const { webhooks } = api.client
  const made = await webhooks.create({ name: 'hook', url: URL })
  expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const slack = await webhooks.create({
    name: 'chat',
    kind: 'slack',
    url: 'https://hooks.slack.com/services/T0/B0/hush',
  })
  expect([slack.secret, slack.url]).toEqual([null, 'https://hooks.slack.com/…'])
  const seen = JSON.stringify(await webhooks.list()) + api.log.join()
  for (const secret of [made.secret ?? '', 'hush']) expect(seen).not.toContain(secret)
})

it.each([
  ['a name of this machine', { url: 'https://localhost/hook' }],
  ['where a cloud hands out credentials', { url: 'https://169.254.169.254/latest' }],
  ['a network of its own', { url: 'https://10.0.0.1/' }],
  ['unencrypted', { url: 'http://receiver.example/hook' }],
  ['with a password in it', { url: 'https://me:hush@receiver.example/' }],
  ['no web address', { url: 'ftp://receiver.example/' }],
  ['Grafana without a token', { url: URL, kind: 'grafana' }],
  ['an event that there is not', { url: URL, types: ['no-such-event' as 'measured'] }],
] as const)('refuses %s', async (_, create) => {
  expect(await statusOf(api.client.webhooks.create({ name: 'hook', ...create } as never))).toBe(400)
  expect(await api.client.webhooks.list()).toEqual([])
})

it('shows what was given up on, and sends it again under the same id', async () => {
  const { webhooks } = api.client
  const { id } = await webhooks.create({ name: 'hook', url: URL })
  const run = await api.startRun()
  const [due] = await api.stores.webhooks.claim(1, 1000)
  if (due === undefined) throw new Error('nothing is to be sent')
  await api.stores.webhooks.settle(due, { ok: false, why: 'the receiver answered 410', gone: true })
  expect(await webhooks.deliveries(id, { state: 'dead' })).toMatchObject([
    { id: `${run}/1`, type: 'run-created', problem: 'the receiver answered 410' },
  ])
  expect([await webhooks.replay(id), await webhooks.deliveries(id, { state: 'dead' })]).toEqual([1, []])
  await webhooks.remove(id)
  expect(await statusOf(webhooks.replay(id))).toBe(404)
})
