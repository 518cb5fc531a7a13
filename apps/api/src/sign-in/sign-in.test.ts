import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '@firedrill/contracts'
import { hashPassword } from '@firedrill/runtime'
import { buildEnvironment, manualTime } from '@firedrill/testkit'
import { Provider } from 'oidc-provider'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../test/start-api.ts'
import { openIdProvider } from '../main/open-id.ts'
import { fewAttempts } from './few-attempts.ts'
import type { SignIn } from './sign-in.ts'

const GROUPS = new Map([
  ['sre', ['role:operator']],
  ['leads', ['role:approver']],
])
const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  ana: ['sre', 'x'],
  bo: ['leads'],
  cy: ['sales'],
}

let issuer: Server
let issuerUrl: string
let api: TestApi
/** Where the provider is told to send people back to; the API is reached there through a proxy in real life. */
const PUBLIC = 'https://drills.example'

beforeAll(async () => {
  issuer = createServer((request, response) => void provider.callback()(request, response))
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  const provider = new Provider(issuerUrl, {
    clients: [
      {
        client_id: 'firedrill',
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${PUBLIC}/sign-in/callback`],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'groups'] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `${id} of the provider`, groups: PEOPLE[id] ?? [] }),
    }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  })
})
afterAll(() => new Promise((resolve) => issuer.close(resolve)))

beforeEach(async () => {
  const config = {
    issuer: issuerUrl,
    clientId: 'firedrill',
    clientSecret: undefined,
    publicUrl: PUBLIC,
    scopes: 'openid profile',
    groupsClaim: 'groups',
    groups: GROUPS,
  }
  const signIn: SignIn = { provider: openIdProvider(config), publicUrl: PUBLIC, groups: GROUPS }
  api = await startTestApi({ change: { signIn } })
})
afterEach(() => api.close())

/** A browser at the provider: keeps cookies, follows redirects, and stops where it is sent back to us. */
async function atProvider(start: string, login: string): Promise<string> {
  const cookies = new Map<string, string>()
  const go = async (url: string, body?: Readonly<Record<string, string>>): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(body === undefined ? {} : { method: 'POST', body: new URLSearchParams(body) }),
    })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    const next = response.headers.get('location')
    if (next === null) return response
    const where = new URL(next, url).href
    return where.startsWith(PUBLIC) ? Response.json(where) : go(where)
  }
  let page = await go(start)
  for (const body of [{ prompt: 'login', login, password: 'x' }, { prompt: 'consent' }]) {
    if (page.headers.get('content-type')?.startsWith('application/json') === true) break
    const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(await page.text()) ?? []
    page = await go(new URL(action, issuerUrl).href, body)
  }
  return (await page.json()) as string
}

const host = { host: 'drills.example' }
const cookieOf = (
  answer: { headers: Readonly<Record<string, string | string[] | undefined>> },
  name: string,
) =>
  [answer.headers['set-cookie'] ?? []]
    .flat()
    .find((set) => set.startsWith(`${name}=`) && !set.includes('Expires=')) ?? ''
const first = (cookie: string) => cookie.split(';')[0] ?? ''

async function begin(): Promise<Readonly<{ to: string; flow: string }>> {
  const answer = await api.raw('/sign-in?to=/runs', { headers: host })
  return { to: String(answer.headers['location']), flow: cookieOf(answer, 'firedrill_sign_in') }
}
async function signInAs(login: string) {
  const { to, flow } = await begin()
  const back = new URL(await atProvider(to, login))
  const answer = await api.raw(`${back.pathname}${back.search}`, {
    headers: { ...host, cookie: first(flow) },
  })
  return { answer, back, flow, session: cookieOf(answer, 'firedrill_session') }
}
const ask = (session: string, path = '/v1/session') =>
  api.raw(path, { headers: { ...host, cookie: first(session) } })

describe('signing in with a provider', () => {
  it('asks with PKCE, state and nonce, and gives a session with the roles of the groups', async () => {
    const { to, flow } = await begin()
    const asked = new URL(to).searchParams
    expect(asked.get('code_challenge_method')).toBe('S256')
    expect(
      [asked.get('code_challenge'), asked.get('state'), asked.get('nonce')].every(
        (one) => (one ?? '').length > 20,
      ),
    ).toBe(true)
    expect(flow).toMatch(/; Path=\/sign-in; HttpOnly; Secure; SameSite=Lax$/)
    const { answer, session } = await signInAs('ana')
    expect([answer.status, answer.headers['location']]).toEqual([303, '/runs'])
    expect(session).toMatch(
      /^firedrill_session=fds_.*; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    const who = JSON.parse((await ask(session)).body)
    expect(who.actor).toMatchObject({ kind: 'person', name: 'ana of the provider' })
    expect(who.permissions).toContain('runs:start')
    expect(who.permissions).not.toContain('runs:approve')
    // The same person, however often; another one is another.
    expect(JSON.parse((await ask((await signInAs('ana')).session)).body).actor.id).toBe(who.actor.id)
    expect(JSON.parse((await ask((await signInAs('bo')).session)).body).actor.id).not.toBe(who.actor.id)
    expect(api.log.join('')).not.toContain(first(session).split('=')[1])
  })

  it('turns away who is in no known group', async () => {
    const { answer, session } = await signInAs('cy')
    expect([answer.status, session]).toEqual([403, ''])
  })

  it('ends only in the browser in which it was begun, once, and with what the provider said', async () => {
    const { to, flow } = await begin()
    const back = new URL(await atProvider(to, 'ana'))
    const finish = async (cookie: string, change: (url: URL) => void = () => undefined) => {
      const url = new URL(back)
      change(url)
      return (await api.raw(`${url.pathname}${url.search}`, { headers: { ...host, cookie } })).status
    }
    expect(await finish('')).toBe(401)
    expect(await finish(first((await begin()).flow))).toBe(401)
    expect(await finish(first(flow).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).toBe(401)
    expect(await finish(first(flow), (url) => url.searchParams.set('state', 'x'))).toBe(401)
    expect(await finish(first(flow), (url) => url.searchParams.set('iss', 'https://evil.example'))).toBe(401)
    // The control: unchanged it goes through, and then never again.
    expect(await finish(first(flow))).toBe(303)
    expect(await finish(first(flow))).toBe(401)
  })

  it('ends by signing out in all browsers, which another page cannot do for somebody', async () => {
    const [one, two] = [await signInAs('ana'), await signInAs('ana')]
    const out = (origin: string) =>
      api.raw('/v1/session/sign-out', {
        method: 'POST',
        headers: { ...host, cookie: first(one.session), origin, 'content-type': 'application/json' },
        body: '{}',
      })
    expect((await out('https://evil.example')).status).toBe(403)
    expect((await ask(two.session)).status).toBe(200)
    expect(JSON.parse((await out(PUBLIC)).body)).toEqual({ ended: 2 })
    expect([(await ask(one.session)).status, (await ask(two.session)).status]).toEqual([401, 401])
  })

  it('makes other environments than sandboxes startable, and makes machines of tokens that are nobody who signed in', async () => {
    const cloud = buildEnvironment({ name: 'staging', environmentKind: 'cloud' })
    const without = await startTestApi()
    // The control: without sign-in it is refused.
    await expect(without.book(undefined, cloud)).rejects.toMatchObject({ problem: { code: 'sandbox-only' } })
    await without.close()
    expect(await api.book(undefined, cloud)).toMatch(/^drl_/)
    expect((await api.client.session.whoAmI()).actor.kind).toBe('ci')
    const { session } = await signInAs('ana')
    const page = createClient({ baseUrl: api.url, cookie: first(session) })
    expect((await page.session.whoAmI()).actor.kind).toBe('person')
  })
})

describe('pages', () => {
  it('lead those who did not sign in to the provider, and back to where they were', async () => {
    const headers = { ...host, accept: 'text/html' }
    const page = await api.raw('/runs/run_1', { headers })
    expect([page.status, page.headers['location']]).toEqual([303, '/sign-in?to=%2Fruns%2Frun_1'])
    const { session } = await signInAs('ana')
    expect((await api.raw('/', { headers: { ...headers, cookie: first(session) } })).status).toBe(200)
    // What a script asks for is answered as ever.
    expect((await api.raw('/v1/runs', { headers: host })).status).toBe(401)
  })
})

describe('the local administrator', () => {
  it('needs the password and a reason, and is never quiet', async () => {
    const localAdmin = await hashPassword('correct horse')
    const local = await startTestApi({ change: { localAdmin } })
    const own = { host: `127.0.0.1:${local.port}`, origin: local.url, 'content-type': 'application/json' }
    const go = (body: object, headers: Readonly<Record<string, string>> = own) =>
      local.raw('/sign-in/local', { method: 'POST', headers, body: JSON.stringify(body) })
    const good = { password: 'correct horse', reason: 'the provider is away' }
    expect((await go(good, { ...own, origin: 'https://evil.example' })).status).toBe(403)
    expect((await go({ password: good.password })).status).toBe(400)
    expect((await go({ ...good, password: 'correct hors' })).status).toBe(401)
    const opened = await go(good)
    const cookie = first(cookieOf(opened, 'firedrill_session'))
    const who = await local.raw('/v1/session', { headers: { host: own.host, cookie } })
    expect(JSON.parse(who.body)).toMatchObject({ actor: { id: 'usr_local' }, permissions: ['*'] })
    const said = local.log.filter((line) => line.includes('local administrator'))
    expect(said).toHaveLength(2)
    expect(said[1]).toContain('the provider is away')
    expect(local.log.join('')).not.toContain('correct hors')
    await local.close()
    // Without a hash there is none.
    const nobody = { ...host, origin: PUBLIC, 'content-type': 'application/json' }
    const answer = await api.raw('/sign-in/local', {
      method: 'POST',
      headers: nobody,
      body: JSON.stringify(good),
    })
    expect(answer.status).toBe(404)
  })
})

describe('attempts at a password', () => {
  it('are few in a minute, right or wrong, and refused before they cost anything', async () => {
    const time = manualTime()
    const attempt = fewAttempts(time.clock, { max: 5, windowMs: 60_000 })
    for (let n = 0; n < 5; n++) attempt()
    expect(attempt).toThrow('At most 5 attempts in 60 seconds')
    await time.advance(60_001)
    expect(attempt).not.toThrow()
  })
})

describe('without a provider', () => {
  it('there is no sign-in, and only this machine is answered', async () => {
    const plain = await startTestApi()
    const own = { host: `127.0.0.1:${plain.port}` }
    expect((await plain.raw('/sign-in', { headers: own })).status).toBe(404)
    expect((await plain.raw('/sign-in/callback?code=x', { headers: own })).status).toBe(404)
    expect((await plain.raw('/v1/session', { headers: host })).status).toBe(403)
    await plain.close()
  })
})
