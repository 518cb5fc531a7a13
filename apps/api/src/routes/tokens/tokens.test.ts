import { createClient, type CreateToken } from '@firedrill/contracts'
import { buildEnvironment, buildScenario } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const make = async (token: Partial<CreateToken> & Pick<CreateToken, 'grants'>, by = api.client) => {
  const made = await by.tokens.create({ name: 'one', kind: 'person', ...token })
  return { ...made, client: createClient({ baseUrl: api.url, token: made.secret }) }
}
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'allowed',
    (error: { problem?: { code: string } }) => error.problem?.code,
  )

describe('tokens', () => {
  it('are shown once, kept as a hash, listed with their use, and end when they are revoked', async () => {
    const { token, secret, client } = await make({ grants: ['role:viewer'], days: 1 })
    expect(secret).toMatch(/^fd_[\w-]{43}$/)
    expect(token).toMatchObject({ grants: ['role:viewer'], lastUsedAt: null, revokedAt: null })
    expect(await client.runs.list()).toEqual([])
    const [listed] = await api.client.tokens.list()
    expect(listed).toMatchObject({ id: token.id, name: 'one' })
    expect(listed?.lastUsedAt).toBeGreaterThan(0)
    expect(JSON.stringify([listed, api.log])).not.toContain(secret)
    expect((await api.client.tokens.revoke(token.id)).revokedAt).toBeGreaterThan(0)
    expect(await codeOf(client.runs.list())).toBe('not-signed-in')
    expect(await codeOf(api.client.tokens.revoke('tok_nothing'))).toBe('not-found')
  })

  it('end a browser session that was opened with them', async () => {
    const { token, client } = await make({ grants: ['role:viewer'] })
    const { path } = await client.session.createTicket()
    const opened = await api.raw(path, { headers: { host: `127.0.0.1:${api.port}` } })
    const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? ''
    const page = createClient({ baseUrl: api.url, cookie })
    expect(await codeOf(page.runs.list())).toBe('allowed')
    await api.client.tokens.revoke(token.id)
    expect(await codeOf(page.runs.list())).toBe('not-signed-in')
  })

  it('give nobody more than they hold, and are made by admins alone', async () => {
    const admin = await make({ grants: ['role:admin'] })
    const local = await make({ grants: ['tokens:write', 'role:operator@staging'] })
    expect(await codeOf(make({ grants: ['role:operator'] }, admin.client))).toBe('allowed')
    expect(await codeOf(make({ grants: ['*'] }, admin.client))).toBe('not-permitted')
    expect(await codeOf(make({ grants: ['role:operator'] }, local.client))).toBe('not-permitted')
    expect(await codeOf(make({ grants: ['runs:start@production'] }, local.client))).toBe('not-permitted')
    expect(await codeOf(make({ grants: ['runs:start@staging'] }, local.client))).toBe('allowed')
    expect(await codeOf(make({ grants: ['role:root'] }))).toBe('request-invalid')
    const operator = await make({ grants: ['role:operator'] })
    expect(await codeOf(make({ grants: ['runs:read'] }, operator.client))).toBe('not-permitted')
  })

  it('that hold in one environment read everywhere and change nothing elsewhere', async () => {
    const drillId = await api.book(buildScenario(), buildEnvironment({ name: 'staging' }))
    const run = await api.client.runs.start({ drillId })
    const here = await make({ grants: ['role:operator@staging'] })
    const there = await make({ grants: ['role:operator@elsewhere'] })
    const acts = (of: typeof here.client) => [
      codeOf(of.runs.start({ drillId })),
      codeOf(of.runs.note(run.id, 'seen')),
      codeOf(of.runs.abort(run.id, 'enough')),
      codeOf(of.drills.book({ scenario: buildScenario().name, environment: 'staging' })),
    ]
    expect(await Promise.all(acts(there.client))).toEqual(Array(4).fill('not-permitted'))
    expect(await there.client.runs.get(run.id)).toMatchObject({ id: run.id })
    // The control: the same role, where it holds.
    expect(await Promise.all(acts(here.client))).toEqual(Array(4).fill('allowed'))
    // What acts on the whole team is for nobody whose grants are limited.
    expect(await codeOf(here.client.halt.set('everything'))).toBe('not-permitted')
    expect(await codeOf(here.client.calendar.remove('all'))).toBe('not-permitted')
  })

  it('for machines are no person: they approve nothing', async () => {
    const machine = await make({ kind: 'machine', grants: ['*'] })
    expect((await machine.client.session.whoAmI()).actor.kind).toBe('ci')
  })
})
