import { AppError, isGranted, isGrantedSomewhere } from '@firedrill/core'
import type { FastifyRequest } from 'fastify'
import { environmentOf, type EnvironmentDeps } from './environment-of.ts'
import type { Principal } from './principal.ts'
import { PERSON_PREFIX } from '../sign-in/sign-in.ts'
import { PERSON_COOKIE, PERSON_IDLE_MS, SESSION_COOKIE } from './session.ts'
import type { ApiDependencies } from '../dependencies.ts'

const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/

/** Who sent a request: by bearer token, else by session cookie, else nobody. @throws AppError for credentials that are wrong. */
export async function authenticate(
  request: FastifyRequest,
  ports: Pick<ApiDependencies, 'tokens' | 'people' | 'sessions' | 'sha256' | 'signIn'>,
): Promise<Principal> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1]
    const principal = token === undefined ? undefined : await byHash(ports.sha256(token), 'token', ports)
    if (principal === undefined) throw new AppError('not-signed-in', 'The bearer token is not known here.')
    return principal
  }
  const cookie = request.cookies[SESSION_COOKIE]
  if (cookie === undefined) return { kind: 'anonymous' }
  if (cookie.startsWith(PERSON_COOKIE)) {
    const known = await ports.people.byHash(ports.sha256(cookie), PERSON_IDLE_MS)
    return known === undefined ? { kind: 'anonymous' } : { kind: 'session', ...known }
  }
  const tokenHash = ports.sessions.verify(cookie)
  const principal = tokenHash === undefined ? undefined : await byHash(tokenHash, 'session', ports)
  return principal ?? { kind: 'anonymous' }
}

/**
 * Where people sign in, only they are people: somebody with a token of nobody's besides would be two, and could approve their
 * own runs. Such a token still does everything that a machine may.
 */
async function byHash(
  hash: string,
  kind: 'token' | 'session',
  { tokens, signIn }: Pick<ApiDependencies, 'tokens' | 'signIn'>,
): Promise<Principal | undefined> {
  const known = await tokens.byHash(hash)
  if (known === undefined) return undefined
  const { teamId, permissions, actor } = known
  const isPerson = signIn === undefined || actor.id.startsWith(PERSON_PREFIX)
  return { kind, teamId, permissions, actor: isPerson ? actor : { ...actor, kind: 'ci' } }
}

/** Checks what a route asks for against who sent the request. @throws AppError `not-signed-in`, `not-permitted`. */
export function authorise(request: FastifyRequest): void {
  if (request.is404) return
  const { permission } = request.routeOptions.config
  if (permission === 'public') return
  // A route without a declaration never gets this far: the API does not start with one. If it did, nobody may.
  if (permission === undefined) throw new AppError('not-permitted', 'This route declares no permission.')
  const { principal } = request
  if (principal.kind === 'anonymous')
    throw new AppError('not-signed-in', 'Send a bearer token, or open a one-time link to get a session.')
  if (!isGrantedSomewhere(principal.permissions, permission))
    throw new AppError(
      'not-permitted',
      `This needs the permission ${permission}, which the token does not hold.`,
    )
}

/**
 * For grants that are limited to environments: checks where the request acts, once its address and body were read.
 * @throws AppError `not-permitted` elsewhere, `not-found` for what another team has.
 */
export async function authoriseWhere(request: FastifyRequest, deps: EnvironmentDeps): Promise<void> {
  if (request.is404) return
  const { principal, routeOptions } = request
  const { permission } = routeOptions.config
  if (permission === undefined || permission === 'public' || principal.kind === 'anonymous') return
  if (isGranted(principal.permissions, permission)) return
  const environment = await environmentOf(request, principal.teamId, deps)
  if (environment !== undefined && isGranted(principal.permissions, permission, environment)) return
  throw new AppError(
    'not-permitted',
    environment === undefined
      ? `This acts on the whole team, and ${permission} is held in single environments only.`
      : `${permission} is not held in environment ${environment}.`,
  )
}
