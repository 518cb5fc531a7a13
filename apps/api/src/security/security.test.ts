import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@firedrill/contracts'
import { PERMISSIONS } from '@firedrill/core'
import { hostNow, sha256, systemIds } from '@firedrill/runtime'
import { manualTime, memoryStores } from '@firedrill/testkit'
import Fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type RawAnswer, type TestApi } from '../../test/start-api.ts'
import { DEFAULT_TEAM, ensureFirstToken } from './first-token.ts'
import { requirePermissions } from './require-permissions.ts'
import { createSessions, SESSION_COOKIE, TICKET_SECONDS } from './session.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const codeOf = (answer: RawAnswer) => (JSON.parse(answer.body) as { code?: string }).code
const own = () => ({ host: `127.0.0.1:${api.port}` })
const bearer = () => ({ ...own(), authorization: `Bearer ${api.token}` })

async function tokenWith(...permissions: readonly string[]): Promise<string> {
  const token = `fd_${permissions.join('-').replaceAll(/[^a-z-]/g, '')}_0123456789012345678901234`
  const id = systemIds.mint('token')
  await api.stores.tokens.add({ id, teamId: DEFAULT_TEAM, name: 'few', hash: sha256(token), permissions })
  return token
}

async function sessionCookie(): Promise<string> {
  const { path } = await api.client.session.createTicket()
  const answer = await api.raw(path, { headers: own() })
  const [cookie = ''] = [answer.headers['set-cookie'] ?? ''].flat()
  return cookie.split(';')[0] ?? ''
}

describe('permissions', () => {
  it('keeps the API from starting while a route declares none, or one that does not exist', async () => {
    const app = Fastify()
    requirePermissions(app)
    app.get('/declared', { config: { permission: 'runs:read' } }, () => '')
    app.get('/forgotten', () => '')
    app.get('/mistyped', { config: { permission: 'runs:raed' as 'runs:read' } }, () => '')
    await expect(app.ready()).rejects.toThrow(
      'routes without a permission: GET /forgotten, HEAD /forgotten, GET /mistyped, HEAD /mistyped',
    )
    const fine = Fastify()
    requirePermissions(fine)
    fine.get('/declared', { config: { permission: 'public' } }, () => '')
    await fine.ready()
  })

  it('are each used by a route, and every /v1 route has one', async () => {
    const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { 'x-permission'?: string; summary?: string; responses?: object }>>
    }
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((route) => ({ path, ...route })),
    )
    const declared = new Set(routes.map((route) => route['x-permission']))
    expect(PERMISSIONS.filter((permission) => !declared.has(permission))).toEqual([])
    const v1 = routes.filter(({ path }) => path.startsWith('/v1/'))
    expect(v1.length).toBeGreaterThan(20)
    expect(v1.filter((route) => route['x-permission'] === 'public' || !route.summary)).toEqual([])
  })

  it('refuse a token that does not hold the one of the route, and nothing else', async () => {
    const token = await tokenWith('runs:read')
    const headers = { ...own(), authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    expect((await api.raw('/v1/runs', { headers })).status).toBe(200)
    const halt = await api.raw('/v1/halt', { method: 'POST', headers, body: '{"reason":"because"}' })
    expect([halt.status, codeOf(halt)]).toEqual([403, 'not-permitted'])
    expect(await api.client.halt.get()).toMatchObject({ set: false })
  })
})

describe('principals', () => {
  it('are demanded by every /v1 route', async () => {
    const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
      paths: Record<string, object>
    }
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        if (!path.startsWith('/v1/')) continue
        const answer = await api.raw(path.replaceAll(/\{\w+\}/g, 'x'), {
          method: method.toUpperCase(),
          headers: own(),
        })
        expect([path, method, answer.status, codeOf(answer)]).toEqual([path, method, 401, 'not-signed-in'])
      }
    }
  })

  it.each([
    '',
    'Bearer',
    'Bearer nonsense',
    'Basic Zm9vOmJhcg==',
    'Bearer fd_0000000000000000000000000000000',
  ])('are not found behind "%s"', async (authorization) => {
    const answer = await api.raw('/v1/runs', { headers: { ...own(), authorization } })
    expect([answer.status, codeOf(answer)]).toEqual([401, 'not-signed-in'])
  })
})

