import { isGranted, type Permission, ROLE_PERMISSIONS } from '@firedrill/core'
import { BODIES } from './bodies.ts'
import type { Caller, SeededTeam } from './seed-team.ts'

/** One route as the OpenAPI document has it. */
type Route = Readonly<{ method: string; path: string; permission: string }>

/** What the matrix found. Each entry says who did what. */
export type Matrix = Readonly<{
  /** Requests that were sent. */
  asked: number
  routes: number
  /** Let through without the permission of the route. */
  overstepped: readonly string[]
  /** Refused although the role has the permission. */
  refused: readonly string[]
  /** Answers to another team that name something of this one, and changes by another team. */
  leaked: readonly string[]
  /** Requests of another team that never got to the object, so they prove nothing. */
  unproven: readonly string[]
}>

/** What is one for the whole installation, and not a team's. */
const INSTALLATION = ['/v1/halt']

/** Every route × every caller. Another team asks first, so that what it must not change is still there. */
export async function askAll(team: SeededTeam): Promise<Matrix> {
  const routes = await routesOf(team.url)
  const found = {
    overstepped: [] as string[],
    refused: [] as string[],
    leaked: [] as string[],
    unproven: [] as string[],
  }
  const before = await team.rows()
  let asked = 0
  for (const which of ['other', 'own'] as const) {
    for (const caller of team.callers.filter((one) => one.team === which))
      for (const route of routes) {
        asked += 1
        const answer = await ask(team, route, caller)
        judge(team, route, caller, answer, found)
      }
    if (which === 'other' && (await team.rows()) !== before)
      found.leaked.push('another team changed something')
  }
  return { asked, routes: routes.length, ...found }
}

async function routesOf(url: string): Promise<readonly Route[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { 'x-permission'?: string }>>
  }
  return Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { 'x-permission': permission = 'none' }]) => ({
        method: method.toUpperCase(),
        path,
        permission,
      })),
    )
    .filter(({ permission }) => permission !== 'public')
}

type Answer = Readonly<{ status: number; code: string; text: string }>

async function ask(
  { url, objects }: SeededTeam,
  { method, path }: Route,
  { token }: Caller,
): Promise<Answer> {
  const prefix = Object.keys(objects).find((known) => path.startsWith(known))
  const object = prefix === undefined ? 'own-secret' : (objects[prefix] ?? '')
  const address = path
    .replace(/\{(id|name)\}/, object)
    .replace('{format}', 'json')
    .replace('{hash}', '0'.repeat(64))
    .replaceAll(/\{\w+\}/g, '1')
  const query =
    path === '/v1/calendar' ? '?from=0&to=1000000' : path === '/v1/probe-work' ? '?vantage=here' : ''
  const ends = new AbortController()
  const response = await fetch(`${url}${address}${query}`, {
    method,
    signal: ends.signal,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'GET' || method === 'DELETE' ? {} : { 'content-type': 'application/json' }),
      'idempotency-key': crypto.randomUUID(),
      'if-match': '"1"',
    },
    ...(method === 'GET' || method === 'DELETE'
      ? {}
      : { body: JSON.stringify(BODIES[`${method} ${path}`] ?? {}) }),
  })
  // A live feed does not end by itself, and what it says first is all that matters here.
  const isLive = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isLive ? '' : await response.text()
  ends.abort()
  const { code = '' } = response.status >= 400 ? (JSON.parse(text) as { code?: string }) : {}
  return { status: response.status, code, text }
}

function judge(
  { secrets }: SeededTeam,
  { method, path, permission }: Route,
  caller: Caller,
  { status, code, text }: Answer,
  found: Readonly<Record<'overstepped' | 'refused' | 'leaked' | 'unproven', string[]>>,
): void {
  const what = `${caller.name}: ${method} ${path} ${status}`
  const isDenied = code === 'not-permitted' || code === 'not-signed-in'
  const may = isAllowed(caller, permission)
  if (!may && !isDenied) found.overstepped.push(what)
  if (may && isDenied) found.refused.push(what)
  if (caller.team === 'own' || isDenied || INSTALLATION.some((one) => path.startsWith(one))) return
  if (secrets.some((secret) => text.replaceAll(`"instance":"`, '').includes(secret)) && status < 400)
    found.leaked.push(what)
  const isObject = /^\/v1\/(runs|schedules|scenarios|environments|runbooks|tokens)\/\{/.test(path)
  if (!isObject || status === 404) return
  // A name is free in every team, so putting one there makes the other team's own.
  if (method === 'PUT' && !path.startsWith('/v1/runs') && !path.startsWith('/v1/schedules')) return
  if (status === 400) found.unproven.push(what)
  else found.leaked.push(what)
}

/** By the table of roles, and not by what the API makes of it. */
function isAllowed({ role }: Caller, permission: string): boolean {
  if (role === 'everything') return isGranted(['*'], permission as Permission)
  return role !== 'none' && ROLE_PERMISSIONS[role].some((one) => one === permission)
}