describe('foreign pages', () => {
  it.each(['evil.example', '127.0.0.1.evil.example', '10.0.0.1', '127.0.0.1@evil.example', '[::1'])(
    'are refused by the Host they were rebound with: "%s"',
    async (host) => {
      const answer = await api.raw('/v1/runs', { headers: { ...bearer(), host } })
      // Node itself refuses what is no host at all.
      expect([400, 403]).toContain(answer.status)
      if (answer.status === 403) expect(codeOf(answer)).toBe('origin-refused')
    },
  )

  it.each(['127.0.0.1', 'localhost', '[::1]', '127.8.8.8'])('are not what asks for %s', async (name) => {
    const answer = await api.raw('/v1/runs', { headers: { ...bearer(), host: `${name}:${api.port}` } })
    expect(answer.status).toBe(200)
  })

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost'])(
    'are refused by their Origin: %s',
    async (origin) => {
      const answer = await api.raw('/healthz', { headers: { ...own(), origin } })
      expect([answer.status, codeOf(answer)]).toEqual([403, 'origin-refused'])
    },
  )

  it('cannot make a browser that has a session change anything', async () => {
    const cookie = await sessionCookie()
    const post = (extra: Readonly<Record<string, string>>) =>
      api.raw('/v1/halt', {
        method: 'POST',
        headers: { ...own(), cookie, 'content-type': 'application/json', ...extra },
        body: '{"reason":"forged"}',
      })
    expect(codeOf(await post({}))).toBe('origin-refused')
    expect(codeOf(await post({ 'sec-fetch-site': 'cross-site' }))).toBe('origin-refused')
    expect(await api.client.halt.get()).toMatchObject({ set: false })
    expect((await post({ origin: api.url })).status).toBe(200)
    expect(await api.client.halt.get()).toMatchObject({ set: true, reason: 'forged' })
  })
})

describe('sessions', () => {
  it('come from a link that works once, and carry the permissions of the token behind it', async () => {
    const { path } = await api.client.session.createTicket()
    expect((await api.raw(path, { method: 'HEAD', headers: own() })).headers['set-cookie']).toBeUndefined()
    const first = await api.raw(`${path}&to=/runs/run_1`, { headers: own() })
    expect([first.status, first.headers['location']]).toEqual([303, '/runs/run_1'])
    const [cookie = ''] = [first.headers['set-cookie'] ?? ''].flat()
    expect(cookie).toMatch(/^firedrill_session=.*; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
    const page = createClient({ baseUrl: api.url, cookie: cookie.split(';')[0] ?? '' })
    expect(await page.session.whoAmI()).toMatchObject({ teamId: DEFAULT_TEAM, permissions: ['*'] })
    const second = await api.raw(path, { headers: own() })
    expect([second.status, codeOf(second)]).toEqual([401, 'not-signed-in'])
  })

  it('do not lead to another host', async () => {
    for (const to of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/%0d%0aset-cookie:x=y\r\n',
    ]) {
      const { path } = await api.client.session.createTicket()
      const answer = await api.raw(`${path}&to=${encodeURIComponent(to)}`, { headers: own() })
      expect(answer.status).toBe(400)
    }
  })

  it('cannot prolong themselves', async () => {
    const headers = {
      ...own(),
      cookie: await sessionCookie(),
      origin: api.url,
      'content-type': 'application/json',
    }
    const answer = await api.raw('/v1/session/tickets', { method: 'POST', headers, body: '{}' })
    expect(codeOf(answer)).toBe('not-permitted')
  })

  it('are not believed when a single character was changed', async () => {
    const cookie = await sessionCookie()
    const value = cookie.slice(SESSION_COOKIE.length + 1)
    for (const at of [0, 5, value.indexOf('.') - 1, value.indexOf('.') + 1]) {
      const forged = `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`
      const answer = await api.raw('/v1/runs', {
        headers: { ...own(), cookie: `${SESSION_COOKIE}=${forged}` },
      })
      expect(answer.status).toBe(401)
    }
    expect((await api.raw('/v1/runs', { headers: { ...own(), cookie } })).status).toBe(200)
  })

  it('outlive a restart, but not another secret; links do not outlive their time', async () => {
    const time = manualTime()
    const sessions = (secret: string) => createSessions({ secret, clock: time.clock })
    const before = sessions('one secret')
    const cookie = before.redeem(before.createTicket('hash')) ?? ''
    expect(sessions('one secret').verify(cookie)).toBe('hash')
    expect(sessions('another secret').verify(cookie)).toBeUndefined()
    const late = before.createTicket('hash')
    await time.advance(TICKET_SECONDS * 1000 + 1)
    expect(before.redeem(late)).toBeUndefined()
  })
})

describe('the first token', () => {
  it('is readable by this user alone, kept over restarts, entered again in a new database, and never stored itself', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'firedrill-token-'))
    const first = memoryStores(hostNow)
    const made = await ensureFirstToken(dir, { tokens: first.tokens, ids: systemIds, sha256 })
    expect((await stat(made.path)).mode & 0o777).toBe(0o600)
    const token = (await readFile(made.path, 'utf8')).trim()
    expect(token).toMatch(/^fd_[\w-]{43}$/)
    expect((await ensureFirstToken(dir, { tokens: first.tokens, ids: systemIds, sha256 })).isNew).toBe(false)
    const second = memoryStores(hostNow)
    await ensureFirstToken(dir, { tokens: second.tokens, ids: systemIds, sha256 })
    expect((await readFile(made.path, 'utf8')).trim()).toBe(token)
    expect(await second.tokens.byHash(sha256(token))).toMatchObject({
      teamId: DEFAULT_TEAM,
      permissions: ['*'],
    })
    expect(await second.tokens.byHash(token)).toBeUndefined()
    await rm(dir, { recursive: true })
  })

  it('never reaches the log', async () => {
    await sessionCookie()
    await api.raw('/v1/nothing', { headers: bearer() })
    expect(api.log.length).toBeGreaterThan(0)
    expect(api.log.join('')).not.toContain(api.token)
  })
})
